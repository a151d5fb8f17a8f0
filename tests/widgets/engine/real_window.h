#pragma once

#include "tests/support/engine_process.h"
#include "widgets/main_window.h"

#include <QPushButton>
#include <QTemporaryDir>

namespace stepwell {

class InstancePage;

namespace test {

/// `stepwelld` on a temporary folder and a window that talks to it over HTTP, as the program does. Settings
/// are the test's own.
class RealWindow {
  public:
    RealWindow();

    /// Starts the engine and opens the window on it. False: see the log.
    bool start();
    /// The engine dies as by a power cut, comes back on the same data, and the window is pointed at it.
    bool killAndStartAgain();

    MainWindow& window() { return *window_; }
    EngineProcess& engine() { return engine_; }

    /// What a file manager does: enters, hovers and drops the path.
    void drop(const QString& path);
    /// Key press for the window, whatever has the focus in it.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers);
    /// The page of the instance that is shown, or null.
    InstancePage* instancePage();
    /// The visible button with this text, or null.
    QPushButton* button(const QString& text);

  private:
    BackendChoice choice() const;

    QTemporaryDir folder_;
    EngineProcess engine_;
    std::unique_ptr<MainWindow> window_;
};

/// The open dialog with this object name, or null.
QDialog* openDialog(const QString& name);

}  // namespace test
}  // namespace stepwell
