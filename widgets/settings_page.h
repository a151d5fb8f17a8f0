#pragma once

#include "models/api/types.h"
#include "widgets/page.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace stepwell {

class Backend;

/// What a workflow is declared with: limits, retention and schedules; and the retention of the account, which
/// it follows where it sets none. Saved through the API; nothing is changed before.
class SettingsPage : public WorkflowSection {
    Q_OBJECT
  public:
    explicit SettingsPage(Backend& backend, QWidget* parent = nullptr);

    void setWorkflow(const QString& name) override;
    void reload() override;
    void focusMain() override;

    /// What the fields say; nothing when one of them makes no sense.
    std::optional<api::WorkflowSettings> entered() const;
    bool isDirty() const;
    void save();
    bool hasUnsaved() const override;
    void saveEntered(std::function<void()> then) override;
    void discardEntered() override;

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    struct CronRow {
        QWidget* row;
        QLineEdit* text;
        QLabel* next;
    };
    /// Beside a field: what it is for, or what is wrong with it.
    struct Hint {
        QLineEdit* field;
        QLabel* label;
        QString usual;
        QString wrong;
    };
    QWidget* buildWorkflowCard();
    QWidget* buildAccountCard();
    void addField(QVBoxLayout* into, QLineEdit*& field, const QString& name, const QString& placeholder,
                  const QString& hint, const QString& wrong);
    void showRefusal(const QString& reason);
    QWidget* focusWrong();
    bool isAccountDirty() const;
    /// Asks first where that costs.
    void put(std::function<void()> then);
    void putAccount(std::function<void()> then);
    void send(std::function<void()> then);
    void sendAccount(std::function<void()> then);
    void addCron(const QString& cron);
    void removeCron(QWidget* row);
    void load();
    void loadWorkerCrons();
    void show(const api::WorkflowSettings& settings);
    void showError(const api::Error& error);
    void validate();
    void saveAccount();

    Backend& backend_;
    QString workflow_;
    std::optional<api::Workflow> loaded_;
    api::WorkflowSettings saved_;
    api::Retention account_;
    int generation_ = 0;

    QStackedWidget* stack_;
    EmptyState* empty_;
    QLabel* source_;
    QLineEdit* steps_ = nullptr;
    QLineEdit* concurrency_ = nullptr;
    QLineEdit* success_ = nullptr;
    QLineEdit* error_ = nullptr;
    QVBoxLayout* crons_ = nullptr;
    std::vector<CronRow> cronRows_;
    std::vector<Hint> hints_;
    QPushButton* add_ = nullptr;
    QLabel* workerCrons_ = nullptr;
    QPushButton* save_ = nullptr;
    QLabel* verdict_ = nullptr;
    QWidget* accountCard_ = nullptr;
    QLineEdit* accountSuccess_ = nullptr;
    QLineEdit* accountError_ = nullptr;
    QPushButton* saveAccount_ = nullptr;
    QLabel* accountVerdict_ = nullptr;
};

}  // namespace stepwell
