#include "models/text.h"

#include <QLocale>

namespace stepwell {

namespace {

QString span(qint64 seconds) {
    if (seconds < 60) return QStringLiteral("%1 s").arg(seconds);
    if (seconds < 3'600) return QStringLiteral("%1 min").arg(seconds / 60);
    const auto minutes = (seconds % 3'600) / 60;
    const auto hours = QStringLiteral("%1 h").arg(seconds / 3'600);
    return minutes == 0 || seconds >= 6 * 3'600 ? hours : hours + QStringLiteral(" %1 min").arg(minutes);
}

}  // namespace

QString relativeTime(api::Time time, api::Time reference) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(reference - time).count();
    if (std::abs(seconds) >= 86'400)
        return QLocale().toString(toQt(time).toLocalTime(), QStringLiteral("d MMM yyyy, hh:mm"));
    if (std::abs(seconds) < 2) return QStringLiteral("just now");
    return seconds > 0 ? span(seconds) + QStringLiteral(" ago") : QStringLiteral("in ") + span(-seconds);
}

}  // namespace stepwell
