#pragma once

#include "models/deploy/deploy_session.h"
#include "widgets/deploy/changes_view.h"

class QStackedWidget;

namespace stepwell {

class EmptyState;

/// The right side of a deploy: what would change, and both sides of the file that is chosen.
class DifferenceView : public QWidget {
    Q_OBJECT
  public:
    explicit DifferenceView(DeploySession& session, QWidget* parent = nullptr);

    DifferenceModel& model() { return changes_->model(); }
    TableView& table() { return changes_->table(); }
    PreviewPane& preview() { return changes_->preview(); }

  private:
    void refresh();
    void say(const QString& sentence, const QString& detail);

    DeploySession& session_;
    QStackedWidget* stack_;
    ChangesView* changes_;
    EmptyState* empty_;
};

}  // namespace stepwell
