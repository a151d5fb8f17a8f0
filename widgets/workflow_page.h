#pragma once

#include "models/api/types.h"
#include "widgets/navigator.h"
#include "widgets/page.h"

#include <QTimer>

class QButtonGroup;
class QHBoxLayout;
class QLabel;
class QPushButton;

namespace stepwell {

class Backend;
class ElidedLabel;
class InstancesPage;

/// One workflow: its name, version and sections (instances, versions, settings) under one head.
class WorkflowPage : public Page {
    Q_OBJECT
  public:
    explicit WorkflowPage(Backend& backend, QWidget* parent = nullptr);

    /// Shows this workflow and section; the same ones keep what is selected in them.
    void setPlace(const Place& place);
    void reload() override;
    void focusMain() override;
    bool hasUnsaved() const override;
    void saveEntered(std::function<void()> then) override;
    void discardEntered() override;
    /// What can be done to the workflow as a whole; the palette finds them.
    QList<QAction*> pageActions() const { return pageActions_; }
    InstancesPage& instances() { return *instances_; }
    bool showsInstances() const;

  signals:
    void placeChosen(const stepwell::Place& place);
    void triggerRequested(const QString& workflow);
    void deletionRequested(const QString& workflow);

  private:
    void addSection(const QString& key, const QString& title, WorkflowSection* section);
    WorkflowSection* current() const;
    void showSummary(const api::Workflow& workflow);

    struct Section {
        QString key;
        WorkflowSection* widget;
        QPushButton* button;
    };
    QString workflow_;
    QString narrowed_;  ///< workflow and query that the instances were narrowed to last
    std::optional<api::Workflow> summary_;
    QTimer minute_;  ///< "deployed 3 min ago" grows
    ElidedLabel* title_;
    QLabel* version_;
    QHBoxLayout* segments_;
    QButtonGroup* group_;
    QStackedWidget* stack_;
    InstancesPage* instances_;
    std::vector<Section> sections_;
    QList<QAction*> pageActions_;
};

}  // namespace stepwell
