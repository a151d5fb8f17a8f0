#include "models/between/promotion.h"
#include "widgets/format.h"
#include "widgets/notice_bar.h"
#include "widgets/sites/archive_dialogs.h"
#include "widgets/sites/deployment_page.h"
#include "widgets/sites/site_page.h"
#include "widgets/sites/site_verbs.h"
#include "widgets/sites/sites_page.h"
#include "widgets/workspace.h"

#include <QDir>
#include <QStackedWidget>

namespace stepwell {

void Workspace::makeSitesPage() {
    sites_ = new SitesPage(*backend_);
    pages_->addWidget(sites_);
    connect(sites_, &SitesPage::siteChosen, this,
            [this](const QString& name) { navigator_.go(placeOfSite(name)); });
    connect(sites_, &SitesPage::deletionRequested, this, &Workspace::deleteSite);
    connect(sites_, &SitesPage::importRequested, this, &Workspace::importSite);
    connect(sites_, &SitesPage::deployRequested, this, [this] { chooseSite(QFileDialog::Directory); });
    connect(sites_, &SitesPage::addressCopyRequested, this,
            [this](const QString& url) { copyText(url, tr("Address copied")); });
}

void Workspace::dropSitePages() {
    delete deployment_;
    delete site_;
    delete sites_;
    deployment_ = nullptr;
    site_ = nullptr;
    sites_ = nullptr;
}

void Workspace::showSite(const Place& place) {
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
        connect(site_, &SitePage::deletionRequested, this, &Workspace::deleteSite);
        connect(site_, &SitePage::promotionRequested, this, [this](const QString& name) {
            promote({between::PromotionKind::site, name});
        });
        connect(site_, &SitePage::exportRequested, this, &Workspace::exportSite);
        connect(site_, &SitePage::deployRequested, this,
                [this] { chooseSite(QFileDialog::Directory, site_->name()); });
        connect(site_, &SitePage::addressCopyRequested, this,
                [this](const QString& url) { copyText(url, tr("Address copied")); });
    }
    site_->setSection(place.section);
    pages_->setCurrentWidget(site_);
    site_->focusMain();
}

void Workspace::showDeployment(const Place& place) {
    if (deployment_ == nullptr || deployment_->site() != place.site ||
        deployment_->id() != place.deployment) {
        delete deployment_;
        deployment_ = new DeploymentPage(*backend_, place.site, place.deployment);
        pages_->addWidget(deployment_);
        connect(deployment_, &DeploymentPage::placeChosen, &navigator_, &Navigator::go);
        connect(deployment_, &DeploymentPage::promotionRequested, this,
                [this](const QString& site, const QString& id) {
                    promote({between::PromotionKind::site, site, id});
                });
        connect(deployment_, &DeploymentPage::addressCopyRequested, this,
                [this](const QString& url) { copyText(url, tr("Address copied")); });
    }
    deployment_->setSection(place.section);
    pages_->setCurrentWidget(deployment_);
    deployment_->focusMain();
}

void Workspace::deleteSite(const QString& name) {
    if (backend_ == nullptr) return;
    askToDeleteSite(*backend_, name, pages_->currentWidget(), [this, name] {
        sites_->reload();
        if (navigator_.current().site == name) navigator_.go(placeOfSite());
    });
}

void Workspace::exportSite(const QString& name) {
    auto* chooser = new QFileDialog(this, tr("Export %1").arg(name));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setObjectName("exportChooser");
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setDefaultSuffix(QStringLiteral("tar"));
    chooser->setNameFilters({tr("Archives of sites (*.tar)"), tr("All files (*)")});
    chooser->selectFile(name + QStringLiteral(".tar"));
    connect(chooser, &QFileDialog::fileSelected, this, [this, name](const QString& file) {
        const auto address = backend_ ? backend_->siteAddress() : std::nullopt;
        if (!address) return;
        auto* dialog = new SiteExportDialog(*address, name, file, this);
        connect(dialog, &SiteExportDialog::exported, this, [this, name, file](qint64 bytes) {
            notices_->post(NoticeBar::Kind::success,
                           tr("%1 was exported to %2 (%3)")
                               .arg(name, QDir::toNativeSeparators(file), format::bytes(bytes)));
        });
        dialog->open();
        dialog->start();
    });
    chooser->open();
}

void Workspace::importSite() {
    auto* chooser = new QFileDialog(this, tr("Import an archive of a site"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setObjectName("importChooser");
    chooser->setFileMode(QFileDialog::ExistingFile);
    chooser->setNameFilters({tr("Archives of sites (*.tar)"), tr("All files (*)")});
    connect(chooser, &QFileDialog::fileSelected, this, &Workspace::importSiteFrom);
    chooser->open();
}

void Workspace::importSiteFrom(const QString& file) {
    const auto address = backend_ ? backend_->siteAddress() : std::nullopt;
    if (!address)
        return notices_->post(NoticeBar::Kind::warning, tr("Sites cannot be brought to this backend"));
    auto* dialog = new SiteImportDialog(*address, file, this);
    connect(dialog, &SiteImportDialog::imported, this, [this](const QString& project) {
        notices_->post(NoticeBar::Kind::success, tr("%1 was imported").arg(project));
        sites_->reload();
        navigator_.go(placeOfSite(project));
    });
    dialog->open();
}

}  // namespace stepwell
