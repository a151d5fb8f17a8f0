#pragma once

#include "models/site/difference.h"
#include "models/site_contents.h"
#include "widgets/action_dialog.h"
#include "widgets/deploy/changes_view.h"

#include <array>
#include <memory>

namespace stepwell {

/// What two deployments have that differs, file by file, with what rules them and both sides of each. For a
/// look, or before one takes the place of the other.
class CompareDialog : public ActionDialog {
    Q_OBJECT
  public:
    enum class Purpose {
        look,     ///< only shows
        rollBack  ///< `after` becomes the live one on the verb
    };
    CompareDialog(Backend& backend, const api::SiteDeployment& before, const api::SiteDeployment& after,
                  Purpose purpose, QWidget* parent);

    ~CompareDialog() override;

    DifferenceModel& model() { return changes_->model(); }
    /// Null until both are loaded.
    const std::shared_ptr<const site::Difference>& difference() const { return difference_; }
    ChangesView& changes() { return *changes_; }

  signals:
    void rolledBack();

  private:
    void load();
    void take();
    void preview(const site::FileChange& change);
    void rollBack();

    Backend& backend_;
    api::SiteDeployment before_;
    api::SiteDeployment after_;
    Purpose purpose_;
    std::array<std::shared_ptr<const SiteContents>, 2> contents_;
    std::shared_ptr<const site::Difference> difference_;
    std::shared_ptr<site::Stop> stop_;
    int previews_ = 0;
    QLabel* summary_;
    ChangesView* changes_;
    QWidget* card_;
};

}  // namespace stepwell
