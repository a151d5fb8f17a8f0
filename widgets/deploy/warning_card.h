#pragma once

#include <QFrame>

class QLabel;

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
    void resizeEvent(QResizeEvent* event) override;

  private:
    void fit(int width);

    QString name_;
    QString text_;
    QLabel* words_;
};

}  // namespace stepwell
