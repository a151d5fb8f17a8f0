#pragma once

#include "models/coalescer.h"
#include "models/instances_model.h"
#include "widgets/filter_bar.h"
#include "widgets/page.h"

#include <QStringList>
#include <QTimer>

class QLabel;
class QPushButton;

namespace stepwell {

class Backend;
class InstanceActions;
class TableView;

/// The instances of one workflow, newest first, of any number.
class InstancesPage : public Page {
    Q_OBJECT
  public:
    explicit InstancesPage(Backend& backend, QWidget* parent = nullptr);

    /// Shows another workflow; the same one keeps its filter, selection and place.
    void setWorkflow(const QString& name);
    void reload() override;
    void focusMain() override;
    const InstancesModel& model() const { return model_; }
    InstanceActions& verbs() { return *actions_; }

  signals:
    void instanceChosen(const QString& workflow, const QString& id);
    void triggerRequested(const QString& workflow);
    void linkCopyRequested(const QString& workflow, const QString& id);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void layOut();
    void update();
    void showSummary(const api::Workflow& workflow);
    void loadSummary();
    void noteVisibleRows();
    void showMenu(const QModelIndex& index, const QPoint& at);
    void takeCurrent();
    QString idAt(const QModelIndex& index) const;

    Backend& backend_;
    QString workflow_;
    InstancesModel model_;
    TableView* table_;
    ListCard* card_;
    FilterBar* filters_;
    QLabel* title_;
    QLabel* version_;
    QPushButton* trigger_;
    InstanceActions* actions_;
    Coalescer summary_;
    QTimer second_;  ///< "12 s ago" grows
};

}  // namespace stepwell
