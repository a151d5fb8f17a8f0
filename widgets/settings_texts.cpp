#include "widgets/settings_texts.h"

#include "models/api/cron.h"
#include "models/api/duration.h"
#include "widgets/format.h"

#include <QRegularExpression>

#include <array>
#include <utility>

namespace stepwell::settings {

QString numberText(const std::optional<std::int64_t>& number) {
    return number ? QString::number(*number) : QString();
}

bool readNumber(const QString& text, std::optional<std::int64_t>& number) {
    number.reset();
    QString digits = text.simplified();
    digits.remove(QLatin1Char(','));
    if (digits.isEmpty()) return true;
    bool fits = false;
    const qlonglong value = digits.toLongLong(&fits);
    if (!fits || value < 1) return false;
    number = value;
    return true;
}

QString retentionText(const std::optional<api::Milliseconds>& duration) {
    if (!duration) return {};
    static constexpr std::array<std::pair<const char*, std::int64_t>, 4> units = {
        {{"day", 86'400'000}, {"hour", 3'600'000}, {"minute", 60'000}, {"second", 1'000}}};
    const auto ms = duration->count();
    for (const auto& [word, length] : units) {
        if (ms % length != 0 || ms == 0) continue;
        const auto count = ms / length;
        return QStringLiteral("%1 %2%3").arg(count).arg(QLatin1String(word), count == 1 ? QString() : "s");
    }
    return QString::number(ms);
}

bool readRetention(const QString& text, std::optional<api::Milliseconds>& duration) {
    duration.reset();
    if (text.simplified().isEmpty()) return true;
    duration = api::parseDuration(text.simplified().toStdString());
    return duration && duration->count() > 0;
}

bool looksLikeCron(const QString& text) {
    static const QRegularExpression five(QStringLiteral("^([0-9A-Za-z*/,#?-]+ ){4}[0-9A-Za-z*/,#?-]+$"));
    return five.match(text.simplified()).hasMatch();
}

QString nextRunText(const QString& cron) {
    const auto parsed = api::Cron::parse(cron.simplified().toStdString());
    const auto next = parsed ? parsed->next(format::now()) : std::nullopt;
    return next ? QObject::tr("next run %1").arg(format::relative(*next, format::now())) : QString();
}

QString sourceText(const api::Workflow& workflow) {
    QString text =
        QObject::tr("%1 of %2")
            .arg(QString::fromStdString(workflow.className), QString::fromStdString(workflow.scriptName));
    if (workflow.versionNumber > 0) text += QStringLiteral(" · v%1").arg(workflow.versionNumber);
    if (workflow.modifiedOn)
        text += QObject::tr(", deployed %1").arg(format::relative(*workflow.modifiedOn, format::now()));
    return text;
}

}  // namespace stepwell::settings
