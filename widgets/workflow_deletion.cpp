#include "widgets/workflow_deletion.h"

#include "widgets/action_dialog.h"
#include "widgets/deletion.h"
#include "widgets/format.h"

#include <QWidget>

namespace stepwell {
namespace {

QString bodyFor(const api::Workflow& workflow) {
    const std::int64_t all = workflow.instanceCount();
    std::int64_t unfinished = 0;
    for (const auto& [status, count] : workflow.counts)
        if (!api::isFinal(status)) unfinished += count;
    QStringList lines;
    lines << (all == 0   ? QObject::tr("It has no instances.")
              : all == 1 ? QObject::tr("Its one instance goes with it, with steps, results and logs.")
                         : QObject::tr("Its %1 instances go with it, with their steps, results and logs.")
                               .arg(format::number(all)));
    addUnfinished(lines, unfinished);
    lines << (workflow.schedules.empty()
                  ? QObject::tr("Its versions and settings are removed too.")
                  : QObject::tr("Its versions, settings and schedules are removed too."));
    lines << QObject::tr("The Worker “%1” stays; deploying or importing it again declares the workflow anew, "
                         "without instances.")
                 .arg(QString::fromStdString(workflow.scriptName));
    return lines.join(QLatin1Char(' '));
}

}  // namespace

void askToDeleteWorkflow(Backend& backend, const QString& name, QWidget* parent,
                         std::function<void()> deleted) {
    backend.workflow(
        name.toStdString(), parent,
        [&backend, name, parent, deleted = std::move(deleted)](api::Result<api::Workflow> answer) {
            if (!answer) return sayBelongingsUnknown(parent, name, answer.error());
            const Question question{QObject::tr("Delete the workflow %1?").arg(name), bodyFor(*answer),
                                    QObject::tr("Delete workflow")};
            askFirst(parent, question, [&backend, name, parent, deleted] {
                backend.deleteWorkflow(name.toStdString(), parent, afterDeletion(parent, name, deleted));
            });
        });
}

}  // namespace stepwell
