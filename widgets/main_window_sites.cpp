#include "widgets/main_window.h"
#include "widgets/sites/deployment_page.h"
#include "widgets/sites/site_page.h"
#include "widgets/sites/site_verbs.h"
#include "widgets/sites/sites_page.h"

#include <QStackedWidget>

namespace stepwell {

void MainWindow::makeSitesPage() {
    sites_ = new SitesPage(*backend_);
    pages_->addWidget(sites_);
    connect(sites_, &SitesPage::siteChosen, this,
            [this](const QString& name) { navigator_.go(placeOfSite(name)); });
    connect(sites_, &SitesPage::deletionRequested, this, &MainWindow::deleteSite);
    connect(sites_, &SitesPage::deployRequested, this, [this] { chooseSite(QFileDialog::Directory); });
    connect(sites_, &SitesPage::addressCopyRequested, this,
            [this](const QString& url) { copyText(url, tr("Address copied")); });
}

void MainWindow::dropSitePages() {
    delete deployment_;
    delete site_;
    delete sites_;
    deployment_ = nullptr;
    site_ = nullptr;
    sites_ = nullptr;
}

void MainWindow::showSite(const Place& place) {
    if (place.site.isEmpty()) {
        pages_->setCurrentWidget(sites_);
        return sites_->focusMain();
    }
    if (!place.deployment.isEmpty()) return showDeployment(place);
    if (site_ == nullptr || site_->name() != place.site) {
        delete site_;
        site_ = new SitePage(*backend_, place.site);
        pages_->addWidget(site_);
        connect(site_, &SitePage::placeChosen, &navigator_, &Navigator::go);
        connect(site_, &SitePage::deletionRequested, this, &MainWindow::deleteSite);
        connect(site_, &SitePage::deployRequested, this,
                [this] { chooseSite(QFileDialog::Directory, site_->name()); });
        connect(site_, &SitePage::addressCopyRequested, this,
                [this](const QString& url) { copyText(url, tr("Address copied")); });
    }
    site_->setSection(place.section);
    pages_->setCurrentWidget(site_);
    site_->focusMain();
}

void MainWindow::showDeployment(const Place& place) {
    if (deployment_ == nullptr || deployment_->site() != place.site ||
        deployment_->id() != place.deployment) {
        delete deployment_;
        deployment_ = new DeploymentPage(*backend_, place.site, place.deployment);
        pages_->addWidget(deployment_);
        connect(deployment_, &DeploymentPage::placeChosen, &navigator_, &Navigator::go);
        connect(deployment_, &DeploymentPage::addressCopyRequested, this,
                [this](const QString& url) { copyText(url, tr("Address copied")); });
    }
    deployment_->setSection(place.section);
    pages_->setCurrentWidget(deployment_);
    deployment_->focusMain();
}

void MainWindow::deleteSite(const QString& name) {
    if (backend_ == nullptr) return;
    askToDeleteSite(*backend_, name, pages_->currentWidget(), [this, name] {
        sites_->reload();
        if (navigator_.current().site == name) navigator_.go(placeOfSite());
    });
}

}  // namespace stepwell
