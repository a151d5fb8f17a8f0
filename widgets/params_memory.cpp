#include "widgets/params_memory.h"

#include <QSettings>

namespace stepwell::params {
namespace {

QString triggeredKey(const QString& workflow) {
    return QStringLiteral("trigger/") + workflow;
}

QString sampleKey(const QString& workflow) {
    return QStringLiteral("sampleParams/") + workflow;
}

bool isEmptyObject(QString json) {
    json.removeIf([](QChar c) { return c.isSpace(); });
    return json.isEmpty() || json == QLatin1String("{}");
}

}  // namespace

QString startFor(const QString& workflow) {
    const QSettings settings;
    const QString last = settings.value(triggeredKey(workflow)).toString();
    return isEmptyObject(last) ? settings.value(sampleKey(workflow)).toString() : last;
}

void rememberTriggered(const QString& workflow, const QString& json) {
    if (json.size() <= largest) QSettings().setValue(triggeredKey(workflow), json);
}

void rememberSample(const QString& workflow, const QString& json) {
    if (json.size() <= largest) QSettings().setValue(sampleKey(workflow), json);
}

}  // namespace stepwell::params
