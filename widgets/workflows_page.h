#pragma once

#include "models/workflows_model.h"
#include "widgets/page.h"
#include "widgets/sample_list.h"

#include <QTimer>

class QLabel;
class QPushButton;

namespace stepwell {

class Backend;
class TableView;

/// All workflows of a backend. With none, the samples to start with.
class WorkflowsPage : public Page {
    Q_OBJECT
  public:
    WorkflowsPage(Backend& backend, const std::vector<Sample>& samples, QWidget* parent = nullptr);

    void reload() override;
    void focusMain() override;
    const WorkflowsModel& model() const { return model_; }
    /// The workflow of the current row; empty when there is none.
    QString currentWorkflow() const;

  signals:
    void workflowChosen(const QString& name);
    void triggerRequested(const QString& workflow);
    void deletionRequested(const QString& workflow);
    void settingsRequested(const QString& workflow);
    void importRequested();
    void sampleRequested(const QString& path);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void layOut();
    void showMenu(const QModelIndex& index, const QPoint& at);
    void offerSamples(LoadState state);
    void update();
    void fitTable();

    Backend& backend_;
    WorkflowsModel model_;
    TableView* table_;
    ListCard* card_;
    QLabel* count_;
    QPushButton* trigger_;
    QWidget* hint_;
    SampleList* samples_;
    QTimer second_;  ///< "12 s ago" grows
};

}  // namespace stepwell
