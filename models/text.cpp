#include "models/text.h"

#include <QLocale>

#include <array>

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

QString sizeText(std::int64_t bytes) {
    static constexpr std::array<const char*, 5> units = {"B", "KB", "MB", "GB", "TB"};
    double amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= 1000 && unit + 1 < units.size()) {
        amount /= 1000;
        ++unit;
    }
    const int digits = unit > 0 && amount < 10 ? 1 : 0;
    return QStringLiteral("%1 %2").arg(QLocale(QLocale::English).toString(amount, 'f', digits),
                                       QLatin1String(units.at(unit)));
}

}  // namespace stepwell
