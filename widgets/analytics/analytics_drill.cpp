#include "models/text.h"
#include "widgets/analytics/analytics_page.h"
#include "widgets/format.h"
#include "widgets/notice_bar.h"

#include <nlohmann/json.hpp>

#include <QCursor>
#include <QMenu>

#include <cmath>

/// From a point of a chart to the instances behind it.
namespace stepwell::analytics {
namespace {

std::string quoted(const QString& text) {
    return nlohmann::json(text.toStdString()).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Events that a point counted, in the language of filters.
std::string eventsOf(const Spot& spot) {
    const std::string ended =
        R"(eventType_in: ["WORKFLOW_SUCCESS", "WORKFLOW_FAILURE", "WORKFLOW_TERMINATED"])";
    if (spot.chart == QLatin1String("outcomes")) return "eventType: " + quoted(spot.series);
    const bool ofStep = spot.chart == QLatin1String("retries") || spot.chart == QLatin1String("failures") ||
                        spot.chart == QLatin1String("steps");
    if (!ofStep) return ended;
    std::string filter = spot.chart == QLatin1String("retries") ? R"(eventType: "ATTEMPT_FAILURE")"
                         : spot.chart == QLatin1String("failures")
                             ? R"(eventType: "STEP_FAILURE")"
                             : R"(eventType_in: ["STEP_SUCCESS", "STEP_FAILURE"])";
    if (spot.series != QLatin1String("(rest)") && !spot.series.isEmpty())
        filter += ", stepName: " + quoted(spot.series);
    return filter;
}

std::optional<api::Status> statusOf(const Spot& spot) {
    if (spot.chart != QLatin1String("outcomes")) return std::nullopt;
    if (spot.series == QLatin1String("WORKFLOW_SUCCESS")) return api::Status::complete;
    if (spot.series == QLatin1String("WORKFLOW_FAILURE")) return api::Status::errored;
    return spot.series == QLatin1String("WORKFLOW_TERMINATED") ? std::optional(api::Status::terminated)
                                                               : std::nullopt;
}

/// How long what ended in [from, to) is likely to have run: its slowest percentile.
api::Milliseconds longestRun(const PageData& data, api::Time from, api::Time to) {
    double longest = 0;
    if (const Chart* wall = data.chart(QStringLiteral("wall")))
        for (const auto& series : wall->series)
            for (std::size_t i = 0; i < std::min(series.values.size(), wall->starts.size()); ++i)
                if (wall->starts[i] < to && wall->starts[i] + wall->width > from &&
                    std::isfinite(series.values[i]))
                    longest = std::max(longest, series.values[i]);
    return api::Milliseconds{std::llround(longest)};
}

}  // namespace

void AnalyticsPage::drill(const Spot& clicked) {
    const auto shown = model_.data();
    if (!shown) return;
    Spot spot = clicked;
    if (spot.from == spot.to) {  // of a ranking
        spot.from = shown->window.from;
        spot.to = shown->window.to;
    }
    const auto& chosenNames = model_.filter().workflows;
    if (chosenNames.size() == 1) return openInstances(chosenNames.front(), spot);
    if (workflowNames_.size() == 1) return openInstances(workflowNames_.front(), spot);
    backend_.graphql(
        workflowsBehind(model_.ask(), spot.from, spot.to, eventsOf(spot)), this,
        [this, spot, wanted = ++drills_](const auto& answer) {
            if (wanted != drills_ || !isVisible()) return;
            const auto refused = answer ? api::refusal(*answer) : std::optional(answer.error());
            if (refused)
                return NoticeBar::say(
                    this, NoticeBar::Kind::error,
                    tr("The instances behind this point could not be found: %1").arg(toQt(refused->message)));
            chooseWorkflow(spot, workflowsFrom(*answer));
        });
}

void AnalyticsPage::chooseWorkflow(const Spot& spot, const std::vector<std::pair<QString, double>>& found) {
    if (found.empty())
        return NoticeBar::say(this, NoticeBar::Kind::warning,
                              tr("Nothing is behind this point: %1").arg(spanText(spot.from, spot.to)));
    if (found.size() == 1) return openInstances(found.front().first, spot);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("behindMenu");
    for (const auto& [workflow, count] : found)
        connect(menu->addAction(QStringLiteral("%1 · %2").arg(workflow, format::number(std::llround(count)))),
                &QAction::triggered, this, [this, name = workflow, spot] { openInstances(name, spot); });
    menu->popup(QCursor::pos());
}

/// The list knows when instances were created, and charts when they ended: the range begins earlier by as
/// long as they ran, so that those that are meant are in it.
void AnalyticsPage::openInstances(const QString& workflow, const Spot& spot) {
    using namespace std::chrono_literals;
    const auto shown = model_.data();
    const auto ran = shown ? longestRun(*shown, spot.from, spot.to) : 0ms;
    const auto earlier = std::chrono::ceil<std::chrono::minutes>(ran);
    InstanceFilter filter;
    filter.status = statusOf(spot);
    filter.from = spot.from - earlier;
    filter.to = spot.to;
    emit instancesRequested(workflow, filter);
}

}  // namespace stepwell::analytics
