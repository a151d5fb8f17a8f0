#pragma once

#include "models/api/error.h"
#include "widgets/icons.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace stepwell {

/// What stands where a list would be: one sentence and one action. The four kinds look different, so that a
/// failed load is never taken for an empty list.
class EmptyState : public QWidget {
    Q_OBJECT
  public:
    enum class Kind { nothingYet, filteredOut, failed, notPermitted };
    explicit EmptyState(QWidget* parent = nullptr);

    /// Without `action` there is no button.
    void show(Kind kind, const QString& sentence, const QString& detail, const QString& action);
    /// The sign of `nothingYet`: that of the page, else the one of workflows.
    void setGlyph(Glyph glyph);
    /// A load that failed: a wrong token for 401, not permitted for 403, else failed. `what`: "The
    /// workflows"; `permission`: what the token would need.
    void showError(const api::Error& error, const QString& what, const QString& permission);
    Kind kind() const { return kind_; }
    QString sentence() const;
    QPushButton* button() const { return button_; }

  signals:
    void actionRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Kind kind_ = Kind::nothingYet;
    Glyph glyph_ = Glyph::workflows;
    QLabel* sentence_;
    QLabel* detail_;
    QPushButton* button_;
    QWidget* sign_;
};

}  // namespace stepwell
