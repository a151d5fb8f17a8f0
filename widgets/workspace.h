#pragma once

#include "widgets/backend_choice.h"
#include "widgets/between/peers.h"
#include "widgets/navigator.h"

#include <QFileDialog>
#include <QWidget>

#include <memory>

class QAction;
class QStackedWidget;

namespace stepwell {

namespace analytics {
class AnalyticsPage;
}
namespace between {
struct PromotionSubject;
}
class EmptyState;
class ExplorerPage;
class FreshnessBar;
class HealthBar;
class InstancePage;
class NoticeBar;
class PaletteSearch;
class AuditPageView;
class DeploymentPage;
class Rail;
class SitePage;
class SitesPage;
class TokensPage;
class WorkerPage;
class WorkersPage;
class WorkflowPage;
class WorkflowsPage;
struct WindowSetup;

/// All that belongs to one backend: rail, top bar, pages, status line, the dialogs about it. Lives in a tab
/// of the window and owns the backend it shows. GUI thread.
class Workspace : public QWidget {
    Q_OBJECT
  public:
    /// Waits for `connectTo`: the engine may not have started yet, the token may have to be asked for.
    Workspace(const WindowSetup& setup, const BackendSpec& spec, QWidget* parent = nullptr);
    ~Workspace() override;

    /// Who else is open: for what is done between backends.
    void setPeers(Peers peers) { peers_ = std::move(peers); }
    /// The same with those that are not open.
    void setKnown(Peers known) { known_ = std::move(known); }
    bool isLocal() const { return choice_.spec.kind == BackendKind::thisMachine; }
    const BackendSpec& spec() const { return choice_.spec; }
    /// Another name or colour; what is shown stays.
    void setSpec(const BackendSpec& spec);
    Backend* backend() const { return backend_.get(); }
    bool isReachable() const { return reachable_; }
    Navigator& navigator() { return navigator_; }
    /// What the place is called: "order-17 · orders".
    QString title() const;

    /// Leaves what was shown before for this one.
    void connectTo(const BackendChoice& choice);
    /// The engine of this machine is up. One at the address that is shown already only has its page loaded
    /// anew; one at another address waits until what was entered is left.
    void setLocal(const BackendChoice& local);
    /// The engine of this machine did not start; says why, and offers to try again where there is nothing
    /// else to show.
    void setLocalFailure(const QString& reason);

    /// Nothing can be shown yet: says why, with what to do about it on a button (`retryRequested`).
    void showWaiting(const QString& sentence, const QString& detail, const QString& action);

    /// Forgets where it was when the program ended.
    static void forgetPlace(const BackendSpec& spec);
    /// A link within the backend that is opened once there is one.
    void openWhenConnected(const QString& link) { waitingLink_ = link; }

    /// Opens the import dialog for a folder or file; waits for a backend when there is none yet.
    void importPath(const QString& path);
    /// Imports what is a Worker and opens the deploy dialog for what is a site; waits like `importPath`.
    void openPaths(const QStringList& paths);
    /// Opens the deploy dialog; an empty project lets the dialog propose one.
    void deploySite(const QStringList& paths, const QString& project = {});
    /// Opens the explorer with a document and runs it; `origin` says what it is behind of: "Wall time".
    void exploreQuery(const GraphqlQuery& query, const QString& origin);

    /// False when leaving the backend would lose something: asks, and calls `later` when that is decided.
    bool mayClose(std::function<void()> later);
    /// What the palette offers here: verbs of the backend and of the page that is shown.
    QList<QAction*> findableActions() const;
    PaletteSearch& search() { return *search_; }
    NoticeBar& notices() { return *notices_; }
    /// Esc, when nothing inside had a use for it.
    void escape();
    /// What had the keys may be gone by the time a dialog or the palette closes; then they go to the page.
    void returnFocus();
    /// A dialog may have gone that held back what waits.
    void activated();

