#pragma once

#include "models/sites_model.h"
#include "widgets/page.h"

#include <QTimer>

class QLabel;
class QPushButton;

namespace stepwell {

class TableView;

/// All sites of a backend: where they are shown, what was deployed last, how large what is live is.
class SitesPage : public Page {
    Q_OBJECT
  public:
    explicit SitesPage(Backend& backend, QWidget* parent = nullptr);

    void reload() override;
    void focusMain() override;
    const SitesModel& model() const { return model_; }
    TableView& table() { return *table_; }

  signals:
    void siteChosen(const QString& name);
    void deletionRequested(const QString& name);
    void addressCopyRequested(const QString& url);
    /// An archive of a site is to be chosen.
    void importRequested();
    /// A folder to deploy is to be chosen.
    void deployRequested();

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void layOut();
    void showMenu(const QModelIndex& index, const QPoint& at);
    void update();

    Backend& backend_;
    SitesModel model_;
    TableView* table_;
    ListCard* card_;
    QLabel* count_;
    QPushButton* deploy_;  ///< hidden where nothing can be deployed
    QPushButton* import_;  ///< the same
    QTimer second_;        ///< "12 s ago" grows
};

}  // namespace stepwell
