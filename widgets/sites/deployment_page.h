#pragma once

#include "models/backend.h"
#include "models/site_files_model.h"
#include "widgets/navigator.h"
#include "widgets/page.h"

class QAction;
class QButtonGroup;
class QHBoxLayout;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTreeView;

namespace stepwell {

class DeploymentDetails;
class ElidedLabel;
class SiteRequests;
class SiteRulesView;
class SiteTester;
class StatusBadge;

/// One deployment of a site: its files, its rules, what it answers, and how it came to be.
class DeploymentPage : public Page {
    Q_OBJECT
  public:
    DeploymentPage(Backend& backend, const QString& site, const QString& id, QWidget* parent = nullptr);

    QString site() const { return site_; }
    QString id() const { return id_; }
    /// Of `Place::section`.
    void setSection(const QString& section);
    void reload() override;
    void focusMain() override;
    QList<QAction*> pageActions() const { return pageActions_; }
    const SiteFilesModel& files() const { return files_; }
    SiteTester& tester() { return *tester_; }
    SiteRequests& requests() { return *requests_; }
    QTreeView& tree() { return *tree_; }

  signals:
    void placeChosen(const stepwell::Place& place);
    void addressCopyRequested(const QString& url);
    void promotionRequested(const QString& site, const QString& deployment);

  private:
    void makeActions();
    void layOut();
    QWidget* buildFiles();
    void addSection(const QString& key, const QString& title, QWidget* widget);
    void load();
    void take(const api::Result<api::SiteDeployment>& answer);
    void loadFiles();
    void showFiles();
    void remove();

    struct Section {
        QString key;
        QWidget* widget;
        QPushButton* button;
    };
    Backend& backend_;
    QString site_;
    QString id_;
    std::optional<api::SiteDeployment> deployment_;
    std::optional<api::Error> filesError_;
    bool filesLoaded_ = false;
    bool gone_ = false;
    SiteFilesModel files_;
    QLabel* title_;
    QLabel* state_;
    QLabel* branch_;
    QHBoxLayout* segments_;
    QButtonGroup* group_;
    QStackedWidget* outer_;
    QStackedWidget* stack_;
    EmptyState* missing_;
    QLineEdit* filter_;
    QLabel* count_;
    QTreeView* tree_;
    ListCard* filesCard_;
    SiteRulesView* rules_;
    SiteTester* tester_;
    SiteRequests* requests_;
    DeploymentDetails* details_;
    QPushButton* open_;
    std::vector<Section> sections_;
    QList<QAction*> pageActions_;
    QAction* rollBack_ = nullptr;
    QAction* remove_ = nullptr;
    QAction* compare_ = nullptr;
    QString section_;
};

}  // namespace stepwell
