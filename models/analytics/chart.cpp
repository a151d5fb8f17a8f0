#include "models/analytics/chart.h"

#include "models/api/duration.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace stepwell::analytics {

namespace {

const QLocale& english() {
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

/// As few digits behind the point as the value needs, at most `most`.
QString decimal(double value, int most) {
    QString text = english().toString(value, 'f', most);
    if (!text.contains(QLatin1Char('.'))) return text;
    while (text.endsWith(QLatin1Char('0')))
        text.chop(1);
    if (text.endsWith(QLatin1Char('.'))) text.chop(1);
    return text;
}

QString durationText(double ms) {
    if (ms > 0 && ms < 9.95) return QStringLiteral("%1 ms").arg(decimal(ms, ms < 0.095 ? 3 : 1));
    return QString::fromStdString(api::humanDuration(api::Milliseconds{std::llround(ms)}));
}

}  // namespace

bool Chart::hasData() const {
    const auto says = [this](double value) {
        return std::isfinite(value) && (unit == Unit::percent || value != 0);
    };
    return std::any_of(series.begin(), series.end(), [&](const Series& one) {
        return std::any_of(one.values.begin(), one.values.end(), says);
    });
}

QString valueText(double value, Unit unit) {
    if (!std::isfinite(value)) return QStringLiteral("–");
    switch (unit) {
    case Unit::count:
        return decimal(value, 2);
    case Unit::percent:
        return QStringLiteral("%1 %").arg(decimal(value, std::abs(value) >= 99.995 || value == 0 ? 0 : 2));
    case Unit::milliseconds:
        return durationText(value);
    case Unit::bytes:
        break;
    }
    return sizeText(std::llround(value));
}

QString exactText(double value, Unit unit) {
    if (!std::isfinite(value)) return QStringLiteral("–");
    switch (unit) {
    case Unit::milliseconds:
        return QStringLiteral("%1 ms").arg(decimal(value, 3));
    case Unit::bytes:
        return QObject::tr("%1 bytes").arg(decimal(value, 0));
    case Unit::percent:
        return QStringLiteral("%1 %").arg(decimal(value, 4));
    case Unit::count:
        break;
    }
    return decimal(value, 3);
}

QString othersText(std::size_t count) {
    return count == 1 ? QObject::tr("1 other") : QObject::tr("%1 others").arg(count);
}

QString spanText(api::Time from, api::Time to) {
    const auto start = toQt(from).toLocalTime();
    const auto end = toQt(to).toLocalTime();
    const bool wholeDays = start.time() == QTime(0, 0) && end.time() == QTime(0, 0);
    const QString day = QStringLiteral("d MMM");
    const QString stamp = QStringLiteral("d MMM HH:mm");
    if (wholeDays && start.addDays(1) >= end) return english().toString(start, day);
    if (wholeDays)
        return QStringLiteral("%1 – %2").arg(english().toString(start, day),
                                             english().toString(end.addSecs(-1), day));
    const bool sameDay = start.date() == end.date() || end == start.date().addDays(1).startOfDay();
    return QStringLiteral("%1 – %2").arg(english().toString(start, stamp),
                                         english().toString(end, sameDay ? QStringLiteral("HH:mm") : stamp));
}

}  // namespace stepwell::analytics
