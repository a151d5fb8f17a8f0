#include "models/analytics/export.h"

#include "models/text.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QObject>
#include <QSaveFile>

#include <cerrno>
#include <cmath>

namespace stepwell::analytics {
namespace {

QString unitWord(Unit unit) {
    switch (unit) {
    case Unit::percent:
        return QStringLiteral("%");
    case Unit::milliseconds:
        return QStringLiteral("ms");
    case Unit::bytes:
        return QStringLiteral("bytes");
    case Unit::count:
        break;
    }
    return {};
}

QString named(const QString& name, Unit unit) {
    const QString word = unitWord(unit);
    return word.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name, word);
}

QString quoted(QString text) {
    static const QString special = QStringLiteral("\",\r\n");
    const bool plain = std::none_of(text.begin(), text.end(), [](QChar c) { return special.contains(c); });
    if (plain) return text;
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

QString numberText(double value) {
    return std::isfinite(value) ? QLocale::c().toString(value, 'g', QLocale::FloatingPointShortest)
                                : QString();
}

QString isoOf(api::Time time) {
    return toQt(api::toIso(time));
}

double valueAt(const std::vector<double>& values, std::size_t i) {
    return i < values.size() ? values[i] : gap;
}

QJsonArray numbers(const std::vector<double>& values) {
    QJsonArray list;
    for (const double value : values)
        list.append(std::isfinite(value) ? QJsonValue(value) : QJsonValue());
    return list;
}

QString kindWord(ChartKind kind) {
    return kind == ChartKind::ranking       ? QStringLiteral("ranking")
           : kind == ChartKind::stackedBars ? QStringLiteral("stackedBars")
                                            : QStringLiteral("lines");
}

QString remedyFor(int reason) {
    switch (reason) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return QObject::tr("There is no room for it. Free some, or choose another folder.");
    case EACCES:
    case EPERM:
    case EROFS:
        return QObject::tr("You may not write there. Choose another folder.");
    case ENOENT:
    case ENOTDIR:
        return QObject::tr("Its folder is not there. Choose another one.");
    default:
        return QObject::tr("Choose another folder.");
    }
}

api::Result<void> failed(const QString& path, const QString& reason, int number) {
    const QString words = QObject::tr("%1 was not written: %2. %3")
                              .arg(QDir::toNativeSeparators(path), reason, remedyFor(number));
    return api::fail(0, api::code::storage, words.toStdString());
}

}  // namespace

QByteArray csvOf(const Chart& chart) {
    const bool ranking = chart.kind == ChartKind::ranking;
    QStringList line{ranking ? QStringLiteral("Name") : QStringLiteral("Time (UTC)")};
    for (const auto& series : chart.series) {
        line << quoted(named(series.name, chart.unit));
        if (!series.before.empty())
            line << quoted(named(QObject::tr("%1, period before").arg(series.name), chart.unit));
    }
    QString text = line.join(QLatin1Char(',')) + QLatin1String("\r\n");
    for (std::size_t i = 0; i < chart.points(); ++i) {
        line = {ranking ? quoted(chart.categories[i]) : isoOf(chart.starts[i])};
        for (const auto& series : chart.series) {
            line << numberText(valueAt(series.values, i));
            if (!series.before.empty()) line << numberText(valueAt(series.before, i));
        }
        text += line.join(QLatin1Char(',')) + QLatin1String("\r\n");
    }
    return text.toUtf8();
}

QByteArray jsonOf(const Chart& chart) {
    QJsonObject object{{QStringLiteral("title"), chart.title},
                       {QStringLiteral("subtitle"), chart.subtitle},
                       {QStringLiteral("kind"), kindWord(chart.kind)},
                       {QStringLiteral("unit"), unitWord(chart.unit)}};
    if (chart.kind == ChartKind::ranking) {
        QJsonArray names;
        for (const auto& name : chart.categories)
            names.append(name);
        object[QStringLiteral("categories")] = names;
    } else {
        QJsonArray times;
        for (const auto& start : chart.starts)
            times.append(isoOf(start));
        object[QStringLiteral("times")] = times;
        object[QStringLiteral("bucketMs")] = static_cast<qint64>(chart.width.count());
        object[QStringLiteral("newestIsOpen")] = chart.newestIsOpen;
    }
    QJsonArray all;
    for (const auto& series : chart.series) {
        QJsonObject one{{QStringLiteral("key"), series.key},
                        {QStringLiteral("name"), series.name},
                        {QStringLiteral("values"), numbers(series.values)}};
        if (!series.before.empty()) one[QStringLiteral("before")] = numbers(series.before);
        all.append(one);
    }
    object[QStringLiteral("series")] = all;
    if (!chart.query.document.empty()) {
        object[QStringLiteral("query")] = toQt(chart.query.document);
        const auto variables = QJsonDocument::fromJson(QByteArray::fromStdString(chart.query.variablesJson));
        object[QStringLiteral("variables")] = variables.object();
    }
    return QJsonDocument(object).toJson(QJsonDocument::Indented);
}

api::Result<void> writeWhole(const QString& path, const QByteArray& bytes) {
    QSaveFile file(path);
    errno = 0;
    if (!file.open(QIODevice::WriteOnly)) {
        const int number = QFileInfo(QFileInfo(path).path()).isDir() ? errno : ENOENT;
        return failed(path, file.errorString(), number);
    }
    const bool written = file.write(bytes) == bytes.size() && file.flush();
    const int number = errno;
    const QString reason = file.errorString();
    if (!written) {
        file.cancelWriting();
        return failed(path, reason, number);
    }
    if (!file.commit()) return failed(path, file.errorString(), errno);
    return {};
}

QString fileNameOf(const QString& words) {
    QString name;
    for (const QChar c : words.toLower())
        name += c.isLetterOrNumber() ? c : QChar(QLatin1Char('-'));
    while (name.contains(QLatin1String("--")))
        name.replace(QLatin1String("--"), QLatin1String("-"));
    while (name.endsWith(QLatin1Char('-')))
        name.chop(1);
    while (name.startsWith(QLatin1Char('-')))
        name.remove(0, 1);
    return name.isEmpty() ? QStringLiteral("chart") : name.left(80);
}

}  // namespace stepwell::analytics
