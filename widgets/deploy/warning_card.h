#pragma once

#include <QFrame>

namespace stepwell {

/// Something to be careful with, and the one thing that can be done about it.
class WarningCard : public QFrame {
    Q_OBJECT
  public:
    /// Empty `action`: there is no choice.
    WarningCard(const QString& name, const QString& text, const QString& action, QWidget* parent = nullptr);

  signals:
    void acted();

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace stepwell
