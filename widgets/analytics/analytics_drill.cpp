#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/behind_dialog.h"

/// From a point of a chart to what is behind it: events with their instances in a dialog, counts in the
/// explorer.
namespace stepwell::analytics {

void AnalyticsPage::drill(const Spot& clicked) {
    const auto shown = model_.data();
    const auto* chart = shown ? shown->chart(clicked.chart) : nullptr;
    if (chart == nullptr || !model_.facts()) return;
    Spot spot = clicked;
    if (spot.from == spot.to) {  // of a ranking
        spot.from = shown->window.from;
        spot.to = shown->window.to;
    }
    auto behind = behindOf(model_.ask(), *model_.facts(), *chart, spot);
    if (!behind) return;
    if (behind->kind == Behind::Kind::groups) return emit queryRequested(behind->query, behind->words);
    const auto status = behind->status;
    auto* dialog = new BehindDialog(backend_, std::move(*behind), spot, this);
    connect(dialog, &BehindDialog::instanceChosen, this, &AnalyticsPage::instanceChosen);
    connect(dialog, &BehindDialog::queryRequested, this, &AnalyticsPage::queryRequested);
    // The list knows when instances were created, and charts when they ended: the range begins earlier by as
    // long as they ran, so that those that are meant are in it.
    connect(dialog, &BehindDialog::listRequested, this,
            [this, spot, status](const QString& workflow, api::Milliseconds longest) {
                const auto earlier = std::chrono::ceil<std::chrono::minutes>(longest);
                emit instancesRequested(workflow, {status, spot.from - earlier, spot.to});
            });
    dialog->open();
}

}  // namespace stepwell::analytics
