#include "models/timeline/step_bars.h"

#include "models/api/duration.h"
#include "models/visible_text.h"

#include <QDateTime>
#include <QObject>

#include <functional>
#include <utility>

namespace stepwell::timeline {
namespace {

constexpr qsizetype longestType = 60;

struct Hash {
    std::size_t value = 0x9e3779b97f4a7c15ULL;
    template <class T>
    void add(const T& part) {
        value ^= std::hash<T>{}(part) + 0x9e3779b97f4a7c15ULL + (value << 6) + (value >> 2);
    }
    void add(const std::optional<api::Time>& time) { add(time ? time->time_since_epoch().count() : -1); }
};

Moment offset(const RunFrame& frame, api::Time time) {
    return time - frame.origin;
}

/// A bar from `start` to `end`, to the end of the instance, or open.
Bar barOf(const RunFrame& frame, api::Time start, std::optional<api::Time> end, BarKind kind, BarState state,
          int number) {
    Bar bar;
    bar.start = offset(frame, start);
    bar.kind = kind;
    bar.state = state;
    bar.number = number;
    bar.open = !end && !frame.end;
    bar.end =
        end ? std::max(offset(frame, *end), bar.start) : std::max(frame.end.value_or(bar.start), bar.start);
    if (bar.open) bar.end = bar.start;
    if (state == BarState::running && !bar.open) bar.state = end ? BarState::complete : BarState::stopped;
    return bar;
}

BarState stateOf(const api::Step& step) {
    if (step.state == api::StepState::errored) return BarState::errored;
    return step.state == api::StepState::complete ? BarState::complete : BarState::running;
}

BarState stateOf(const api::Attempt& attempt) {
    if (!attempt.success) return BarState::running;
    return *attempt.success ? BarState::complete : BarState::errored;
}

std::optional<api::Time> endOf(const api::Attempt& attempt) {
    return attempt.end || !attempt.success ? attempt.end : attempt.start;
}

/// The wait after attempt `i`, drawn in the colour of its failure.
std::optional<Bar> waitAfter(const api::Step& step, std::size_t i, const RunFrame& frame) {
    const api::Attempt& attempt = step.attempts.at(i);
    const auto from = endOf(attempt);
    if (!from || attempt.success.value_or(true)) return std::nullopt;
    const int number = static_cast<int>(i) + 1;
    if (i + 1 < step.attempts.size()) {
        const auto& next = step.attempts.at(i + 1).start;
        if (!next || *next <= *from) return std::nullopt;
        return barOf(frame, *from, next, BarKind::wait, BarState::errored, number);
    }
    if (step.state != api::StepState::retrying || frame.end) return std::nullopt;
    return barOf(frame, *from, std::nullopt, BarKind::wait, BarState::errored, number);
}

std::vector<Bar> attemptBars(const api::Step& step, const RunFrame& frame) {
    std::vector<Bar> bars;
    const BarKind kind = step.isRollback ? BarKind::rollback : BarKind::attempt;
    bars.reserve(step.attempts.size() * 2);
    for (std::size_t i = 0; i < step.attempts.size(); ++i) {
        const api::Attempt& attempt = step.attempts.at(i);
        if (!attempt.start) continue;
        const int number = static_cast<int>(i) + 1;
        bars.push_back(barOf(frame, *attempt.start, endOf(attempt), kind, stateOf(attempt), number));
        if (const auto wait = waitAfter(step, i, frame)) bars.push_back(*wait);
    }
    if (bars.empty() && step.start)
        bars.push_back(barOf(frame, *step.start, step.end, kind, stateOf(step), 0));
    return bars;
}

std::vector<Bar> barsOf(const api::Step& step, const RunFrame& frame) {
    if (step.kind == api::StepKind::step) return attemptBars(step, frame);
    if (!step.start) return {};
    const auto kind = step.kind == api::StepKind::waitForEvent ? BarKind::eventWait : BarKind::sleep;
    return {barOf(frame, *step.start, step.end, kind, stateOf(step), 0)};
}

/// Time of the day, with the day where it is another one than that of `near`. Local time.
QString clock(api::Time time, api::Time near) {
    const auto local = QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count());
    const auto other = QDateTime::fromMSecsSinceEpoch(near.time_since_epoch().count());
    const bool sameDay = local.date() == other.date();
    const bool withSeconds = sameDay && other.secsTo(local) < 60;
    if (withSeconds) return local.toString(QStringLiteral("HH:mm:ss"));
    return sameDay ? local.toString(QStringLiteral("HH:mm"))
                   : QLocale(QLocale::English).toString(local, QStringLiteral("d MMM HH:mm"));
}

/// "3 s" rather than "3.0 s": sleeps are round.
QString roundDuration(api::Milliseconds duration) {
    return QString::fromStdString(api::humanDuration(duration))
        .replace(QLatin1String(".0 s"), QLatin1String(" s"));
}

QString wordsOf(const api::Step& step) {
    if (step.kind == api::StepKind::step)
        return visibleText(QString::fromStdString(step.otherType).left(longestType));
    const auto until = step.wakeOn ? step.wakeOn : step.end;
    const api::Time start = step.start.value_or(api::Time{});
    if (step.kind == api::StepKind::sleep && until && step.start)
        return QStringLiteral("sleep ") + roundDuration(*until - start);
    if (step.kind != api::StepKind::waitForEvent)
        return until ? QStringLiteral("sleep until ") + clock(*until, start) : QStringLiteral("sleep");
    QString words = QStringLiteral("event ") + QString::fromStdString(step.eventType);
    if (step.state == api::StepState::errored) return words + QStringLiteral(" · timed out");
    if (step.wakeOn) words += QStringLiteral(" · until ") + clock(*step.wakeOn, start);
    return words;
}

BarState stateOf(const api::OutboundRequest& request) {
    if (!request.error.empty() || request.status >= 400) return BarState::errored;
    return request.duration ? BarState::complete : BarState::running;
}

QString labelOf(const api::OutboundRequest& request) {
    return QString::fromStdString(request.method) + QLatin1Char(' ') +
           shortAddress(QString::fromStdString(request.url));
}

Bar barOf(const api::OutboundRequest& request, std::size_t position, const RunFrame& frame) {
    std::optional<api::Time> end;
    if (request.duration) end = request.start + *request.duration;
    if (!end && !request.error.empty()) end = request.start;
    return barOf(frame, request.start, end, BarKind::request, stateOf(request), static_cast<int>(position));
}

std::vector<Lane> lanesOf(const std::vector<api::OutboundRequest>& requests, const RunFrame& frame) {
    std::vector<QString> labels;
    std::vector<std::vector<Bar>> bars;
    std::set<QString> others;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const QString label = labelOf(requests.at(i));
        auto lane = static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin());
        if (lane == labels.size() && lane < Layout::mostLanes) {
            labels.push_back(label);
            bars.emplace_back();
        } else if (lane == labels.size()) {
            lane = Layout::mostLanes - 1;
            others.insert(label);
        }
        bars.at(lane).push_back(barOf(requests.at(i), i, frame));
    }
    if (!others.empty()) labels.back() += QStringLiteral(" and %1 more").arg(others.size());
    std::vector<Lane> lanes;
    for (std::size_t i = 0; i < labels.size(); ++i)
        lanes.push_back({labels.at(i), BarList(std::move(bars.at(i)))});
    return lanes;
}

