#include "widgets/worker/worker_page.h"

#include "models/backend.h"
#include "models/limits.h"
#include "widgets/action_dialog.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/instance/log_panel.h"
#include "widgets/notice_bar.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"
#include "widgets/web_address.h"
#include "widgets/worker/worker_overview.h"

#include <QAction>
#include <QButtonGroup>
#include <QDateTime>
#include <QHBoxLayout>
#include <QListView>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {

namespace {

const QString versionsKey = QStringLiteral("versions");
const QString logsKey = QStringLiteral("logs");
constexpr int rowHeight = 34;
const QList<TableView::Width> versionWidths = {{90, 76},  {240, 150}, {140, 112},
                                               {110, 84}, {300, 120}, {100, 90}};

/// "since 18 Nov 09:00" has no "now" before it: that it is deployed shows.
QString deployedText(const QString& words, int share, const QString& when) {
    if (when.isEmpty()) return words;
    return share == 100 ? QObject::tr("since %1").arg(when)
                        : QObject::tr("%1 %, since %2").arg(share).arg(when);
}

class VersionDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        const int share = index.data(WorkerVersionsModel::ShareRole).toInt();
        const QDateTime time = index.data(WorkerVersionsModel::TimeRole).toDateTime();
        const QString when =
            time.isValid() ? format::relative(format::timeOf(time), format::now()) : QString();
        if (index.column() == WorkerVersionsModel::Deployed && share > 0)
            return status(cell, {api::Status::complete}, deployedText(words, share, when));
        if (index.column() == WorkerVersionsModel::Created && !when.isEmpty())
            return text(cell, when, theme.body(), theme.color(Token::mute));
        const bool isId =
            index.column() == WorkerVersionsModel::Number || index.column() == WorkerVersionsModel::Id;
        const bool isStrong = index.column() == WorkerVersionsModel::Number;
        text(cell, words, isId ? theme.mono(12) : theme.body(),
             theme.color(isStrong ? Token::text : Token::mute));
    }
};

}  // namespace

