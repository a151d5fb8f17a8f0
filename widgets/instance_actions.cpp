#include "widgets/instance_actions.h"

#include "widgets/action_dialog.h"
#include "widgets/backends/support_gate.h"
#include "widgets/notice_bar.h"
#include "widgets/send_event_dialog.h"

#include <QCheckBox>
#include <QPointer>
#include <QVBoxLayout>
#include <QWidget>

#include <array>

namespace stepwell {
namespace {

constexpr std::array<InstanceVerb, 6> allVerbs = {InstanceVerb::sendEvent, InstanceVerb::pause,
                                                  InstanceVerb::resume,    InstanceVerb::restart,
                                                  InstanceVerb::terminate, InstanceVerb::remove};

QKeySequence keyOf(InstanceVerb verb) {
    switch (verb) {
    case InstanceVerb::sendEvent:
        return {Qt::CTRL | Qt::Key_E};
    case InstanceVerb::pause:
        return {Qt::CTRL | Qt::Key_P};
    case InstanceVerb::resume:
        return {Qt::CTRL | Qt::SHIFT | Qt::Key_P};
    case InstanceVerb::restart:
        return {Qt::CTRL | Qt::Key_R};
    case InstanceVerb::terminate:
        return {Qt::CTRL | Qt::Key_Delete};
    case InstanceVerb::remove:
        break;
    }
    return {Qt::CTRL | Qt::SHIFT | Qt::Key_Delete};
}

Feature featureOf(InstanceVerb verb) {
    if (verb == InstanceVerb::sendEvent) return Feature::sendEvent;
    return verb == InstanceVerb::remove ? Feature::deleteInstances : Feature::changeStatus;
}

QString doneText(Backend::Verb verb, const QString& id) {
    switch (verb) {
    case Backend::Verb::pause:
        return QObject::tr("%1 is asked to pause").arg(id);
    case Backend::Verb::resume:
        return QObject::tr("%1 goes on").arg(id);
    case Backend::Verb::restart:
        return QObject::tr("%1 starts again").arg(id);
    case Backend::Verb::terminateAndRollBack:
        return QObject::tr("%1 rolls back, then ends").arg(id);
    case Backend::Verb::terminate:
        break;
    }
    return QObject::tr("%1 is terminated").arg(id);
}

QString refusedText(Backend::Verb verb, const QString& id, const api::Error& error) {
    static constexpr std::array<const char*, 5> words = {"paused", "resumed", "terminated", "terminated",
                                                         "restarted"};
    return QObject::tr("%1 was not %2: %3")
        .arg(id, QLatin1String(words.at(static_cast<std::size_t>(verb))),
             QString::fromStdString(error.message));
}

/// "a, b, c and 12 more"
QString listed(const QStringList& names) {
    constexpr qsizetype shown = 6;
    if (names.size() <= shown + 1) return names.join(QStringLiteral(", "));
    return QObject::tr("%1 and %2 more")
        .arg(names.mid(0, shown).join(QStringLiteral(", ")))
        .arg(names.size() - shown);
}

}  // namespace

bool allows(api::Status status, InstanceVerb verb) {
    using api::Status;
    if (status == Status::unknown) return true;
    switch (verb) {
    case InstanceVerb::pause:
        return status == Status::running || status == Status::waiting;
    case InstanceVerb::resume:
        return status == Status::paused || status == Status::waitingForPause;
    case InstanceVerb::restart:
    case InstanceVerb::remove:
        return true;
    case InstanceVerb::sendEvent:
    case InstanceVerb::terminate:
        break;
    }
    return !api::isFinal(status);
}

QString verbWord(InstanceVerb verb) {
    switch (verb) {
    case InstanceVerb::sendEvent:
        return QObject::tr("Send event…");
    case InstanceVerb::pause:
        return QObject::tr("Pause");
    case InstanceVerb::resume:
        return QObject::tr("Resume");
    case InstanceVerb::restart:
        return QObject::tr("Restart");
    case InstanceVerb::remove:
        return QObject::tr("Delete");
    case InstanceVerb::terminate:
        break;
    }
    return QObject::tr("Terminate");
}

InstanceActions::InstanceActions(Backend& backend, QWidget* parent)
    : QObject(parent)
    , backend_(backend) {
    for (const auto verb : allVerbs) {
        auto* action = new QAction(verbWord(verb), this);
        action->setEnabled(false);
        action->setShortcut(keyOf(verb));
        action->setShortcutContext(
            Qt::WindowShortcut);  // as long as the page is shown, whoever has the focus
        parent->addAction(action);
        connect(action, &QAction::triggered, this, [this, verb] { run(verb); });
        gate(action, backend, featureOf(verb));
        actions_.push_back(action);
    }
}

QWidget* InstanceActions::widget() const {
    return static_cast<QWidget*>(parent());
}

void InstanceActions::setTarget(const std::string& workflow, const std::string& id, api::Status status,
                                const QStringList& awaitedTypes) {
    workflow_ = workflow;
    id_ = id;
    awaited_ = awaitedTypes;
    for (const auto verb : allVerbs)
        action(verb)->setEnabled(allows(status, verb));
}

void InstanceActions::clearTarget() {
    workflow_.clear();
    id_.clear();
    for (auto* action : actions_)
        action->setEnabled(false);
}

void InstanceActions::run(InstanceVerb verb) {
    if (id_.empty()) return;
    switch (verb) {
    case InstanceVerb::sendEvent:
        return askForEvent();
    case InstanceVerb::pause:
        return send(Backend::Verb::pause, {});
    case InstanceVerb::resume:
        return send(Backend::Verb::resume, {});
    case InstanceVerb::restart:
        return confirmRestart({}, {});
    case InstanceVerb::terminate:
        return confirmTerminate();
    case InstanceVerb::remove:
        return confirmRemove();
    }
}

void InstanceActions::restartFrom(const Backend::RestartFrom& from, const QStringList& lost) {
    if (id_.empty()) return;
    if (const auto support = usable(backend_, Feature::restartFromStep); !support.available)
        return NoticeBar::say(widget(), NoticeBar::Kind::warning, support.reason);
    confirmRestart(from, lost);
}

void InstanceActions::confirmRestart(std::optional<Backend::RestartFrom> from, const QStringList& lost) {
    const QString id = QString::fromStdString(id_);
    Question question;
    question.verb = tr("Restart");
    if (from) {
        const QString step = QStringLiteral("%1-%2").arg(QString::fromStdString(from->name)).arg(from->count);
        question.title = tr("Restart from %1?").arg(step);
        question.body =
            tr("%1 runs again from this step on. The results of this step and of every step that started "
               "after it are deleted: %2. Earlier results are kept and used.")
                .arg(id, listed(lost));
    } else {
        question.title = tr("Restart %1?").arg(id);
        question.body =
            tr("It runs again from the start with the same parameters. All its steps, results and logs so "
               "far are discarded.");
    }
    askFirst(widget(), question, [this, from] { send(Backend::Verb::restart, from); });
}

void InstanceActions::confirmTerminate() {
    const QString id = QString::fromStdString(id_);
    const Question question{tr("Terminate %1?").arg(id),
                            tr("It stops now, and what is running is abandoned. Results so far stay visible. "
                               "It can be restarted from the start."),
                            tr("Terminate")};
    auto* rollBack = new QCheckBox(tr("Roll back first: undo the steps that say how"));
    auto* dialog = askFirst(widget(), question, [this, choice = QPointer(rollBack)] {
        const bool undo = choice && choice->isChecked();
        send(undo ? Backend::Verb::terminateAndRollBack : Backend::Verb::terminate, {});
    });
    dialog->body()->addWidget(rollBack);
}

void InstanceActions::confirmRemove() {
    const Question question{
        tr("Delete %1?").arg(QString::fromStdString(id_)),
        tr("It stops if it still runs. Its steps, results and logs are removed for good; its id can be used "
           "again."),
        tr("Delete")};
    askFirst(widget(), question, [this] { remove(); });
}

void InstanceActions::remove() {
    const std::string id = id_;
    backend_.deleteInstances(workflow_, {id}, this, [this, id](api::Result<BatchOutcome> answer) {
        const QString shown = QString::fromStdString(id);
        std::string reason;
        if (!answer)
            reason = answer.error().message;
        else if (!answer->failures.empty())
            reason = answer->failures.front().reason;
        if (reason.empty()) {
            NoticeBar::say(widget(), NoticeBar::Kind::success, tr("%1 was deleted").arg(shown));
            emit removed();
            emit changed();
            return;
        }
        const QString text = tr("%1 was not deleted: %2").arg(shown, QString::fromStdString(reason));
        NoticeBar::say(widget(), NoticeBar::Kind::error, text);
        emit refused(text);
    });
}

void InstanceActions::askForEvent() {
    auto* dialog = new SendEventDialog(backend_, workflow_, id_, awaited_, widget());
    connect(dialog, &SendEventDialog::sent, this, [this](const QString& type) {
        NoticeBar::say(widget(), NoticeBar::Kind::success, tr("Event %1 was sent").arg(type));
        emit changed();
    });
    dialog->open();
}

void InstanceActions::send(Backend::Verb verb, std::optional<Backend::RestartFrom> from) {
    const QString id = QString::fromStdString(id_);
    backend_.changeStatus(workflow_, id_, verb, std::move(from), this,
                          [this, verb, id](api::Result<api::Status> answer) {
                              if (answer) {
                                  NoticeBar::say(widget(), NoticeBar::Kind::success, doneText(verb, id));
                                  emit changed();
                                  return;
                              }
                              const QString reason = refusedText(verb, id, answer.error());
                              NoticeBar::say(widget(), NoticeBar::Kind::error, reason);
                              emit refused(reason);
                          });
}

}  // namespace stepwell