void addRequests(Hash& hash, const std::vector<api::OutboundRequest>& requests) {
    hash.add(requests.size());
    for (const auto& request : requests) {
        hash.add(request.duration ? request.duration->count() : -1);
        hash.add(request.status);
    }
}

bool endsWithNumber(const QString& text, qsizetype& from) {
    from = text.size();
    while (from > 0 && text.at(from - 1).isDigit())
        --from;
    return from < text.size();
}

QString withoutNumber(const QString& text) {
    qsizetype from = 0;
    if (!endsWithNumber(text, from)) return text;
    while (from > 0 && QStringLiteral("-_#: /").contains(text.at(from - 1)))
        --from;
    return from > 0 ? text.left(from) : text;
}

}  // namespace

std::pair<QString, int> splitCounter(const QString& name) {
    qsizetype from = 0;
    if (!endsWithNumber(name, from) || from < 2 || name.at(from - 1) != QLatin1Char('-')) return {name, 1};
    bool fits = false;
    const int count = QStringView(name).mid(from).toInt(&fits);
    return fits && count > 0 ? std::pair(name.left(from - 1), count) : std::pair(name, 1);
}

QString baseName(const QString& name) {
    return withoutNumber(splitCounter(name).first);
}

QString shortAddress(const QString& url) {
    const auto scheme = url.indexOf(QLatin1String("://"));
    QString rest = scheme >= 0 ? url.mid(scheme + 3) : url;
    for (const char mark : {'?', '#'}) {
        const auto at = rest.indexOf(QLatin1Char(mark));
        if (at >= 0) rest.truncate(at);
    }
    if (rest.endsWith(QLatin1Char('/'))) rest.chop(1);
    return rest;
}

std::size_t fingerprint(const api::Step& step) {
    Hash hash;
    hash.add(step.name);
    hash.add(static_cast<int>(step.state));
    hash.add(step.start);
    hash.add(step.end);
    hash.add(step.wakeOn);
    hash.add(step.attempts.size());
    if (!step.attempts.empty()) {
        const auto& last = step.attempts.back();
        hash.add(last.start);
        hash.add(last.end);
        hash.add(last.success ? static_cast<int>(*last.success) : -1);
    }
    addRequests(hash, step.requests);
    return hash.value;
}

std::size_t fingerprint(const std::vector<api::OutboundRequest>& requests) {
    Hash hash;
    addRequests(hash, requests);
    return hash.value;
}

Entry makeEntry(const api::Step& step, const RunFrame& frame) {
    Entry entry;
    entry.index = step.index;
    entry.name = visibleText(QString::fromStdString(step.name));
    entry.isRollback = step.isRollback;
    if (step.isRollback) entry.name.prepend(QObject::tr("Undo "));
    entry.base = baseName(entry.name);
    entry.kind = step.kind;
    entry.state = step.state;
    for (const auto& attempt : step.attempts)
        entry.failedAttempts += attempt.success == false ? 1 : 0;
    entry.failed = entry.failedAttempts > 0 || step.state == api::StepState::errored;
    entry.bars = BarList(barsOf(step, frame));
    entry.words = wordsOf(step);
    auto planned = step.wakeOn;
    if (!planned && !step.attempts.empty()) planned = step.attempts.back().retryOn;
    if (planned && entry.bars.hasOpen()) entry.planned = offset(frame, *planned);
    entry.lanes = lanesOf(step.requests, frame);
    entry.fingerprint = fingerprint(step);
    return entry;
}

Entry makeOutsideEntry(const std::vector<api::OutboundRequest>& requests, const RunFrame& frame) {
    Entry entry;
    entry.index = -1;
    entry.lanes = lanesOf(requests, frame);
    entry.fingerprint = fingerprint(requests);
    entry.state = api::StepState::complete;
    return entry;
}

}  // namespace stepwell::timeline
