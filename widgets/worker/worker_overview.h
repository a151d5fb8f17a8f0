#pragma once

#include "models/worker_feed.h"
#include "widgets/page.h"

class QBoxLayout;
class QPushButton;
class QScrollArea;

namespace stepwell {

class Backend;
class ElidedLabel;
class RowsCard;

/// What a Worker consists of: address, workflows, crons, variables, secrets. In two columns where there is
/// room. Shows what the feed knows; changes go to the backend, and `changed` asks for a look at the result.
class WorkerOverview : public QWidget {
    Q_OBJECT
  public:
    WorkerOverview(Backend& backend, const WorkerFeed& feed, QWidget* parent = nullptr);

    /// Takes over what the feed knows now.
    void update();
    void focusMain();
    /// Asks for a new secret.
    void addSecret();
    void editCrons();

  signals:
    void changed();
    void workflowChosen(const QString& name);
    void addressCopyRequested(const QString& url);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void layOut();
    void showAddress();
    void showWorkflows();
    void showCrons();
    void showBindings();
    void showSecrets();
    QWidget* makeWorkflowRow(const api::Workflow& workflow);
    QWidget* makeSecretRow(const QString& name);
    void openSecretDialog(const QString& name);
    void askToDeleteSecret(const QString& name);
    QStringList secretNames() const;

    Backend& backend_;
    const WorkerFeed& feed_;
    QScrollArea* scroll_;
    QBoxLayout* columns_;
    RowsCard* address_;
    RowsCard* workflows_;
    RowsCard* crons_;
    RowsCard* bindings_;
    RowsCard* secrets_;
    QPushButton* editCrons_;
    QPushButton* addSecret_;
};

}  // namespace stepwell
