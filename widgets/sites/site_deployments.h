#pragma once

#include "models/site_deployments_model.h"
#include "widgets/page.h"

#include <QTimer>

class QAction;
class QLayout;
class QLineEdit;
class QPushButton;

namespace stepwell {

class Chip;
class TableView;

/// The deployments of one site, newest first, of any number, with filters and what can be done to them.
class SiteDeployments : public QWidget {
    Q_OBJECT
  public:
    SiteDeployments(Backend& backend, const QString& site, QWidget* parent = nullptr);

    void reload() { model_.refresh(); }
    void focusMain();
    /// Whether something can be deployed from here; said where there is nothing yet.
    void setDeployable(bool deployable);
    /// How many there are of each environment; nothing: not told.
    void setCounts(std::optional<std::int64_t> production, std::optional<std::int64_t> previews);
    const SiteDeploymentsModel& model() const { return model_; }
    TableView& table() { return *table_; }
    QLineEdit* search() const { return search_; }
    /// Each of the chosen rows that is loaded.
    std::vector<api::SiteDeployment> chosen() const;
    /// What can be done to the chosen ones.
    QList<QAction*> actions() const { return actions_; }

  signals:
    void deploymentChosen(const QString& id);
    void deployRequested();
    void addressCopyRequested(const QString& url);
    /// Something was deleted, rolled back or deployed again.
    void changed();

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void showTotal();
    void layOut();
    void makeActions();
    void addEnvironment(const QString& text, std::optional<api::SiteEnvironment> environment,
                        QLayout* layout);
    void applyFilter();
    void clearFilter();
    void update();
    void updateActions();
    void noteVisibleRows();
    void showMenu(const QModelIndex& index, const QPoint& at);
    void compareChosen();
    void rollBackChosen();
    void retryChosen();
    void deleteChosen();

    struct EnvironmentChip {
        std::optional<api::SiteEnvironment> environment;
        Chip* chip;
    };
    Backend& backend_;
    QString site_;
    bool deployable_ = false;
    SiteDeploymentsModel model_;
    std::vector<EnvironmentChip> chips_;
    bool counted_ = false;  ///< by the backend, whatever is filtered
    std::optional<api::SiteEnvironment> environment_;
    QLineEdit* branch_;
    QLineEdit* search_;
    TableView* table_;
    ListCard* card_;
    QList<QAction*> actions_;
    QAction* open_ = nullptr;
    QAction* compare_ = nullptr;
    QAction* rollBack_ = nullptr;
    QAction* retry_ = nullptr;
    QAction* remove_ = nullptr;
    QPushButton* compareButton_;
    QPushButton* removeButton_;
    QTimer typing_;  ///< a pause after the last letter
    QTimer second_;  ///< "12 s ago" grows
};

}  // namespace stepwell
