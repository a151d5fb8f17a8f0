#pragma once

#include "models/analytics/chart.h"

#include <QByteArray>

#include <optional>

/// Charts as text, and files that are written wholly or not at all. Safe on any thread.
namespace stepwell::analytics {

/// RFC 4180: a line of names, then a line for each bucket or category. Times are the starts of buckets, UTC,
/// ISO 8601; numbers have all their digits and the unit of the chart, which the names tell; where there is
/// nothing, nothing.
QByteArray csvOf(const Chart& chart);
/// One object: what it is, its times or categories, its series, and the document that asks for it.
QByteArray jsonOf(const Chart& chart);

/// Writes a file anew under a temporary name and puts it in place when all is there, so that a full disk
/// leaves what was there before. An error names the file, the reason and what to do.
api::Result<void> writeWhole(const QString& path, const QByteArray& bytes);

/// One figure at the head of the page.
struct Tile {
    QString title;   ///< "Success"
    QString value;   ///< "99.62 %"
    QString change;  ///< "−0.2"; may be empty
};

/// What a report shows, as values of one moment.
struct Report {
    QString title;
    QString range;    ///< "19 Nov 14:00 – 20 Nov 14:00"
    QString filters;  ///< "orders, cart-reminder"; empty: everything
    QString backend;
    api::Time made{};
    std::vector<Tile> tiles;
    std::vector<std::shared_ptr<const Chart>> charts;
};

/// A name for a file out of words: "instances-by-outcome".
QString fileNameOf(const QString& words);

}  // namespace stepwell::analytics
