#pragma once

#include "models/backend.h"
#include "widgets/command_palette.h"
#include "widgets/navigator.h"

#include <QAction>

namespace stepwell {

/// What the palette can find in a backend: all workflows, Workers and sites, the newest instances of each
/// workflow, and any instance whose id was typed in full. Asks the backend; bounded to 20 workflows and 50
/// instances of each, to 5 workflows where requests are counted.
class PaletteSearch : public QObject {
    Q_OBJECT
  public:
    using GoTo = std::function<void(const Place&)>;
    PaletteSearch(GoTo goTo, QObject* parent);

    /// Null while there is none; forgets what was found.
    void setBackend(Backend* backend);
    /// What things found here belong to, where several backends are open.
    void setOrigin(const QString& name, const QColor& colour);

    /// Smaller is better.
    struct Ranked {
        int rank;
        Finding finding;
    };
    enum class Origin { untold, told };
    std::vector<Ranked> things(const QString& text, Origin origin) const;
    static std::vector<Ranked> ranked(const QList<QAction*>& actions, const QString& text);
    /// The best ones of all, best first.
    static std::vector<Finding> best(std::vector<Ranked> all);
    /// Asks the backend for more; `learned` follows when there is something new.
    void ask(const QString& text);

  signals:
    void learned();

  private:
    struct Known {
        QString workflow;
        QString id;
        ShownStatus status;
        QString word = {};  ///< of a status that we do not know, as it came
    };
    void askForWorkers();
    void askForSites();
    void askForRecent(const std::vector<api::Workflow>& workflows);
    void askForId(const QString& id);
    void remember(Known known);
    Finding findingOf(const Known& known) const;

    std::size_t workflowsAtMost() const;

    GoTo goTo_;
    QString name_;
    QColor colour_;
    Backend* backend_ = nullptr;
    std::vector<std::string> workflows_;
    std::vector<std::string> workers_;
    std::vector<std::string> sites_;
    std::vector<Known> known_;
};

}  // namespace stepwell
