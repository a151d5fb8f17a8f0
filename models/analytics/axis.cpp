#include "models/analytics/axis.h"

#include "models/text.h"

#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace stepwell::analytics {

namespace {

constexpr std::size_t timeTicksAtMost = 50;

/// The smallest of 1, 2, 5 times a power of ten that is no less than `least`.
double roundStep(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double times : {1.0, 2.0, 5.0})
        if (times * power >= least * (1 - 1e-9)) return times * power;
    return 10 * power;
}

double durationStep(double least) {
    constexpr double second = 1'000;
    constexpr double minute = 60 * second;
    constexpr double hour = 60 * minute;
    constexpr std::array steps = {20 * second, 30 * second, minute,    2 * minute, 5 * minute, 10 * minute,
                                  15 * minute, 30 * minute, hour,      2 * hour,   3 * hour,   6 * hour,
                                  12 * hour,   24 * hour,   48 * hour, 120 * hour, 240 * hour};
    if (least <= 10 * second || least > steps.back()) return roundStep(least);
    return *std::find_if(steps.begin(), steps.end(), [&](double step) { return step >= least; });
}

double stepFor(double least, Unit unit) {
    if (unit == Unit::milliseconds) return durationStep(least);
    // Nothing is counted in halves.
    return unit == Unit::count || unit == Unit::bytes ? std::max(1.0, roundStep(least)) : roundStep(least);
}

/// In minutes of local time.
constexpr std::array timeSteps = {1,   5,   10,    15,    30,    60,     120,    180,
                                  360, 720, 1'440, 2'880, 7'200, 10'080, 20'160, 43'200};

QDateTime firstTick(const QDateTime& from, int step) {
    const int minuteOfDay = from.time().hour() * 60 + from.time().minute();
    QDateTime tick = from.date().startOfDay();
    if (step >= 1'440) return from == tick ? tick : from.date().addDays(1).startOfDay();
    tick.setTime(QTime(0, 0));
    const bool exact = minuteOfDay % step == 0 && from.time().second() == 0 && from.time().msec() == 0;
    return QDateTime(from.date(), QTime(0, 0)).addSecs(60LL * (minuteOfDay / step + (exact ? 0 : 1)) * step);
}

QString timeLabel(const QDateTime& at, int step) {
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    const bool midnight = at.time() == QTime(0, 0);
    return english.toString(at,
                            step >= 1'440 || midnight ? QStringLiteral("d MMM") : QStringLiteral("HH:mm"));
}

}  // namespace

std::vector<Tick> valueTicks(double smallest, double largest, Unit unit, int most) {
    if (unit == Unit::percent) {
        const double from = smallest >= 99 ? 99 : smallest >= 90 ? 90 : smallest >= 50 ? 50 : 0;
        std::vector<Tick> ticks;
        for (const double at : {from, (from + 100) / 2, 100.0})
            ticks.push_back({at, valueText(at, unit)});
        return ticks;
    }
    if (!std::isfinite(largest) || largest <= 0) largest = unit == Unit::milliseconds ? 1'000 : 1;
    const double step = stepFor(largest / most, unit);
    const int count = static_cast<int>(std::ceil(largest / step - 1e-9));
    std::vector<Tick> ticks;
    for (int i = 0; i <= count; ++i)
        ticks.push_back(
            {i * step, i == 0 ? QStringLiteral("0")
                              : valueText(i * step, unit).replace(QLatin1String(".0 "), QLatin1String(" "))});
    return ticks;
}

std::vector<Tick> timeTicks(const Chart& chart, double pixels, double minGap) {
    if (chart.starts.empty() || chart.width.count() <= 0 || pixels <= 0) return {};
    const auto from = toQt(chart.starts.front()).toLocalTime();
    const auto to = toQt(chart.starts.back() + chart.width).toLocalTime();
    const double minutes = static_cast<double>(from.msecsTo(to)) / 60'000;
    const auto wanted = std::find_if(timeSteps.begin(), timeSteps.end(),
                                     [&](int step) { return step * pixels / minutes >= minGap; });
    const int step = wanted == timeSteps.end() ? timeSteps.back() : *wanted;
    std::vector<Tick> ticks;
    for (auto at = firstTick(from, step); at <= to && ticks.size() < timeTicksAtMost;
         at = step >= 1'440 ? at.date().addDays(step / 1'440).startOfDay() : at.addSecs(60LL * step)) {
        const auto since = static_cast<double>(from.msecsTo(at));
        ticks.push_back({since / static_cast<double>(chart.width.count()), timeLabel(at, step)});
    }
    return ticks;
}

namespace {

/// Adds what stays of the values in [begin, end), a column of pixels.
void addColumn(const std::vector<double>& values, std::size_t begin, std::size_t end, std::vector<Run>& runs,
               bool& joined) {
    std::array<std::size_t, 4> kept{};  // first, smallest, largest, last
    bool any = false;
    for (std::size_t i = begin; i < end; ++i) {
        if (!std::isfinite(values[i])) continue;
        if (!any) kept = {i, i, i, i};
        any = true;
        if (values[i] < values[kept[1]]) kept[1] = i;
        if (values[i] > values[kept[2]]) kept[2] = i;
        kept[3] = i;
    }
    if (!any) {
        joined = false;
        return;
    }
    if (!joined) runs.emplace_back();
    joined = true;
    std::sort(kept.begin(), kept.end());
    const auto last = std::unique(kept.begin(), kept.end());
    for (auto it = kept.begin(); it != last; ++it)
        runs.back().push_back({*it, values[*it]});
}

}  // namespace

std::vector<Run> runsOf(const std::vector<double>& values, std::size_t pixels) {
    std::vector<Run> runs;
    bool joined = false;
    const std::size_t columns = std::max<std::size_t>(1, pixels);
    if (values.size() <= 2 * columns) {
        for (std::size_t i = 0; i < values.size(); ++i)
            addColumn(values, i, i + 1, runs, joined);
        return runs;
    }
    for (std::size_t column = 0; column < columns; ++column)
        addColumn(values, column * values.size() / columns, (column + 1) * values.size() / columns, runs,
                  joined);
    return runs;
}

std::optional<std::size_t> bucketAt(double x, double pixels, std::size_t buckets) {
    if (buckets == 0 || pixels <= 0) return std::nullopt;
    const double at = std::floor(x / pixels * static_cast<double>(buckets));
    return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(buckets - 1)));
}

}  // namespace stepwell::analytics
