#include "tests/crash/journal.h"

#include <QUrl>
#include <QUrlQuery>

namespace stepwell::test {

void Journal::take(const QByteArray& target) {
    const QUrlQuery query(QUrl(QString::fromUtf8(target)));
    const int n = query.queryItemValue("n").toInt();
    const int stage = query.queryItemValue("stage").toInt();
    const QString name = query.queryItemValue("step");
    Instance& instance = instances_[n];
    Step& step = instance.steps[name];
    if (stage < instance.stage)
        violations_ << QStringLiteral("instance %1: %2 ran although stage %3 had begun")
                           .arg(n)
                           .arg(name)
                           .arg(instance.stage);
    if (step.complete)
        violations_ << QStringLiteral("instance %1: %2 ran although it was complete").arg(n).arg(name);
    instance.stage = std::max(instance.stage, stage);
    ++step.runs;
    ++total_;
}

int Journal::runs(int n, const QString& step) const {
    const auto found = instances_.find(n);
    return found == instances_.end() ? 0 : found->second.steps.value(step).runs;
}

}  // namespace stepwell::test
