#pragma once

#include "models/backend.h"
#include "models/list_model.h"
#include "widgets/action_dialog.h"

class QCheckBox;

namespace stepwell {

class TableView;

/// Which deployments a deletion is about, and what becomes of each.
class SiteDeletionModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Deployment, Branch, Outcome, ColumnCount };
    enum Role { KindRole = Qt::UserRole + 1 };  ///< int of Kind
    enum class Kind {
        deletable,
        newest,  ///< of its branch, which shows it: left alone unless that is wanted
        live,    ///< never deleted
        deleted,
        failed
    };
    explicit SiteDeletionModel(std::vector<api::SiteDeployment> deployments, QObject* parent = nullptr);

    const api::SiteDeployment& at(int row) const { return rows_[static_cast<std::size_t>(row)].deployment; }
    Kind kind(int row) const { return rows_[static_cast<std::size_t>(row)].kind; }
    void setOutcome(int row, Kind kind, const QString& reason = {});
    void setTakesNewest(bool takes);
    /// Rows that would be deleted now, in order: the newest deployment first.
    std::vector<int> wanted() const;
    int count(Kind kind) const;

  protected:
    int rows() const override { return static_cast<int>(rows_.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    struct Row {
        api::SiteDeployment deployment;
        Kind kind;
        QString reason;
    };
    std::vector<Row> rows_;
    bool takesNewest_ = false;
};

/// Shows the exact set with those that are protected marked, deletes the others one after the other, and can
/// be stopped half-way.
class SiteDeletionDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `notLoaded`: how many were chosen that are not among `deployments`; they stay.
    SiteDeletionDialog(Backend& backend, const QString& site, std::vector<api::SiteDeployment> deployments,
                       int notLoaded, QWidget* parent);
    const SiteDeletionModel& model() const { return model_; }

  signals:
    /// Some were deleted.
    void changed();

  private:
    void update();
    void next();
    void finish();

    Backend& backend_;
    std::string site_;
    SiteDeletionModel model_;
    int notLoaded_;
    QLabel* summary_;
    QCheckBox* newest_;
    QPushButton* stop_;
    /// Rows, the next one last: the oldest goes first, and the newest of a branch only when no other one that
    /// is to go is left to take its place.
    std::vector<int> queue_;
    bool working_ = false;
    bool stopped_ = false;
    bool finished_ = false;
};

}  // namespace stepwell
