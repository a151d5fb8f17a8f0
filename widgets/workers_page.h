#pragma once

#include "models/workers_model.h"
#include "widgets/page.h"

#include <QTimer>

class QLabel;

namespace stepwell {

class Backend;
class TableView;

/// All Workers of a backend: where they answer, what workflows they define, when their crons run.
class WorkersPage : public Page {
    Q_OBJECT
  public:
    explicit WorkersPage(Backend& backend, QWidget* parent = nullptr);

    void reload() override;
    void focusMain() override;
    const WorkersModel& model() const { return model_; }
    TableView& table() { return *table_; }

  signals:
    void workerChosen(const QString& name);
    void deletionRequested(const QString& name);
    void addressCopyRequested(const QString& url);
    void importRequested();

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void layOut();
    void showMenu(const QModelIndex& index, const QPoint& at);
    void update();

    Backend& backend_;
    WorkersModel model_;
    TableView* table_;
    ListCard* card_;
    QLabel* count_;
    QTimer second_;  ///< "in 12 s" shrinks
};

}  // namespace stepwell
