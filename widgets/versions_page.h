#pragma once

#include "models/versions_model.h"
#include "widgets/page.h"

class QSplitter;

namespace stepwell {

class Backend;
class ElidedLabel;
class GraphPanel;
class JsonSection;
class TableView;

/// The versions of one workflow and the step graph of the selected one.
class VersionsPage : public WorkflowSection {
    Q_OBJECT
  public:
    explicit VersionsPage(Backend& backend, QWidget* parent = nullptr);

    void setWorkflow(const QString& name) override;
    void reload() override;
    void focusMain() override;
    const VersionsModel& model() const { return model_; }
    TableView& table() { return *table_; }
    GraphPanel& graph() { return *graph_; }

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void layOut();
    void update();
    void showCurrent();
    void divide();

    Backend& backend_;
    QString workflow_;
    VersionsModel model_;
    TableView* table_;
    ListCard* card_;
    GraphPanel* graph_;
    QLabel* cut_;  ///< seen where there are more than the list shows
    JsonSection* others_;
    ElidedLabel* facts_;
    QSplitter* split_;
    bool ownSplit_ = false;  ///< a person chose the widths
};

}  // namespace stepwell
