#include "widgets/sites/deployment_page.h"

#include "models/site_deployments_model.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/deploy/deploy_words.h"
#include "widgets/format.h"
#include "widgets/sites/compare_dialog.h"
#include "widgets/sites/deployment_details.h"
#include "widgets/sites/file_tree.h"
#include "widgets/sites/rules_view.h"
#include "widgets/sites/site_deletion.h"
#include "widgets/sites/site_requests.h"
#include "widgets/sites/site_tester.h"
#include "widgets/sites/site_verbs.h"
#include "widgets/web_address.h"

#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace stepwell {

namespace {

constexpr int deploymentNotFound = 8000009;
constexpr int projectNotFound = 8000007;
constexpr int openedAtOnce = 200;  ///< a tree of fewer files shows all of its folders open

const QString requestsKey = QStringLiteral("requests");

QString qt(const std::string& text) {
    return QString::fromStdString(text);
}

}  // namespace

DeploymentPage::DeploymentPage(Backend& backend, const QString& site, const QString& id, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , site_(site)
    , id_(id)
    , title_(makeLabel(id.left(8), "title"))
    , state_(makeLabel(QString(), "version"))
    , branch_(new ElidedLabel)
    , segments_(new QHBoxLayout)
    , group_(new QButtonGroup(this))
    , outer_(new QStackedWidget)
    , stack_(new QStackedWidget)
    , missing_(new EmptyState)
    , filter_(new QLineEdit)
    , count_(makeLabel(QString(), "mute"))
    , tree_(new FileTree)
    , filesCard_(new ListCard(tree_))
    , rules_(new SiteRulesView)
    , tester_(new SiteTester(backend, site.toStdString(), id.toStdString()))
    , requests_(new SiteRequests(backend, site, id))
    , details_(new DeploymentDetails(backend))
    , open_(makeButton(tr("Open in browser"), "main")) {
    branch_->setProperty("kind", "mute");
    segments_->setSpacing(0);
    state_->hide();
    addSection({}, tr("Files"), buildFiles());
    addSection(QStringLiteral("rules"), tr("Rules"), rules_);
    addSection(QStringLiteral("test"), tr("Test a URL"), tester_);
    addSection(requestsKey, tr("Requests"), requests_);
    addSection(QStringLiteral("details"), tr("Details"), details_);
    makeActions();
    layOut();
    connect(details_, &DeploymentDetails::addressCopyRequested, this, &DeploymentPage::addressCopyRequested);
    connect(missing_, &EmptyState::actionRequested, this,
            [this] { gone_ ? emit placeChosen(placeOfSite(site_)) : reload(); });
    setSection({});
    load();
}

void DeploymentPage::makeActions() {
    const auto add = [this](const QString& text, auto run) {
        auto* action = new QAction(text, this);
        connect(action, &QAction::triggered, this, run);
        pageActions_ << action;
        return action;
    };
    const auto open = [this] {
        if (deployment_) openWebAddress(this, qt(deployment_->url));
    };
    add(tr("Open this deployment in browser"), open);
    add(tr("Copy address"), [this] {
        if (deployment_) emit addressCopyRequested(qt(deployment_->url));
    });
    compare_ = add(tr("Compare with what is live…"), [this] {
        backend_.siteProject(site_.toStdString(), this, [this](const auto& answer) {
            if (!answer || !answer->live || !deployment_) return;
            (new CompareDialog(backend_, *answer->live, *deployment_, CompareDialog::Purpose::look, this))
                ->open();
        });
    });
    add(tr("Promote this deployment…"), [this] {
        emit promotionRequested(site_, id_);
    })->setProperty("keywords", tr("send copy to another backend production deploy"));
    rollBack_ = add(tr("Roll back to this deployment…"), [this] {
        if (deployment_) askToRollBack(backend_, site_, *deployment_, this, [this] { load(); });
    });
    auto* retry = add(tr("Deploy the same again…"), [this] {
        if (deployment_)
            askToRetry(backend_, *deployment_, this, [this] { emit placeChosen(placeOfSite(site_)); });
    });
    remove_ = add(tr("Delete deployment…"), [this] { remove(); });
    for (auto* change : {rollBack_, retry, remove_})
        gate(change, backend_, Feature::siteUpload);
    connect(open_, &QPushButton::clicked, this, open);
}

void DeploymentPage::layOut() {
    auto* menu = new QMenu(this);
    menu->setObjectName("deploymentMenu");
    menu->addActions(pageActions_);
    menu->insertSeparator(pageActions_.back());
    auto* more = new Chip(tr("More"));
    more->setMenu(menu);
    more->setAccessibleDescription(tr("What can be done to the deployment"));
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title_);
    head->addWidget(state_, 0, Qt::AlignVCenter);
    head->addWidget(branch_, 1, Qt::AlignVCenter);
    head->addLayout(segments_);
    head->addSpacing(8);
    head->addWidget(more);
    head->addWidget(open_);
    outer_->addWidget(stack_);
    outer_->addWidget(missing_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(outer_, 1);
}

QWidget* DeploymentPage::buildFiles() {
    filter_->setPlaceholderText(tr("Find a file"));
    filter_->setAccessibleName(tr("Find a file"));
    filter_->setClearButtonEnabled(true);
    filter_->setMaximumWidth(320);
    tree_->setModel(&files_);
    tree_->setAccessibleName(tr("Files"));
    auto* pause = new QTimer(this);
    pause->setSingleShot(true);
    pause->setInterval(150);
    connect(filter_, &QLineEdit::textChanged, pause, qOverload<>(&QTimer::start));
    connect(pause, &QTimer::timeout, this, [this] {
        files_.setFilter(filter_->text().trimmed());
        showFiles();
    });
    connect(filesCard_->empty(), &EmptyState::actionRequested, this,
            [this] { filesError_ ? loadFiles() : filter_->clear(); });
    auto* whole = new QWidget;
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(filter_, 1);
    line->addWidget(count_);
    line->addStretch(1);
    auto* layout = new QVBoxLayout(whole);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addLayout(line);
    layout->addWidget(filesCard_, 1);
    return whole;
}

void DeploymentPage::addSection(const QString& key, const QString& title, QWidget* widget) {
    auto* button = makeButton(title, "segment");
    button->setCheckable(true);
    group_->addButton(button);
    segments_->addWidget(button);
    stack_->addWidget(widget);
    sections_.push_back({key, widget, button});
    connect(button, &QPushButton::clicked, this,
            [this, key] { emit placeChosen(placeOfDeployment(site_, id_, key)); });
}

void DeploymentPage::setSection(const QString& section) {
    section_ = section;
    for (const auto& candidate : sections_) {
        if (candidate.key != section) continue;
        candidate.button->setChecked(true);
        stack_->setCurrentWidget(candidate.widget);
    }
}

void DeploymentPage::load() {
    backend_.siteDeployment(site_.toStdString(), id_.toStdString(), this,
                            [this](const auto& answer) { take(answer); });
}

void DeploymentPage::take(const api::Result<api::SiteDeployment>& answer) {
    if (!answer) {
        const int code = answer.error().code;
        gone_ = code == deploymentNotFound || code == projectNotFound;
        if (gone_)
            missing_->show(EmptyState::Kind::failed, tr("There is no deployment %1").arg(id_.left(8)),
                           tr("It may have been deleted, or lives on another backend."),
                           tr("All deployments"));
        else if (!deployment_)
            missing_->showError(answer.error(), id_.left(8), QStringLiteral("Cloudflare Pages Read"));
        if (gone_) deployment_.reset();
        return outer_->setCurrentIndex(deployment_ ? 0 : 1);
    }
    deployment_ = *answer;
    outer_->setCurrentIndex(0);
    const bool live = deployment_->live.value_or(false);
    const bool production = deployment_->environment == api::SiteEnvironment::production;
    title_->setText(qt(deployment_->shortId));
    state_->setText(siteStateWord(*deployment_));
    state_->show();
    branch_->setText(production ? tr("%1 · production").arg(qt(deployment_->branch))
                                : tr("%1 · preview").arg(qt(deployment_->branch)));
    rollBack_->setEnabled(production && !live);
    compare_->setEnabled(!live);
    remove_->setEnabled(!live);
    tester_->setOrigin(qt(deployment_->url));
    details_->show(*deployment_);
    loadFiles();
    backend_.siteRules(site_.toStdString(), deployment_->id, this,
                       [this](const auto& rules) { rules_->show(rules); });
}

void DeploymentPage::loadFiles() {
    backend_.siteFiles(site_.toStdString(), deployment_->id, this, [this](const auto& answer) {
        filesError_ = answer ? std::nullopt : std::optional(answer.error());
        if (answer) files_.setFiles(*answer);
        filesLoaded_ = filesLoaded_ || answer.has_value();
        showFiles();
    });
}

void DeploymentPage::showFiles() {
    count_->setText(filesText(files_.shownCount()) + QStringLiteral(", ") + format::bytes(files_.bytes()));
    count_->setVisible(filesLoaded_);
    if (files_.shownCount() > 0) {
        filesCard_->showList();
        if (files_.shownCount() <= openedAtOnce) tree_->expandAll();
        return;
    }
    if (filesError_ && !filesLoaded_)
        filesCard_->empty()->showError(*filesError_, tr("The files of %1").arg(id_.left(8)),
                                       QStringLiteral("Cloudflare Pages Read"));
    else if (files_.fileCount() > 0)
        filesCard_->empty()->show(EmptyState::Kind::filteredOut, tr("No file has that in its path"), {},
                                  tr("Clear the filter"));
    else if (filesLoaded_)
        filesCard_->empty()->show(EmptyState::Kind::nothingYet, tr("No files"),
                                  tr("This deployment has rules or a Worker only."), {});
    filesCard_->showEmpty();
}

void DeploymentPage::remove() {
    if (!deployment_) return;
    auto* dialog = new SiteDeletionDialog(backend_, site_, {*deployment_}, 0, this);
    connect(dialog, &SiteDeletionDialog::changed, this, [this, dialog] {
        if (dialog->model().count(SiteDeletionModel::Kind::deleted) > 0) emit placeChosen(placeOfSite(site_));
    });
    dialog->open();
}

void DeploymentPage::reload() {
    load();
    if (section_ == requestsKey) requests_->reload();
}

void DeploymentPage::focusMain() {
    if (outer_->currentWidget() == missing_) return missing_->button()->setFocus();
    if (section_ == QLatin1String("test")) return tester_->focusMain();
    if (section_ == requestsKey) return requests_->focusMain();
    if (section_.isEmpty()) return tree_->setFocus();
    stack_->currentWidget()->setFocus();
}

}  // namespace stepwell
