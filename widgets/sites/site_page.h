#pragma once

#include "models/backend.h"
#include "widgets/navigator.h"
#include "widgets/page.h"

#include <QTimer>

class QAction;
class QButtonGroup;
class QHBoxLayout;
class QPushButton;
class QStackedWidget;

namespace stepwell {

class ElidedLabel;
class SiteDeployments;
class SiteSettings;

/// One site: its deployments, and what holds for all of them.
class SitePage : public Page {
    Q_OBJECT
  public:
    SitePage(Backend& backend, const QString& name, QWidget* parent = nullptr);

    QString name() const { return name_; }
    /// Of `Place::section`.
    void setSection(const QString& section);
    void reload() override;
    void focusMain() override;
    /// What can be done to the site; the palette finds them.
    QList<QAction*> pageActions() const;
    SiteDeployments& deployments() { return *deployments_; }
    SiteSettings& settings() { return *settings_; }

  signals:
    void placeChosen(const stepwell::Place& place);
    void deletionRequested(const QString& name);
    void addressCopyRequested(const QString& url);
    void promotionRequested(const QString& name);
    /// A file that all of the site goes to is to be chosen.
    void exportRequested(const QString& name);
    /// A folder to deploy to this site is to be chosen.
    void deployRequested();

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void makeActions();
    void layOut();
    void load();
    void take(const api::Result<api::SiteProject>& answer);
    QString address() const;

    Backend& backend_;
    QString name_;
    std::optional<api::SiteProject> project_;
    ElidedLabel* title_;
    QPushButton* address_;
    QStackedWidget* outer_;  ///< the sections, or why there are none
    QStackedWidget* stack_;
    EmptyState* missing_;
    bool gone_ = false;
    SiteDeployments* deployments_;
    SiteSettings* settings_;
    QPushButton* toDeployments_;
    QPushButton* toSettings_;
    QPushButton* open_;
    QPushButton* deploy_;  ///< hidden where nothing can be deployed
    QList<QAction*> pageActions_;
    QAction* openAction_ = nullptr;
    QAction* copyAction_ = nullptr;
    QAction* exportAction_ = nullptr;  ///< seen where the backend has archives
    QTimer poll_;
    QString section_;
};

}  // namespace stepwell
