#pragma once

#include "models/backends/make_backend.h"
#include "tests/contract/support/contract_server.h"
#include "widgets/main_window.h"

#include <QPushButton>
#include <QTemporaryDir>
#include <QTimer>

namespace stepwell::test {

/// Settings and data of the test's own, below STEPWELL_CONTRACT_HOME where the scan for secrets finds them.
void useOwnFolders(const QString& name);

/// The window on one remote backend, with real events. No engine of this machine.
class ContractWindow {
  public:
    explicit ContractWindow(BackendMaker make);
    /// Shows the window and connects it; false when it does not become the active one.
    bool open(const BackendChoice& choice);

    MainWindow& window() { return window_; }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {});
    /// The visible button with this text, or null.
    QPushButton* button(const QString& text);
    /// Visible empty states that claim that there is nothing.
    QStringList claimsOfNothing();
    /// The sentence of a visible empty state that says that something failed or is not permitted; empty: none
    /// does.
    QString saidFailure();
    /// Texts of all visible labels and cells of the page that is shown.
    QString visibleText();

    /// Clicks the button of the dialog, once it can be.
    static void click(QAbstractButton* button);
    static QDialog* dialog(const QString& name);

  private:
    MainWindow window_;
};

/// Looks at the window at every turn of the event loop that comes late enough, and keeps each claim that
/// there is nothing where there is something.
class LieDetector {
  public:
    explicit LieDetector(ContractWindow& shown);
    const QStringList& lies() const { return lies_; }

  private:
    QTimer timer_;
    QStringList lies_;
};

BackendChoice choiceOf(const BackendSpec& spec, const QString& token);
BackendChoice choiceOf(const ContractServer& server, const QString& token = "edit");
/// The backend that the program makes of a choice.
std::unique_ptr<Backend> overHttp(const BackendChoice& choice);

}  // namespace stepwell::test
