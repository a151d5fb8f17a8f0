#include "widgets/format.h"

#include "models/api/duration.h"
#include "models/text.h"

#include <QDateTime>
#include <QLocale>
#include <QObject>
#include <QTextDocument>

namespace stepwell::format {
namespace {

const QLocale& english() {
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

QDateTime localTime(api::Time time) {
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count());
}

/// Whole units only up to the largest two: "4 h 12 min".
QString span(api::Milliseconds distance) {
    using namespace std::chrono;
    if (distance < minutes(1)) return QObject::tr("%1 s").arg(duration_cast<seconds>(distance).count());
    const auto wholeMinutes = duration_cast<minutes>(distance).count();
    if (wholeMinutes < 60) return QObject::tr("%1 min").arg(wholeMinutes);
    return QObject::tr("%1 h").arg(wholeMinutes / 60);
}

}  // namespace

QString count(std::int64_t value) {
    return value == 0 ? QStringLiteral("–") : number(value);
}

QString number(std::int64_t value) {
    return english().toString(static_cast<qlonglong>(value));
}

QString bytes(std::int64_t value) {
    return sizeText(value);
}

QString duration(api::Milliseconds value) {
    return QString::fromStdString(api::humanDuration(value));
}

QString exactDuration(api::Milliseconds value) {
    return QObject::tr("%1 ms").arg(number(value.count()));
}

QString relative(api::Time time, api::Time now) {
    using namespace std::chrono;
    const bool future = time > now;
    const api::Milliseconds distance = future ? time - now : now - time;
    if (distance < seconds(2)) return QObject::tr("now");
    if (distance < hours(24)) {
        QString text = span(distance);
        const auto minute = duration_cast<minutes>(distance).count() % 60;
        if (future && distance >= hours(1) && minute > 0) text += QObject::tr(" %1 min").arg(minute);
        return future ? QObject::tr("in %1").arg(text) : QObject::tr("%1 ago").arg(text);
    }
    const QDateTime local = localTime(time);
    const bool sameYear = local.date().year() == localTime(now).date().year();
    return english().toString(local,
                              sameYear ? QStringLiteral("d MMM HH:mm") : QStringLiteral("d MMM yyyy HH:mm"));
}

QString fullStamp(api::Time time) {
    const QDateTime local = localTime(time);
    const int offset = local.offsetFromUtc();
    return local.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz ")) +
           QStringLiteral("%1%2:%3")
               .arg(offset < 0 ? QLatin1Char('-') : QLatin1Char('+'))
               .arg(std::abs(offset) / 3600, 2, 10, QLatin1Char('0'))
               .arg(std::abs(offset) / 60 % 60, 2, 10, QLatin1Char('0'));
}

api::Time now() {
    return std::chrono::time_point_cast<api::Milliseconds>(std::chrono::system_clock::now());
}

api::Time timeOf(const QDateTime& time) {
    return api::Time(api::Milliseconds(time.toMSecsSinceEpoch()));
}

QString plainTip(const QString& text) {
    if (!Qt::mightBeRichText(text)) return text;
    return QStringLiteral("<p style=\"white-space:pre\">%1</p>").arg(text.toHtmlEscaped());
}

}  // namespace stepwell::format