  signals:
    void titleChanged();
    void paletteRequested();
    void switcherRequested(const QPoint& globalPosition);
    /// Something was chosen for this workspace elsewhere: it should be seen.
    void showRequested();
    /// The button of what is shown while there is no backend.
    void retryRequested();
    /// How the backend does: false when the last question was not answered.
    void reachableChanged(bool reachable);
    /// The engine of this machine was connected to and does not answer any more.
    void localLost();
    /// To go to a place on this machine, which has a tab of its own.
    void localPlaceRequested(const stepwell::Place& place);
    /// To go to a place on another backend, in its tab.
    void placeRequested(const QString& backendId, const stepwell::Place& place);
    /// A backend is needed that has no tab: to be opened beside this one.
    void backendRequested(const QString& backendId);

  private:
    void layOut();
    void makeActions();
    QAction* addNamed(const QString& text, const QKeySequence& key, std::function<void()> run,
                      const QString& detail = {}, const QString& keywords = {},
                      std::optional<Feature> needs = std::nullopt);
    void showPlace(const Place& place);
    void showInstance(const Place& place);
    void compareInstance();
    void reproduceInstance(int steps);
    void promote(const between::PromotionSubject& subject);
    void showWorker(const Place& place);
    void showSite(const Place& place);
    void showDeployment(const Place& place);
    void showExplorer();
    void showAccess(const Place& place);
    void dropAccessPages();
    void makeAnalyticsPage();
    void showAnalytics(const Place& place);
    void makeSitesPage();
    void dropSitePages();
    void deleteSite(const QString& name);
    /// Each asks for a file first.
    void exportSite(const QString& name);
    void importSite();
    void importSiteFrom(const QString& file);
    void showMissingBackend(const QString& reason);
    void sayLocalFailure();
    /// Whether leaving the backend now would lose something entered: on the page or in a dialog.
    bool holdsEntered() const;
    /// Goes to the engine of this machine at its other address once nothing holds it back.
    void followLocal();
    void makePages();
    void dropPages();
    /// False when something entered would be lost: asks, and calls `later` when that is decided.
    bool mayLeave(std::function<void()> later);
    /// The same for what ends deployments that are under way: leaving the backend.
    bool mayDisconnect(std::function<void()> later);
    void deleteWorkflow(const QString& name);
    void deleteWorker(const QString& name);

    void trigger(const QString& workflow);
    void openTriggerDialog(const QStringList& workflows, const QString& chosen);
    void chooseImport();
    void chooseSite(QFileDialog::FileMode mode, const QString& project = {});
    /// What a project's configuration names as its output stands for the folder of the project.
    void deployChosen(const QStringList& paths, const QString& project);
    void showImported(const QStringList& workflows, const QString& script, int warnings);
    void copyText(const QString& text, const QString& notice);
    void copyLink();
    void reload();
    void markBackend(bool reachable);
    void applyLook();
    void gateActions();
    void closeDialogs();

    const WindowSetup& setup_;
    Peers peers_ = [] { return std::vector<Peer>(); };
    Peers known_ = [] { return std::vector<Peer>(); };
    Navigator navigator_;
    BackendChoice choice_;
    std::optional<BackendChoice> moved_;  ///< where it is by now, while it is shown at an address before
    std::unique_ptr<Backend> backend_;
    QString waitingLink_;
    QString waitingImport_;
    QStringList waitingPaths_;
    bool reachable_ = true;
    QString localFailure_;  ///< said last; empty: it serves

    Rail* rail_;
    FreshnessBar* freshness_;
    HealthBar* health_;
    QStackedWidget* pages_;
    NoticeBar* notices_ = nullptr;
    EmptyState* missing_;
    PaletteSearch* search_;
    WorkflowsPage* workflows_ = nullptr;
    WorkflowPage* workflow_ = nullptr;
    InstancePage* instance_ = nullptr;
    WorkersPage* workers_ = nullptr;
    WorkerPage* worker_ = nullptr;
    SitesPage* sites_ = nullptr;
    SitePage* site_ = nullptr;
    DeploymentPage* deployment_ = nullptr;
    ExplorerPage* explorer_ = nullptr;
    TokensPage* tokens_ = nullptr;
    AuditPageView* audit_ = nullptr;
    analytics::AnalyticsPage* analytics_ = nullptr;
    QString analyticsQuery_;  ///< what it was narrowed to last
    Place instancePlace_;
    QList<QAction*> actions_;
    std::vector<std::pair<QAction*, Feature>> needs_;  ///< what the backend must have for an action
};

}  // namespace stepwell
