#include "widgets/instance/texts.h"

#include "models/api/duration.h"
#include "models/json/json_document.h"
#include "models/timeline/step_bars.h"
#include "models/visible_text.h"
#include "widgets/format.h"

#include <QDateTime>
#include <QLocale>
#include <QStringList>
#include <QUrl>

namespace stepwell::texts {
namespace {

/// "1 s" rather than "1.0 s": what was configured is round.
QString configured(const std::string& duration) {
    const auto parsed = api::parseDuration(duration);
    if (!parsed) return QString::fromStdString(duration);
    QString text = format::duration(*parsed);
    return text.replace(QLatin1String(".0 s"), QLatin1String(" s"));
}

QString returned(const std::string& output) {
    if (output == "undefined") return QObject::tr("returned undefined");
    const auto document = json::Document::parse(output);
    if (!document || document->nodes().empty()) return QObject::tr("returned a long value");
    const json::Node& root = document->node(0);
    const auto count = root.children;
    if (root.kind == json::Kind::object)
        return count == 1 ? QObject::tr("returned 1 field") : QObject::tr("returned %1 fields").arg(count);
    if (root.kind == json::Kind::array)
        return count == 1 ? QObject::tr("returned 1 element")
                          : QObject::tr("returned %1 elements").arg(count);
    return QObject::tr("returned %1").arg(QString::fromStdString(output).left(60));
}

}  // namespace

QString retries(const api::Step& step) {
    if (step.retryLimit.empty()) return {};
    if (step.retryLimit == "0") return QObject::tr("none");
    QStringList parts;
    parts << (step.retryLimit == "Infinity"
                  ? QObject::tr("without limit")
                  : QObject::tr("%1 at most").arg(QString::fromStdString(step.retryLimit)));
    if (step.retryDelay == "[dynamic]")
        parts << QObject::tr("delay from a function");
    else if (!step.retryDelay.empty())
        parts << configured(step.retryDelay);
    if (!step.backoff.empty()) parts << QString::fromStdString(step.backoff);
    return parts.join(QStringLiteral(", "));
}

QString timeout(const api::Step& step) {
    return step.timeout.empty() ? QString() : QObject::tr("%1 an attempt").arg(configured(step.timeout));
}

QString request(const api::OutboundRequest& request) {
    const QUrl url(QString::fromStdString(request.url));
    const QString path = url.path().isEmpty() ? QStringLiteral("/") : url.path();
    return visibleText(QString::fromStdString(request.method) + QLatin1Char(' ') + url.authority() + path);
}

QString error(const api::NamedError& error) {
    if (error.name.empty()) return QString::fromStdString(error.message);
    if (error.message.empty()) return QString::fromStdString(error.name);
    return QString::fromStdString(error.name + ": " + error.message);
}

QString trigger(api::TriggerSource source, const std::string& other) {
    switch (source) {
    case api::TriggerSource::api:
        return QObject::tr("API");
    case api::TriggerSource::binding:
        return QObject::tr("Binding");
    case api::TriggerSource::event:
        return QObject::tr("Event");
    case api::TriggerSource::cron:
        return QObject::tr("Cron");
    case api::TriggerSource::unknown:
        break;
    }
    return other.empty() ? QObject::tr("Unknown") : visibleText(QString::fromStdString(other).left(60));
}

ShownStatus status(const api::Step& step) {
    using api::Status;
    using api::StepState;
    if (step.isRollback && step.state != StepState::errored) return {Status::rollingBack, false};
    if (step.state == StepState::complete) return {Status::complete, false};
    if (step.state == StepState::errored) return {Status::errored, false};
    if (step.kind == api::StepKind::waitForEvent) return {Status::waiting, false};
    if (step.kind != api::StepKind::step) return {Status::waiting, true};
    return {step.state == StepState::retrying ? Status::waiting : Status::running, false};
}

QString statusWord(const api::Step& step) {
    const bool timedOut = step.kind == api::StepKind::waitForEvent && step.state == api::StepState::errored;
    if (timedOut) return QObject::tr("Timed out");
    if (step.isRollback && step.state == api::StepState::complete) return QObject::tr("Undone");
    if (step.state == api::StepState::retrying) return QObject::tr("Waiting to retry");
    return stepwell::statusWord(status(step));
}

QString moment(api::Time time, api::Time now) {
    const auto local = QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count());
    const auto today = QDateTime::fromMSecsSinceEpoch(now.time_since_epoch().count()).date();
    if (local.date() == today) return QObject::tr("Today %1").arg(local.toString(QStringLiteral("HH:mm:ss")));
    const bool sameYear = local.date().year() == today.year();
    return QLocale(QLocale::English)
        .toString(local, sameYear ? QStringLiteral("d MMM HH:mm:ss") : QStringLiteral("d MMM yyyy HH:mm:ss"));
}

std::optional<api::Milliseconds> wallTime(const api::Step& step, api::Time now) {
    if (!step.start) return std::nullopt;
    const bool over = step.state == api::StepState::complete || step.state == api::StepState::errored;
    if (over && !step.end) return std::nullopt;
    return std::max(step.end.value_or(now) - *step.start, api::Milliseconds(0));
}

std::optional<api::Milliseconds> wallTime(const api::Attempt& attempt, api::Time now) {
    if (!attempt.start || (attempt.success && !attempt.end)) return std::nullopt;
    return std::max(attempt.end.value_or(now) - *attempt.start, api::Milliseconds(0));
}

QString outcome(const api::Attempt& attempt, const api::Step& step) {
    if (!attempt.success) return QObject::tr("executing");
    if (!*attempt.success) return attempt.error ? error(*attempt.error) : QObject::tr("failed");
    return step.output ? returned(*step.output) : QObject::tr("returned nothing");
}

Backend::RestartFrom restartFrom(const api::Step& step) {
    const auto [name, count] = timeline::splitCounter(QString::fromStdString(step.name));
    const char* type = step.kind == api::StepKind::step           ? "do"
                       : step.kind == api::StepKind::waitForEvent ? "waitForEvent"
                                                                  : "sleep";
    return {name.toStdString(), count, type};
}

QStringList awaitedEvents(const api::InstanceDetail& detail) {
    QStringList types;
    for (const auto& step : detail.steps)
        if (step.kind == api::StepKind::waitForEvent && step.state == api::StepState::running &&
            types.size() < 50)
            types << QString::fromStdString(step.eventType);
    types.removeDuplicates();
    return types;
}

}  // namespace stepwell::texts
