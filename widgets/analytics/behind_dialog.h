#pragma once

#include "models/analytics/behind.h"
#include "models/list_model.h"
#include "widgets/action_dialog.h"

class QStackedWidget;

namespace stepwell {

class EmptyState;
class TableView;

namespace analytics {

/// Events, newest first.
class BehindModel : public ListModel {
    Q_OBJECT
  public:
    enum Column { When, Workflow, Instance, Event, Took };
    explicit BehindModel(QObject* parent = nullptr);
    void setRows(std::vector<BehindRow> rows);
    const BehindRow& at(int row) const { return rows_.at(static_cast<std::size_t>(row)); }

  protected:
    int rows() const override { return static_cast<int>(rows_.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    std::vector<BehindRow> rows_;
};

/// The events that a point of a chart counted, each with its instance: exactly these, which a list of
/// instances, ordered by when they were created, cannot be narrowed to. GUI thread.
class BehindDialog : public ActionDialog {
    Q_OBJECT
  public:
    BehindDialog(Backend& backend, Behind behind, const Spot& spot, QWidget* parent);

    const BehindModel& model() const { return *model_; }
    TableView* table() const { return table_; }
    QPushButton* listButton() const { return list_; }

  signals:
    void instanceChosen(const QString& workflow, const QString& id);
    /// The workflow of the chosen row, as a list; `longest`: the longest time of what is shown of it.
    void listRequested(const QString& workflow, stepwell::api::Milliseconds longest);
    void queryRequested(const stepwell::GraphqlQuery& query, const QString& title);
    /// The rows are there, or the reason why not.
    void loaded();

  protected:
    bool growsWithContent() const override { return false; }

  private:
    void load();
    void take(const api::Result<BehindRows>& found);
    void choose();
    const BehindRow* current() const;

    Backend& backend_;
    Behind behind_;
    BehindModel* model_;
    TableView* table_;
    EmptyState* empty_;
    QStackedWidget* stack_;
    QPushButton* list_;
};

}  // namespace analytics
}  // namespace stepwell
