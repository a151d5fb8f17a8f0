#pragma once

#include "models/backends/access_service.h"
#include "models/backends/backend_list.h"
#include "models/backends/secret_store.h"
#include "models/backends/wrangler_watch.h"
#include "widgets/backend_choice.h"
#include "widgets/backends/backend_dialog.h"
#include "widgets/between/peers.h"
#include "widgets/navigator.h"
#include "widgets/sample_list.h"

#include <QMainWindow>
#include <QSet>

#include <memory>

class QStackedWidget;

namespace stepwell {

struct BackendLink;
class BackendTabs;
class CommandPalette;
class DropOverlay;
struct Finding;
class Workspace;

/// What the composer gives the window.
struct WindowSetup {
    BackendMaker makeBackend;
    std::vector<Sample> samples;
    QString esbuild;  ///< path of the bundler for imports
    /// No engine of this machine is started: the window waits for `connectTo` and not for `setLocal`.
    bool withoutLocal = false;
    BackendProbe probe = {};  ///< asks backends who they are; nothing: they cannot be tested
    /// Tokens and audit log of a backend; nothing: over HTTP.
    std::function<std::unique_ptr<AccessService>(Backend&)> makeAccess = {};
    bool findsWrangler = true;  ///< looks for `wrangler dev` on this machine
};

/// The window: a tab for each open backend, over the workspaces of these. Owns what is not of one backend:
/// the list of backends, the palette, drops, links. GUI thread.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    static constexpr int openAtMost = 20;

    explicit MainWindow(WindowSetup setup, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// The engine of this machine is up: its tab is told, if it is open.
    void setLocal(const BackendChoice& local);
    /// The engine of this machine did not start.
    void setLocalFailure(const QString& reason);
    /// Shows this backend in its tab, which is opened when it is not; it is connected to anew.
    void connectTo(const BackendChoice& choice);
    /// Shows a saved backend, or a `wrangler dev` that runs, in its tab. Asks for the token where none is
    /// kept.
    void openBackend(const QString& id);
    /// Opens a link in the tab of its backend. Offers to add a backend that is unknown. False: not a link of
    /// ours.
    bool openLink(const QString& link);

    /// Of the workspace that is shown: see Workspace.
    void importPath(const QString& path);
    void openPaths(const QStringList& paths);
    void deploySite(const QStringList& paths, const QString& project = {});
    void exploreQuery(const GraphqlQuery& query, const QString& origin);
    Workspace& workspace() const;
    Navigator& navigator() const;
    Backend* backend() const;

    BackendTabs& tabs() const { return *tabs_; }
    BackendList& backends() { return list_; }
    SecretStore& secrets() { return secrets_; }
    /// In the order of the tabs; only those that are connected.
    std::vector<Workspace*> openWorkspaces() const;

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
    std::vector<Finding> find(const QString& text) const;
    Workspace* addWorkspace(const BackendSpec& spec);
    Workspace* workspaceOf(const QString& id) const;
    std::vector<Peer> peers() const;
    std::vector<Peer> knownBackends() const;
    /// Dialogs that wait for a backend look again.
    void tellPeers();
    void goTo(const QString& id, const Place& place);
    void openBeside(const QString& id);
    QWidget* awaiting(const QString& id) const;
    void goLocal(const Place& place);
    void showTab(const QString& id);
    void showNeighbour(int step);
    /// Asks first when something would be lost. The last one stays.
    void closeTab(const QString& id);
    void removeTab(const QString& id);
    void markTab(const QString& id);
    QString currentId() const;
    void restoreTabs();
    void saveTabs() const;
    void retitle();

    void followList();
    std::optional<BackendSpec> specOf(const QString& id) const;
    QList<BackendSpec> unsavedWranglers() const;
    void showFound();
    void connectSaved(const BackendSpec& spec);
    void retry(const QString& id);
    void showSwitcherMenu(const QPoint& at);
    void showTabMenu(const QString& id, const QPoint& at);
    void manageBackends();
    void addBackend(const BackendSpec& start, const QString& place = {});
    void changeBackend(const QString& id);
    void askForToken(const BackendSpec& spec);
    static bool isAgreed(const BackendSpec& spec);
    void askAboutReadable(const BackendSpec& spec);
    void agreeToReadable(const QString& id);
    void removeBackend(const QString& id);
    void keepToken(const BackendSpec& spec, const QString& token);
    void offerToAdd(const BackendLink& link);

    WindowSetup setup_;
    BackendList list_;
    SecretStore secrets_;
    WranglerWatch wrangler_;
    BackendChoice local_;
    bool isRestoring_ = false;
    QSet<QString> unagreed_;  ///< ids whose token waits for somebody to let it be sent readable
    QWidget* band_;           ///< over all, in the colour of a production backend
    BackendTabs* tabs_;
    QStackedWidget* stack_;
    DropOverlay* overlay_;
    CommandPalette* palette_;
    std::vector<Workspace*> workspaces_;  ///< the stack owns them
    QList<QAction*> actions_;
};

}  // namespace stepwell
