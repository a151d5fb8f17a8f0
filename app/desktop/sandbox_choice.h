#pragma once

#include <QObject>

class QAction;

namespace stepwell {

class LocalEngine;
class MainWindow;

/// The explicit opt-out of the sandbox: a setting, an action that turns it on and off, and a question when
/// the sandbox cannot be used. As long as it is on, the window's status line says so. GUI thread.
class SandboxChoice : public QObject {
    Q_OBJECT
  public:
    SandboxChoice(LocalEngine& engine, MainWindow& window);

    static bool allowedBySettings();

  private:
    void ask(const QString& reason);
    void set(bool allow);
    LocalEngine& engine_;
    MainWindow& window_;
    QAction* action_;
};

}  // namespace stepwell
