#pragma once

#include "models/deploy/change_preview.h"
#include "models/deploy/deploy_session.h"
#include "models/deploy/difference_model.h"

#include <QWidget>

class QLabel;
class QStackedWidget;

namespace stepwell {

class Chip;
class EmptyState;
class PreviewPane;
class TableView;

/// The right side of a deploy: what would change, and both sides of the file that is chosen.
class DifferenceView : public QWidget {
    Q_OBJECT
  public:
    explicit DifferenceView(DeploySession& session, QWidget* parent = nullptr);

    DifferenceModel& model() { return model_; }
    TableView& table() { return *table_; }
    PreviewPane& preview() { return *preview_; }

  private:
    void refresh();
    void filter();
    void showPreview();
    void say(const QString& sentence, const QString& detail);

    DeploySession& session_;
    DifferenceModel model_;
    std::shared_ptr<const site::Difference> shown_;
    QWidget* bar_;
    std::vector<std::pair<site::Change, Chip*>> chips_;
    QLabel* against_;
    QStackedWidget* stack_;
    TableView* table_;
    EmptyState* empty_;
    PreviewPane* preview_;
};

}  // namespace stepwell
