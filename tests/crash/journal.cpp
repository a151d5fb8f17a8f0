#include "tests/crash/journal.h"

#include <QUrl>
#include <QUrlQuery>

namespace stepwell::test {

void Journal::take(const QByteArray& target) {
    const QUrlQuery query(QUrl(QString::fromUtf8(target)));
    const int n = query.queryItemValue("n").toInt();
    const int stage = query.queryItemValue("stage").toInt();
    const QString name = query.queryItemValue("step");
    const QString before = query.queryItemValue("before");
    Round& now = round(n, query.queryItemValue("mark"));
    const auto violated = [&](const QString& why) {
        violations_ << QStringLiteral("instance %1: %2 ran although %3").arg(n).arg(name, why);
    };
    if (frozen_.contains(n)) violated("the instance " + frozen_.value(n));
    if (now.isOver) violated("a later round had begun");
    if (stage < now.stage) violated("a later stage had begun");
    if (now.steps[name].complete) violated("it was complete");
    now.stage = std::max(now.stage, stage);
    if (!before.isEmpty()) round(n, before).isOver = true;
    ++runs_[n][name];
    ++total_;
}

}  // namespace stepwell::test
