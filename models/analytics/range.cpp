#include "models/analytics/range.h"

#include "models/analytics/chart.h"
#include "models/text.h"

#include <QObject>

#include <algorithm>

namespace stepwell::analytics {

namespace {

using namespace std::chrono_literals;

struct PresetFacts {
    Preset preset;
    const char* key;
    api::Milliseconds length;
};

constexpr std::array<PresetFacts, presets.size()> facts = {{{Preset::lastHour, "1h", 1h},
                                                            {Preset::last6Hours, "6h", 6h},
                                                            {Preset::last24Hours, "24h", 24h},
                                                            {Preset::last7Days, "7d", 24h * 7},
                                                            {Preset::last31Days, "31d", 24h * 31}}};

const PresetFacts& factsOf(Preset preset) {
    return facts.at(static_cast<std::size_t>(preset));
}

constexpr api::Milliseconds longestAbsolute = 24h * 31;
constexpr api::Milliseconds shortestAbsolute = 1min;

Bucket bucketFor(api::Milliseconds length) {
    if (length <= 2h) return Bucket::minute;
    if (length <= 12h) return Bucket::fiveMinutes;
    return length <= 48h ? Bucket::fifteenMinutes : Bucket::hour;
}

api::Time floored(api::Time time, api::Milliseconds step) {
    const auto count = time.time_since_epoch();
    auto over = count % step;
    if (over.count() < 0) over += step;
    return time - over;
}

api::Time ceiled(api::Time time, api::Milliseconds step) {
    const auto down = floored(time, step);
    return down == time ? time : down + step;
}

}  // namespace

api::Milliseconds widthOf(Bucket bucket) {
    switch (bucket) {
    case Bucket::minute:
        return 1min;
    case Bucket::fiveMinutes:
        return 5min;
    case Bucket::fifteenMinutes:
        return 15min;
    case Bucket::hour:
        break;
    }
    return 1h;
}

std::string dimensionOf(Bucket bucket) {
    switch (bucket) {
    case Bucket::minute:
        return "datetimeMinute";
    case Bucket::fiveMinutes:
        return "datetimeFiveMinutes";
    case Bucket::fifteenMinutes:
        return "datetimeFifteenMinutes";
    case Bucket::hour:
        break;
    }
    return "datetimeHour";
}

QString rangeWords(const Range& range) {
    if (range.isAbsolute()) return spanText(*range.from, *range.to);
    switch (range.preset) {
    case Preset::lastHour:
        return QObject::tr("Last hour");
    case Preset::last6Hours:
        return QObject::tr("Last 6 hours");
    case Preset::last24Hours:
        return QObject::tr("Last 24 hours");
    case Preset::last7Days:
        return QObject::tr("Last 7 days");
    case Preset::last31Days:
        break;
    }
    return QObject::tr("Last 31 days");
}

QString beforeWords(const Range& range) {
    if (range.isAbsolute()) return QObject::tr("period before");
    switch (range.preset) {
    case Preset::lastHour:
        return QObject::tr("hour before");
    case Preset::last6Hours:
        return QObject::tr("6 hours before");
    case Preset::last24Hours:
        return QObject::tr("day before");
    case Preset::last7Days:
        return QObject::tr("week before");
    case Preset::last31Days:
        break;
    }
    return QObject::tr("31 days before");
}

QString rangeKey(const Range& range) {
    if (!range.isAbsolute()) return QLatin1String(factsOf(range.preset).key);
    return QStringLiteral("%1..%2").arg(toQt(api::toIso(*range.from)), toQt(api::toIso(*range.to)));
}

std::optional<Range> rangeFrom(const QString& key) {
    for (const auto& known : facts)
        if (key == QLatin1String(known.key)) return Range{known.preset};
    const auto parts = key.split(QStringLiteral(".."));
    if (parts.size() != 2) return std::nullopt;
    Range range;
    range.from = api::fromIso(parts[0].toStdString());
    range.to = api::fromIso(parts[1].toStdString());
    return range.isAbsolute() && *range.from < *range.to ? std::optional(range) : std::nullopt;
}

Window windowOf(const Range& range, api::Time now, const Limits& limits) {
    api::Time to = range.isAbsolute() ? *range.to : now;
    api::Milliseconds length = range.isAbsolute() ? *range.to - *range.from : factsOf(range.preset).length;
    const auto wanted = std::clamp(length, shortestAbsolute, longestAbsolute);
    length = limits.longest ? std::min(wanted, std::max(*limits.longest, shortestAbsolute)) : wanted;
    const Bucket bucket = bucketFor(length);
    const auto step = widthOf(bucket);
    to = ceiled(to, step);
    bool cut = length < wanted;
    const auto start =
        range.isAbsolute() && !cut && *range.to - *range.from == length ? *range.from : to - length;
    auto from = std::min(floored(start, step), to - step);
    if (limits.oldest && from < now - *limits.oldest) {
        from = std::min(ceiled(now - *limits.oldest, step), to - step);
        cut = true;
    }
    return {from, to, bucket, cut};
}

}  // namespace stepwell::analytics
