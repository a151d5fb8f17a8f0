#pragma once

#include "models/api/time.h"

#include <QDateTime>
#include <QString>

#include <cstdint>
#include <optional>

/// Numbers and times as the window writes them.
namespace stepwell::format {

/// "12,840"; zero is a quiet dash.
QString count(std::int64_t value);
/// "12,840", zero as "0".
QString number(std::int64_t value);
/// "118 MB", decimal units.
QString bytes(std::int64_t value);
/// "1.2 s"
QString duration(api::Milliseconds value);
/// "1,204 ms", for tooltips and copies.
QString exactDuration(api::Milliseconds value);
/// "now", "12 s ago", "in 4 h 12 min"; beyond a day "19 Nov 14:31", with the year when it is another one.
/// Local time.
QString relative(api::Time time, api::Time now);
/// "2026-11-20 09:00:00.000 +01:00", local time.
QString fullStamp(api::Time time);
/// For tooltips: shown as it is, even when it looks like HTML. URLs and file names are written by strangers.
QString plainTip(const QString& text);
api::Time now();
api::Time timeOf(const QDateTime& time);

}  // namespace stepwell::format
