#include "widgets/sites/site_page.h"

#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/sites/site_deployments.h"
#include "widgets/sites/site_settings.h"
#include "widgets/web_address.h"

#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {

namespace {

const QString settingsKey = QStringLiteral("settings");
constexpr int projectNotFound = 8000007;
constexpr std::chrono::seconds pollInterval{5};

}  // namespace

SitePage::SitePage(Backend& backend, const QString& name, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , name_(name)
    , title_(new ElidedLabel(name))
    , address_(makeButton(QString(), "link"))
    , outer_(new QStackedWidget)
    , stack_(new QStackedWidget)
    , missing_(new EmptyState)
    , deployments_(new SiteDeployments(backend, name))
    , settings_(new SiteSettings(backend, name))
    , toDeployments_(makeButton(tr("Deployments"), "segment"))
    , toSettings_(makeButton(tr("Settings"), "segment"))
    , open_(makeButton(tr("Open in browser")))
    , deploy_(makeButton(tr("Deploy a folder…"), "main")) {
    title_->setProperty("kind", "title");
    address_->hide();
    address_->setToolTip(tr("Copy the address"));
    const bool deploys = backend.siteAddress().has_value();
    if (!deploys) deploy_->hide();
    deployments_->setDeployable(deploys);
    makeActions();
    layOut();
    connect(deploy_, &QPushButton::clicked, this, &SitePage::deployRequested);
    connect(deployments_, &SiteDeployments::deployRequested, this, &SitePage::deployRequested);
    connect(toDeployments_, &QPushButton::clicked, this, [this] { emit placeChosen(placeOfSite(name_)); });
    connect(toSettings_, &QPushButton::clicked, this,
            [this] { emit placeChosen(placeOfSite(name_, settingsKey)); });
    connect(deployments_, &SiteDeployments::deploymentChosen, this,
            [this](const QString& id) { emit placeChosen(placeOfDeployment(name_, id)); });
    connect(deployments_, &SiteDeployments::addressCopyRequested, this, &SitePage::addressCopyRequested);
    connect(deployments_, &SiteDeployments::changed, this, &SitePage::reload);
    connect(settings_, &SiteSettings::changed, this, &SitePage::load);
    connect(settings_, &SiteSettings::addressCopyRequested, this, &SitePage::addressCopyRequested);
    connect(settings_, &SiteSettings::deletionRequested, this, [this] { emit deletionRequested(name_); });
    connect(missing_, &EmptyState::actionRequested, this,
            [this] { gone_ ? emit placeChosen(placeOfSite()) : reload(); });
    connect(&poll_, &QTimer::timeout, this, [this] {
        if (isVisible()) load();
    });
    poll_.start(pollInterval);
    load();
}

void SitePage::makeActions() {
    const auto add = [this](const QString& text, auto run) {
        auto* action = new QAction(text, this);
        connect(action, &QAction::triggered, this, run);
        pageActions_ << action;
        return action;
    };
    const auto open = [this] { openWebAddress(this, address()); };
    const auto copy = [this] { emit addressCopyRequested(address()); };
    openAction_ = add(tr("Open in browser"), open);
    copyAction_ = add(tr("Copy address"), copy);
    const auto addChange = [this, add](const QString& text, auto run) {
        gate(add(text, run), backend_, Feature::siteUpload);
    };
    addChange(tr("Add a variable of production…"),
              [this] { settings_->addVariable(api::SiteEnvironment::production); });
    addChange(tr("Add a host…"), [this] { settings_->addDomain(); });
    add(tr("Promote…"), [this] {
        emit promotionRequested(name_);
    })->setProperty("keywords", tr("send copy to another backend production deploy"));
    exportAction_ = add(tr("Export site…"), [this] { emit exportRequested(name_); });
    exportAction_->setVisible(false);
    addChange(tr("Delete site…"), [this] { emit deletionRequested(name_); });
    connect(open_, &QPushButton::clicked, this, open);
    connect(address_, &QPushButton::clicked, this, copy);
}

QList<QAction*> SitePage::pageActions() const {
    auto actions = pageActions_;
    if (section_.isEmpty()) actions += deployments_->actions();
    return actions;
}

void SitePage::layOut() {
    auto* group = new QButtonGroup(this);
    for (auto* button : {toDeployments_, toSettings_}) {
        button->setCheckable(true);
        group->addButton(button);
    }
    auto* menu = new QMenu(this);
    menu->setObjectName("siteMenu");
    menu->addActions(pageActions_);
    menu->insertSeparator(pageActions_.back());
    auto* more = new Chip(tr("More"));
    more->setMenu(menu);
    more->setAccessibleDescription(tr("What can be done to the site"));
    auto* segments = new QHBoxLayout;
    segments->setSpacing(0);
    segments->addWidget(toDeployments_);
    segments->addWidget(toSettings_);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title_);
    head->addWidget(address_);
    head->addStretch(1);
    head->addLayout(segments);
    head->addSpacing(8);
    head->addWidget(more);
    head->addWidget(open_);
    head->addWidget(deploy_);
    stack_->addWidget(deployments_);
    stack_->addWidget(settings_);
    outer_->addWidget(stack_);
    outer_->addWidget(missing_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(outer_, 1);
}

QString SitePage::address() const {
    return project_ && project_->live ? QString::fromStdString(project_->url) : QString();
}

void SitePage::setSection(const QString& section) {
    section_ = section;
    const bool ofSettings = section == settingsKey;
    (ofSettings ? toSettings_ : toDeployments_)->setChecked(true);
    stack_->setCurrentIndex(ofSettings ? 1 : 0);
    if (ofSettings) settings_->loadDomains();
}

void SitePage::load() {
    backend_.siteProject(name_.toStdString(), this, [this](const auto& answer) { take(answer); });
}

void SitePage::take(const api::Result<api::SiteProject>& answer) {
    if (answer) {
        project_ = *answer;
        settings_->show(*project_);
        deployments_->setCounts(project_->productionCount, project_->previewCount);
    } else if (answer.error().code == projectNotFound) {
        project_.reset();
        gone_ = true;
        missing_->show(EmptyState::Kind::failed, tr("There is no site %1").arg(name_),
                       tr("It may have been deleted, or lives on another backend."), tr("All sites"));
    } else if (!project_) {
        gone_ = false;
        missing_->showError(answer.error(), name_, QStringLiteral("Cloudflare Pages Read"));
    }
    outer_->setCurrentIndex(project_ ? 0 : 1);
    const QString url = address();
    address_->setText(url.section(QStringLiteral("://"), -1));
    address_->setAccessibleName(tr("Copy the address %1").arg(url));
    address_->setVisible(!url.isEmpty());
    for (auto* action : {openAction_, copyAction_})
        action->setVisible(!url.isEmpty());
    open_->setVisible(!url.isEmpty());
    // Only Stepwell counts deployments, and only it has archives.
    exportAction_->setVisible(project_ && project_->productionCount && backend_.siteAddress());
}

void SitePage::reload() {
    load();
    deployments_->reload();
    if (section_ == settingsKey) settings_->loadDomains();
}

void SitePage::focusMain() {
    if (outer_->currentWidget() == missing_) return missing_->button()->setFocus();
    section_ == settingsKey ? settings_->focusMain() : deployments_->focusMain();
}

void SitePage::showEvent(QShowEvent*) {
    load();
}

}  // namespace stepwell
