#pragma once

#include "models/api/time.h"

#include <QDateTime>
#include <QString>

#include <string>

/// Small conversions between the API's types and Qt's.
namespace stepwell {

inline QString toQt(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

inline std::string toStd(const QString& text) {
    return text.toStdString();
}

inline QDateTime toQt(api::Time time) {
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), Qt::UTC);
}

inline QVariant toQt(const std::optional<api::Time>& time) {
    return time ? QVariant(toQt(*time)) : QVariant();
}

inline api::Time now() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

/// "12 B", "9.4 KB", "184 KB": powers of 1000.
QString sizeText(std::int64_t bytes);

/// "just now", "12 s ago", "3 min ago", "4 h ago", "in 2 h"; from a day on the date and time here.
QString relativeTime(api::Time time, api::Time reference);

}  // namespace stepwell
