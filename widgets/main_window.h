#pragma once

#include "widgets/backend_choice.h"
#include "widgets/navigator.h"
#include "widgets/sample_list.h"

#include <QFileDialog>
#include <QMainWindow>

#include <memory>

class QStackedWidget;

namespace stepwell {

namespace analytics {
class AnalyticsPage;
}
class CommandPalette;
class DropOverlay;
class EmptyState;
class ExplorerPage;
class HealthBar;
class InstancePage;
class NoticeBar;
class PaletteSearch;
class DeploymentPage;
class Rail;
class SitePage;
class SitesPage;
class WorkerPage;
class WorkersPage;
class WorkflowPage;
class WorkflowsPage;

/// What the composer gives the window.
struct WindowSetup {
    BackendMaker makeBackend;
    std::vector<Sample> samples;
    QString esbuild;  ///< path of the bundler for imports
};

/// The window: rail, top bar, pages, status line. Owns the backend it shows. GUI thread.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    explicit MainWindow(WindowSetup setup, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// The engine of this machine is up: it is connected to unless another backend was chosen meanwhile. One
    /// at the address that is shown already only has its page loaded anew; one at another address waits until
    /// what was entered is left.
    void setLocal(const BackendChoice& local);
    /// The engine of this machine did not start; says why, and offers to try again where there is nothing
    /// else to show.
    void setLocalFailure(const QString& reason);
    /// Leaves the current backend for this one.
    void connectTo(const BackendChoice& choice);

    /// Opens the import dialog for a folder or file; waits for a backend when there is none yet.
    void importPath(const QString& path);
    /// Imports what is a Worker and opens the deploy dialog for what is a site; waits like `importPath`.
    void openPaths(const QStringList& paths);
    /// Opens the deploy dialog; an empty project lets the dialog propose one.
    void deploySite(const QStringList& paths, const QString& project = {});
    /// Opens the explorer with a document and runs it; `origin` says what it is behind of: "Wall time".
    void exploreQuery(const GraphqlQuery& query, const QString& origin);
    Navigator& navigator() { return navigator_; }
    Backend* backend() const { return backend_.get(); }

  signals:
    /// The person asks to start the engine of this machine again.
    void localRetryRequested();
    /// The engine of this machine was connected to and does not answer any more.
    void localLost();

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void layOut();
    void makeActions();
    QAction* addNamed(const QString& text, const QKeySequence& key, std::function<void()> run,
                      const QString& detail = {}, const QString& keywords = {});
    QList<QAction*> findableActions() const;
    void showPlace(const Place& place);
    void showInstance(const Place& place);
    void showWorker(const Place& place);
    void showSite(const Place& place);
    void showDeployment(const Place& place);
    void showExplorer();
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
    void retitle();
    void returnFocus();
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
    void openLink();
    void reload();
    void showSwitcherMenu(const QPoint& at);
    void askForBackend(const BackendChoice& start);
    void connectToSaved(const BackendChoice& saved);
    void markBackend(bool reachable);
    void closeDialogs();

    WindowSetup setup_;
    Navigator navigator_;
    BackendStore store_;
    BackendChoice local_;
    BackendChoice choice_;
    std::unique_ptr<Backend> backend_;
    QString waitingImport_;
    QStringList waitingPaths_;
    QString localFailure_;     ///< said last; empty: it serves
    bool localMoved_ = false;  ///< shown at an address where it is not any more

    Rail* rail_;
    HealthBar* health_;
    QStackedWidget* pages_;
    NoticeBar* notices_ = nullptr;
    EmptyState* missing_;
    DropOverlay* overlay_;
    CommandPalette* palette_;
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
    analytics::AnalyticsPage* analytics_ = nullptr;
    QString analyticsQuery_;  ///< what it was narrowed to last
    Place instancePlace_;
    QList<QAction*> actions_;
};

}  // namespace stepwell
