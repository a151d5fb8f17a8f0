#pragma once

#include "widgets/backend_choice.h"
#include "widgets/navigator.h"
#include "widgets/sample_list.h"

#include <QMainWindow>

#include <memory>

class QStackedWidget;

namespace stepwell {

struct BackendLook;
class BackendTabs;
class CommandPalette;
class DropOverlay;
class Workspace;

/// What the composer gives the window.
struct WindowSetup {
    BackendMaker makeBackend;
    std::vector<Sample> samples;
    QString esbuild;  ///< path of the bundler for imports
    /// No engine of this machine is started: the window waits for `connectTo` and not for `setLocal`.
    bool withoutLocal = false;
};

/// The window: a tab for each open backend, over the workspaces of these. Owns what is not of one backend:
/// the palette, drops, links. GUI thread.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    explicit MainWindow(WindowSetup setup, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// The engine of this machine is up: its tab is told, if it is open.
    void setLocal(const BackendChoice& local);
    /// The engine of this machine did not start.
    void setLocalFailure(const QString& reason);
    /// Shows this backend in its tab, which is opened when it is not; it is connected to anew.
    void connectTo(const BackendChoice& choice);

    /// Of the workspace that is shown: see Workspace.
    void importPath(const QString& path);
    void openPaths(const QStringList& paths);
    void deploySite(const QStringList& paths, const QString& project = {});
    void exploreQuery(const GraphqlQuery& query, const QString& origin);
    Workspace& workspace() const;
    Navigator& navigator() const;
    Backend* backend() const;

    BackendTabs& tabs() const { return *tabs_; }

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
    void makeActions();
    QAction* addNamed(const QString& text, const QKeySequence& key, std::function<void()> run,
                      const QString& detail = {}, const QString& keywords = {});
    QList<QAction*> findableActions() const;
    Workspace* addWorkspace(const QString& id);
    Workspace* workspaceOf(const QString& id) const;
    void showTab(const QString& id);
    void showNeighbour(int step);
    /// Asks first when something would be lost. The last one stays.
    void closeTab(const QString& id);
    void removeTab(const QString& id);
    void markTab(const QString& id);
    QString currentId() const;
    void retitle();
    void showSwitcherMenu(const QPoint& at);
    void showTabMenu(const QString& id, const QPoint& at);
    void askForBackend(const BackendChoice& start);
    void openSaved(const BackendChoice& saved);

    WindowSetup setup_;
    BackendStore store_;
    BackendChoice local_;
    BackendTabs* tabs_;
    QStackedWidget* stack_;
    DropOverlay* overlay_;
    CommandPalette* palette_;
    std::vector<std::pair<QString, Workspace*>> workspaces_;  ///< by id; the stack owns them
    QList<QAction*> actions_;
};

}  // namespace stepwell
