#pragma once

#include "models/backend.h"
#include "models/site_comparison.h"
#include "widgets/action_dialog.h"

#include <array>

namespace stepwell {

class TableView;

/// What two deployments have that differs, file by file. For a look, or before one takes the place of the
/// other.
class CompareDialog : public ActionDialog {
    Q_OBJECT
  public:
    enum class Purpose {
        look,     ///< only shows
        rollBack  ///< `after` becomes the live one on the verb
    };
    CompareDialog(Backend& backend, const api::SiteDeployment& before, const api::SiteDeployment& after,
                  Purpose purpose, QWidget* parent);

    const SiteComparisonModel& model() const { return model_; }
    bool isLoaded() const { return model_.state() == LoadState::ready; }

  signals:
    void rolledBack();

  private:
    void load();
    void take();
    void rollBack();

    Backend& backend_;
    api::SiteDeployment before_;
    api::SiteDeployment after_;
    Purpose purpose_;
    SiteComparisonModel model_;
    std::array<std::optional<std::vector<api::SiteFile>>, 2> files_;
    QLabel* summary_;
    TableView* table_;
    QWidget* card_;
};

}  // namespace stepwell
