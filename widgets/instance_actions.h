#pragma once

#include "models/backend.h"

#include <QAction>
#include <QObject>
#include <QStringList>

namespace stepwell {

enum class InstanceVerb { sendEvent, pause, resume, restart, terminate, remove };

/// Whether an instance in this status takes the verb (reference, section 6.5). `unknown` takes all: the
/// backend decides.
bool allows(api::Status status, InstanceVerb verb);
QString verbWord(InstanceVerb verb);  ///< "Send event…"

/// What a person can do to one instance. Asks first where something would be lost, says how it ended in the
/// window's notice bar, with the engine's own reason when it refused. GUI thread.
class InstanceActions : public QObject {
    Q_OBJECT
  public:
    /// `parent`: the widget that dialogs belong to; both must outlive this.
    InstanceActions(Backend& backend, QWidget* parent);

    /// The instance the actions are about. `awaitedTypes`: event types it waits for at the moment, offered
    /// first.
    void setTarget(const std::string& workflow, const std::string& id, api::Status status,
                   const QStringList& awaitedTypes = {});
    void clearTarget();

    /// In the order of InstanceVerb; disabled when the target's status does not take the verb.
    QList<QAction*> actions() const { return actions_; }
    QAction* action(InstanceVerb verb) const { return actions_.at(static_cast<int>(verb)); }

    /// Starts the verb on the target: opens its dialog or sends it. Ignored without a target.
    void run(InstanceVerb verb);
    /// Restart from a step on, after confirmation. `lost`: the names of the steps whose results go with that,
    /// this one first; those before it keep theirs.
    void restartFrom(const Backend::RestartFrom& from, const QStringList& lost);

  signals:
    /// A verb was accepted: what is shown of the instance is out of date.
    void changed();
    /// The instance was deleted: there is nothing left to show.
    void removed();
    /// A verb was refused; the notice bar shows the same text.
    void refused(const QString& reason);

  private:
    void confirmRestart(std::optional<Backend::RestartFrom> from, const QStringList& lost);
    void confirmTerminate();
    void confirmRemove();
    void remove();
    void askForEvent();
    void send(Backend::Verb verb, std::optional<Backend::RestartFrom> from);
    QWidget* widget() const;

    Backend& backend_;
    std::string workflow_;
    std::string id_;
    QStringList awaited_;
    QList<QAction*> actions_;
};

}  // namespace stepwell
