#pragma once

#include "models/bulk_job.h"
#include "models/coalescer.h"
#include "models/instances_model.h"
#include "widgets/filter_bar.h"
#include "widgets/page.h"

#include <QStringList>
#include <QTimer>

class QAction;
class QMenu;

namespace stepwell {

class Backend;
class Chip;
class InstanceActions;
class TableView;

/// The instances of one workflow, newest first, of any number.
class InstancesPage : public WorkflowSection {
    Q_OBJECT
  public:
    explicit InstancesPage(Backend& backend, QWidget* parent = nullptr);

    void setWorkflow(const QString& name) override;
    void setFilter(const InstanceFilter& filter);
    void reload() override;
    void focusMain() override;
    const InstancesModel& model() const { return model_; }
    InstanceActions& verbs() { return *actions_; }
    /// Verbs on all that the filter shows, or on the selected ones when there are several.
    QList<QAction*> bulkActions() const { return bulkActions_; }

  signals:
    void instanceChosen(const QString& workflow, const QString& id);
    void triggerRequested(const QString& workflow);
    void linkCopyRequested(const QString& workflow, const QString& id);
    /// What is known of the workflow itself, each time it was loaded.
    void summaryLoaded(const stepwell::api::Workflow& workflow);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void layOut();
    void update();
    void showSummary(const api::Workflow& workflow);
    void showTotal();
    void loadSummary();
    void noteVisibleRows();
    void showMenu(const QModelIndex& index, const QPoint& at);
    void takeCurrent();
    QString idAt(const QModelIndex& index) const;
    void makeBulk();
    void nameBulk();
    void runBulk(BulkJob::Verb verb);
    /// What verbs on many are about.
    struct Scope {
        enum class Kind { filter, selection, unknown } kind = Kind::filter;
        QStringList ids = {};
        std::vector<api::Status> statuses = {};  ///< of those

        /// Ids of those whose status takes the verb.
        QStringList takers(BulkJob::Verb verb) const;
    };
    Scope scope() const;

    Backend& backend_;
    QString workflow_;
    InstancesModel model_;
    TableView* table_;
    ListCard* card_;
    FilterBar* filters_;
    InstanceActions* actions_;
    Chip* bulk_;
    QMenu* bulkMenu_;
    QList<QAction*> bulkActions_;
    Coalescer summary_;
    QTimer second_;  ///< "12 s ago" grows
};

}  // namespace stepwell