WorkerPage::WorkerPage(Backend& backend, const QString& name, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , feed_(backend, name.toStdString())
    , title_(new ElidedLabel(name))
    , handlers_(makeLabel(QString(), "version"))
    , segments_(new QHBoxLayout)
    , group_(new QButtonGroup(this))
    , outer_(new QStackedWidget)
    , stack_(new QStackedWidget)
    , missing_(new EmptyState)
    , overview_(new WorkerOverview(backend, feed_))
    , versions_(new TableView(QStringLiteral("workerVersions"), rowHeight))
    , versionsCard_(new ListCard(versions_))
    , deploy_(makeButton(tr("Deploy this version…")))
    , onlyNewest_(makeLabel(tr("The newest %1").arg(mostWorkerVersions), "mute"))
    , log_(new LogPanel)
    , logCard_(new ListCard(log_))
    , open_(makeButton(tr("Open in browser"), "main")) {
    title_->setProperty("kind", "title");
    handlers_->hide();
    segments_->setSpacing(0);
    addSection({}, tr("Overview"), overview_);
    addSection(versionsKey, tr("Versions"), buildVersions());
    addSection(logsKey, tr("Logs"), buildLogs());
    makeActions();
    layOut();
    connect(&feed_, &WorkerFeed::changed, this, &WorkerPage::update);
    connect(&feed_, &WorkerFeed::logsChanged, this, &WorkerPage::updateLogs);
    connect(overview_, &WorkerOverview::changed, &feed_, &WorkerFeed::refresh);
    connect(overview_, &WorkerOverview::addressCopyRequested, this, &WorkerPage::addressCopyRequested);
    connect(overview_, &WorkerOverview::workflowChosen, this, [this](const QString& workflow) {
        emit placeChosen({workflow, {}});
    });
    connect(missing_, &EmptyState::actionRequested, this, [this] {
        const auto& error = feed_.worker().error;
        error && error->code == api::code::scriptNotFound ? emit placeChosen(placeOfWorker()) : reload();
    });
    connect(&agePoll_, &QTimer::timeout, this, [this] {
        if (isVisible()) update();
    });
    agePoll_.start(std::chrono::seconds(20));
    gate(deploy_, backend_, Feature::uploadScript);
    update();
}

void WorkerPage::makeActions() {
    const auto add = [this](const QString& text, auto run) {
        auto* action = new QAction(text, this);
        connect(action, &QAction::triggered, this, run);
        pageActions_ << action;
        return action;
    };
    const auto open = [this] { openWebAddress(this, address()); };
    openAction_ = add(tr("Open in browser"), open);
    copyAction_ = add(tr("Copy address"), [this] { emit addressCopyRequested(address()); });
    gate(add(tr("Add a secret…"), [this] { overview_->addSecret(); }), backend_, Feature::secrets);
    gate(add(tr("Edit crons…"), [this] { overview_->editCrons(); }), backend_, Feature::crons);
    add(tr("Promote…"), [this] {
        emit promotionRequested(name());
    })->setProperty("keywords", tr("send copy to another backend production upload"));
    gate(add(tr("Delete Worker…"), [this] { emit deletionRequested(name()); }), backend_,
         Feature::uploadScript);
    connect(open_, &QPushButton::clicked, this, open);
}

void WorkerPage::layOut() {
    auto* menu = new QMenu(this);
    menu->setObjectName("workerMenu");
    menu->addActions(pageActions_);
    menu->insertSeparator(pageActions_.back());
    auto* more = new Chip(tr("More"));
    more->setMenu(menu);
    more->setAccessibleDescription(tr("What can be done to the Worker"));
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title_);
    head->addWidget(handlers_, 0, Qt::AlignVCenter);
    head->addStretch(1);
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

void WorkerPage::addSection(const QString& key, const QString& title, QWidget* widget) {
    auto* button = makeButton(title, "segment");
    button->setCheckable(true);
    group_->addButton(button);
    segments_->addWidget(button);
    stack_->addWidget(widget);
    sections_.push_back({key, widget, button});
    connect(button, &QPushButton::clicked, this,
            [this, key] { emit placeChosen(placeOfWorker(name(), key)); });
}

QWidget* WorkerPage::buildVersions() {
    versions_->setAccessibleName(tr("Versions"));
    versions_->setItemDelegate(new VersionDelegate(versions_));
    versions_->setModel(&model_);
    versions_->setColumns(versionWidths, WorkerVersionsModel::Message);
    connect(deploy_, &QPushButton::clicked, this, &WorkerPage::deployCurrent);
    connect(versions_, &TableView::menuRequested, this, &WorkerPage::showVersionMenu);
    connect(versions_, &TableView::opened, this, &WorkerPage::deployCurrent);
    connect(versions_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &WorkerPage::updateVersions);
    connect(versionsCard_->empty(), &EmptyState::actionRequested, this, &WorkerPage::reload);
    auto* whole = new QWidget;
    auto* foot = new QHBoxLayout;
    foot->setSpacing(12);
    foot->addWidget(deploy_);
    auto* hint = makeLabel(tr("The Worker and its workflows run that version from then on; secrets and "
                              "variables are those it was uploaded with."),
                           "small");
    hint->setWordWrap(true);
    foot->addWidget(hint, 1);
    onlyNewest_->setToolTip(tr("Older versions are not asked for."));
    foot->addWidget(onlyNewest_);
    auto* column = new QVBoxLayout(whole);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(versionsCard_, 1);
    column->addLayout(foot);
    return whole;
}

QWidget* WorkerPage::buildLogs() {
    connect(logCard_->empty(), &EmptyState::actionRequested, this, &WorkerPage::reload);
    return logCard_;
}

QString WorkerPage::name() const {
    return QString::fromStdString(feed_.name());
}

/// Empty: nothing answers at one.
QString WorkerPage::address() const {
    const auto& address = feed_.address().value;
    if (!address || !address->enabled || !feed_.hasHandler("fetch")) return {};
    return QString::fromStdString(address->url);
}

void WorkerPage::setSection(const QString& section) {
    section_ = section;
    for (const auto& candidate : sections_) {
        if (candidate.key != section) continue;
        candidate.button->setChecked(true);
        stack_->setCurrentWidget(candidate.widget);
    }
    feed_.setFollowsLogs(section == logsKey);
}

void WorkerPage::reload() {
    feed_.refresh();
}

void WorkerPage::focusMain() {
    if (outer_->currentWidget() == missing_) return missing_->button()->setFocus();
    if (section_ == versionsKey) return versions_->setFocus();
    section_ == logsKey ? log_->list()->setFocus() : overview_->focusMain();
}

void WorkerPage::update() {
    const auto& worker = feed_.worker();
    if (!worker.value && worker.error) {
        const bool gone = worker.error->code == api::code::scriptNotFound;
        if (gone)
            missing_->show(EmptyState::Kind::failed, tr("There is no Worker %1").arg(name()),
                           tr("It may have been deleted, or lives on another backend."), tr("All Workers"));
        else
            missing_->showError(*worker.error, name(), QStringLiteral("Workers Scripts Read"));
    }
    outer_->setCurrentIndex(!worker.value && worker.error ? 1 : 0);
    QStringList handlers;
    if (worker.value && worker.value->handlers)
        for (const auto& handler : *worker.value->handlers)
            handlers << QString::fromStdString(handler);
    handlers_->setText(handlers.join(QStringLiteral(" · ")));
    handlers_->setVisible(!handlers.isEmpty());
    handlers_->setToolTip(tr("The handlers it exports"));
    const bool answers = !address().isEmpty();
    open_->setVisible(answers);
    openAction_->setVisible(answers);
    copyAction_->setVisible(answers);
    for (const auto& section : sections_)
        if (section.key == logsKey) section.button->setVisible(feed_.offersLogs());
    overview_->update();
    updateVersions();
    updateLogs(true);
}

void WorkerPage::updateVersions() {
    model_.show(feed_);
    const int row = versions_->currentIndex().row();
    const bool deployed =
        row >= 0 && model_.index(row, 0).data(WorkerVersionsModel::ShareRole).toInt() == 100;
    deploy_->setEnabled(row >= 0 && !deployed);
    onlyNewest_->setVisible(model_.rowCount() >= mostWorkerVersions);
    const bool none = model_.rowCount() == 0;
    if (none && model_.state() == LoadState::failed && model_.error())
        versionsCard_->empty()->showError(*model_.error(), tr("The versions of %1").arg(name()),
                                          QStringLiteral("Workers Scripts Read"));
    else if (none)
        versionsCard_->empty()->show(EmptyState::Kind::nothingYet, tr("No versions yet"),
                                     tr("Each upload of %1 makes one.").arg(name()), {});
    none&& model_.state() != LoadState::loading ? versionsCard_->showEmpty() : versionsCard_->showList();
}

void WorkerPage::updateLogs(bool onlyGrew) {
    log_->show(feed_.logs(), std::nullopt, {}, onlyGrew);
    if (!feed_.logs().empty()) return logCard_->showList();
    if (feed_.logError())
        logCard_->empty()->showError(*feed_.logError(), tr("The logs of %1").arg(name()),
                                     QStringLiteral("Workers Scripts Read"));
    else
        logCard_->empty()->show(
            EmptyState::Kind::nothingYet, tr("Nothing logged yet"),
            tr("What its fetch and scheduled handlers write with console.log appears here "
               "as it comes. The engine keeps the last 1,000 lines until it ends."),
            {});
    logCard_->showEmpty();
}

void WorkerPage::showVersionMenu(const QModelIndex& index, const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("versionMenu");
    auto* deploy = menu->addAction(tr("Deploy this version…"));
    deploy->setEnabled(index.data(WorkerVersionsModel::ShareRole).toInt() < 100);
    connect(deploy, &QAction::triggered, this, &WorkerPage::deployCurrent);
    gate(deploy, backend_, Feature::uploadScript);
    menu->popup(at);
}

void WorkerPage::deployCurrent() {
    const int row = versions_->currentIndex().row();
    if (!deploy_->isEnabled()) return;
    const QString version = model_.nameAt(row);
    const Question question{
        tr("Deploy %1 of %2?").arg(version, name()),
        tr("Requests, crons and new instances of its workflows use %1 from then on. Instances that run "
           "keep the version they started with.")
            .arg(version),
        tr("Deploy %1").arg(version)};
    askFirst(this, question, [this, version, id = model_.idAt(row).toStdString()] {
        backend_.deployVersion(feed_.name(), id, this, [this, version](const auto& answer) {
            if (answer)
                NoticeBar::say(this, NoticeBar::Kind::success,
                               tr("%1 of %2 is deployed").arg(version, name()));
            else
                NoticeBar::say(this, NoticeBar::Kind::error,
                               tr("%1 was not deployed: %2")
                                   .arg(version, QString::fromStdString(answer.error().message)));
            feed_.refresh();
        });
    });
}

void WorkerPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    feed_.setActive(true);
}

void WorkerPage::hideEvent(QHideEvent* event) {
    Page::hideEvent(event);
    feed_.setActive(false);
}

}  // namespace stepwell
