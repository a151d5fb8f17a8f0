#pragma once

#include "models/api/status.h"
#include "models/backends/probe.h"
#include "models/backends/secret_store.h"
#include "widgets/action_dialog.h"

#include <functional>

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QLineEdit;

namespace stepwell {

/// As stepwell::probe; tests give another one.
using BackendProbe = std::function<void(const BackendSpec& spec, const QString& token, QObject* context,
                                        std::function<void(ProbeReport)> done)>;

/// Adds or changes a backend. A token that is kept is never shown again: an empty field leaves it as it is.
/// "Test" asks the backend who it is, and offers its accounts.
class BackendDialog : public ActionDialog {
    Q_OBJECT
  public:
    enum class Purpose { add, change, askForToken };
    BackendDialog(const BackendSpec& start, Purpose purpose, SecretStore& secrets, BackendProbe probe,
                  QWidget* parent);

    BackendSpec spec() const;
    /// What was typed; empty: as it was.
    QString token() const;
    QPushButton* testButton() const { return test_; }
    /// What the last test found, a line each.
    QString findings() const;

  signals:
    void chosen(const stepwell::BackendSpec& spec, const QString& token);

  private:
    void layOut();
    QWidget* makeTransport();
    QWidget* makeLook();
    void addAccount(const QString& id, const QString& name);
    void setKind(BackendKind kind);
    void validate();
    void test();
    void forgetTest();
    void showReport(const ProbeReport& report);
    void addFinding(api::Status shape, const QString& text, QWidget* action = nullptr);
    void offerPin(const QString& key);
    void clearFindings();
    void showKeychain();
    bool wantsToken() const;
    bool tokenIsKnown() const;
    void showKept();

    BackendSpec start_;
    Purpose purpose_;
    SecretStore& secrets_;
    BackendProbe probe_;
    int tests_ = 0;         ///< an answer to an older one is dropped
    bool hasKept_ = false;  ///< for the host that it was kept for

    QComboBox* kind_;
    QLineEdit* name_;
    QLineEdit* api_;
    QLineEdit* token_;
    QComboBox* account_;
    QLineEdit* caFile_;
    QLineEdit* pin_;
    QCheckBox* plainHttp_;
    QCheckBox* production_;
    QButtonGroup* colours_;
    QLabel* keychain_;
    QLabel* hint_;
    QPushButton* test_;
    QWidget* findings_;
    QVBoxLayout* findingRows_;
    QWidget* who_ = nullptr;
    QWidget* look_ = nullptr;
    QWidget* apiBox_;
    QWidget* tokenBox_;
    QWidget* accountBox_;
    QWidget* transport_;
};

}  // namespace stepwell
