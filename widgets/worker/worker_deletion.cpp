#include "widgets/worker/worker_deletion.h"

#include "widgets/action_dialog.h"
#include "widgets/deletion.h"
#include "widgets/format.h"
#include "widgets/list_cut.h"

#include <QWidget>

namespace stepwell {

namespace {

constexpr qsizetype mostNamed = 5;

/// What the workflows of a Worker hold.
struct Belongings {
    QStringList workflows;
    std::int64_t instances = 0;
    std::int64_t unfinished = 0;
};

Belongings belongingsOf(const QString& worker, const std::vector<api::Workflow>& workflows) {
    Belongings all;
    for (const auto& workflow : workflows) {
        if (workflow.scriptName != worker.toStdString()) continue;
        all.workflows << QString::fromStdString(workflow.name);
        all.instances += workflow.instanceCount();
        for (const auto& [status, count] : workflow.counts)
            if (!api::isFinal(status)) all.unfinished += count;
    }
    return all;
}

QString namesOf(const QStringList& workflows) {
    const QString names = workflows.mid(0, mostNamed).join(QStringLiteral(", "));
    const auto more = workflows.size() - mostNamed;
    return more > 0 ? QObject::tr("%1 and %2 more").arg(names).arg(more) : names;
}

QString bodyFor(const Belongings& all) {
    QStringList lines;
    if (all.workflows.isEmpty())
        lines << QObject::tr("No workflow comes from it.");
    else if (all.workflows.size() == 1)
        lines << QObject::tr("The workflow that it defines goes with it: %1.").arg(all.workflows.front());
    else
        lines << QObject::tr("The %1 workflows that it defines go with it: %2.")
                     .arg(all.workflows.size())
                     .arg(namesOf(all.workflows));
    if (all.instances == 1)
        lines << QObject::tr("So does their one instance, with its steps, results and logs.");
    if (all.instances > 1)
        lines << QObject::tr("So do their %1 instances, with steps, results and logs.")
                     .arg(format::number(all.instances));
    addUnfinished(lines, all.unfinished);
    lines << QObject::tr("Its versions, crons, variables and secrets are removed, and its address answers no "
                         "more. This cannot be undone.");
    return lines.join(QLatin1Char(' '));
}

}  // namespace

void askToDeleteWorker(Backend& backend, const QString& name, QWidget* parent,
                       std::function<void()> deleted) {
    backend.workflows(parent, [&backend, name, parent, deleted = std::move(deleted)](const auto& answer) {
        if (!answer) return sayBelongingsUnknown(parent, name, answer.error());
        QString body = bodyFor(belongingsOf(name, *answer));
        if (const auto cut = backend.listCut(PagedList::workflows))
            body = QObject::tr("It may define more workflows than are named here: of all workflows %1. %2")
                       .arg(cutText(cut), body);
        const Question question{QObject::tr("Delete the Worker %1?").arg(name), body,
                                QObject::tr("Delete Worker")};
        askFirst(parent, question, [&backend, name, parent, deleted] {
            backend.deleteWorker(name.toStdString(), parent, afterDeletion(parent, name, deleted));
        });
    });
}

}  // namespace stepwell
