#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/cost_dialog.h"
#include "widgets/analytics/export_files.h"
#include "widgets/instances_page.h"
#include "widgets/workflow_page.h"
#include "widgets/workspace.h"

#include <QStackedWidget>

namespace stepwell {

void Workspace::makeAnalyticsPage() {
    using analytics::AnalyticsPage;
    analytics_ = new AnalyticsPage(*backend_);
    pages_->addWidget(analytics_);
    connect(analytics_, &AnalyticsPage::chosen, this,
            [this](const QString& choice) { navigator_.go(placeOfAnalytics(choice)); });
    connect(analytics_, &AnalyticsPage::instanceChosen, this,
            [this](const QString& workflow, const QString& id) {
                navigator_.go({workflow, id});
            });
    connect(analytics_, &AnalyticsPage::instancesRequested, this,
            [this](const QString& workflow, const InstanceFilter& filter) {
                navigator_.go(placeOfInstances(workflow, queryOf(filter)));
            });
    connect(analytics_, &AnalyticsPage::queryRequested, this, &Workspace::exploreQuery);
    connect(analytics_, &AnalyticsPage::exportRequested, this,
            [this](const analytics::ChartCard* card, analytics::FileKind kind) {
                analytics::exportChart(analytics_, card->chart(), card->hiddenSeries(), kind);
            });
    connect(analytics_, &AnalyticsPage::reportRequested, this,
            [this] { analytics::exportReport(analytics_, analytics_->report()); });
    connect(analytics_, &AnalyticsPage::costRequested, this, [this](api::Time from, api::Time to) {
        auto* dialog = new analytics::CostDialog(*backend_, from, to, this);
        connect(dialog, &analytics::CostDialog::pricesChanged, analytics_, &AnalyticsPage::showCost);
        dialog->open();
    });
}

void Workspace::showAnalytics(const Place& place) {
    analyticsQuery_ = place.query;
    analytics_->setChoice(place.query);
    // Choosing on the page leads here too, and takes the keys from nobody.
    const bool isHere = pages_->currentWidget() == analytics_;
    pages_->setCurrentWidget(analytics_);
    if (!isHere) analytics_->focusMain();
}

}  // namespace stepwell
