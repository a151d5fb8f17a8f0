#pragma once

#include "models/api/time.h"
#include "models/backend.h"

#include <QString>

#include <limits>
#include <memory>
#include <vector>

/// What the Analytics page shows, as plain values: no widget, no colour, no request.
namespace stepwell::analytics {

enum class Unit { count, percent, milliseconds, bytes };  ///< percent: 0..100
enum class ChartKind { lines, stackedBars, ranking };     ///< ranking: a bar per category, no time

/// What a series stands for; the window knows its colour. Statuses have theirs, others take the next one.
enum class Tone { first, second, third, fourth, rest, complete, errored, terminated, waiting, queued };

/// Where there is nothing to tell: drawn as a gap, written as nothing.
inline constexpr double gap = std::numeric_limits<double>::quiet_NaN();

struct Series {
    QString key;   ///< stable over refreshes: "p99", "WORKFLOW_SUCCESS"
    QString name;  ///< for people: "Complete"
    Tone tone = Tone::first;
    std::vector<double> values = {};  ///< one per bucket or category, in the chart's unit; may be `gap`
    std::vector<double> before = {};  ///< of the period before, bucket by bucket; empty: not compared
};

/// One chart with all that is needed to draw it, to write it to a file, and to ask for it again.
struct Chart {
    QString id;  ///< "outcomes"
    QString title;
    QString subtitle;
    ChartKind kind = ChartKind::lines;
    Unit unit = Unit::count;
    std::vector<api::Time> starts = {};    ///< of its buckets, ascending; empty for a ranking
    api::Milliseconds width{0};            ///< of a bucket
    bool newestIsOpen = false;             ///< the last bucket is still filling
    std::vector<QString> categories = {};  ///< of a ranking, largest first
    std::vector<Series> series = {};
    GraphqlQuery query = {};  ///< asks for this chart alone

    std::size_t points() const { return kind == ChartKind::ranking ? categories.size() : starts.size(); }
    /// Whether any value says something: for counts, one that is not zero.
    bool hasData() const;
};

/// "12,840", "99.6 %", "1.2 s", "4.8 MB"; a gap is a quiet dash.
QString valueText(double value, Unit unit);
/// The same to the last digit, for cards and copies: "1,204.5 ms", "4,812,004 bytes".
QString exactText(double value, Unit unit);
/// "1 other", "4 others"
QString othersText(std::size_t count);
/// Times of a bucket in local time: "20 Nov 09:00 – 09:15", across midnight both dates.
QString spanText(api::Time from, api::Time to);

}  // namespace stepwell::analytics
