#pragma once

#include "models/analytics/cost.h"
#include "models/backend.h"
#include "widgets/action_dialog.h"

#include <QFrame>

class QStackedWidget;

namespace stepwell {

class EmptyState;

namespace analytics {

class CostModel;
class LimitsModel;
class PricesForm;

/// What the load of a range would cost on Cloudflare: each workflow's part, what the free plan would say, and
/// the prices behind it, which can be changed. Open it with `open()`; it deletes itself.
class CostDialog : public ActionDialog {
    Q_OBJECT
  public:
    CostDialog(Backend& backend, api::Time from, api::Time to, QWidget* parent);

    const Bill& bill() const { return bill_; }
    PricesForm* form() const { return form_; }
    /// What the first card says: "$8.00 a month".
    QString paidText() const;
    QString freeText() const;

  signals:
    /// The usage came, or did not.
    void loaded();
    /// Other prices were saved.
    void pricesChanged();

  private:
    struct Card {
        QFrame* frame;
        QLabel* value;
        QLabel* detail;
    };
    static Card makeFigure(const QString& title);
    void layOut();
    void load(bool extended);
    void count();
    void showBill();
    void save();

    Backend& backend_;
    Usage usage_;
    Bill bill_;
    bool hasUsage_ = false;
    Card paid_;
    Card free_;
    Card basis_;
    CostModel* loads_;
    LimitsModel* limits_;
    PricesForm* form_;
    EmptyState* empty_;
    QStackedWidget* stack_;
    QStackedWidget* list_;
};

}  // namespace analytics
}  // namespace stepwell
