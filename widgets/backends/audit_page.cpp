#include "widgets/backends/audit_page.h"

#include "widgets/backends/access_delegate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/table_view.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

#include <chrono>

namespace stepwell {
namespace {

constexpr int rowHeight = 34;
constexpr int restMs = 300;
constexpr int leastChoice = 150;
constexpr int leastField = 216;
constexpr int mostField = 300;
const QList<TableView::Width> columnWidths = {{130, 90}, {130, 90},  {360, 170},
                                              {150, 90}, {190, 110}, {130, 96}};
const QStringList usualActions = {
    QStringLiteral("create"),  QStringLiteral("put"),       QStringLiteral("change"),
    QStringLiteral("delete"),  QStringLiteral("pause"),     QStringLiteral("resume"),
    QStringLiteral("restart"), QStringLiteral("terminate"), QStringLiteral("send_event"),
    QStringLiteral("upload"),  QStringLiteral("rollback")};

}  // namespace

AuditPageView::AuditPageView(std::unique_ptr<AccessService> access, QWidget* parent)
    : Page(parent)
    , access_(std::move(access))
    , model_(*access_)
    , table_(new TableView(QStringLiteral("audit"), rowHeight))
    , card_(new ListCard(table_))
    , action_(new ComboBox)
    , span_(new ComboBox)
    , resource_(new QLineEdit)
    , actor_(new QLineEdit)
    , where_(makeLabel(QString(), "mute"))
    , newer_(makeButton(tr("Newer")))
    , older_(makeButton(tr("Older"))) {
    table_->setAccessibleName(tr("Audit log"));
    table_->setItemDelegate(new AccessDelegate(table_, {AuditModel::Action,
                                                        AuditModel::Result,
                                                        AuditModel::SucceededRole,
                                                        AuditModel::TimeRole,
                                                        {AuditModel::Resource, AuditModel::From}}));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, AuditModel::Resource);
    card_->empty()->setGlyph(Glyph::lock);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeLabel(tr("Audit log"), "title"));
    head->addStretch(1);
    head->addWidget(where_);
    head->addWidget(newer_);
    head->addWidget(older_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 16, 16, 16);
    all->setSpacing(12);
    all->addLayout(head);
    all->addWidget(makeFilters());
    all->addWidget(card_, 1);
    rest_.setSingleShot(true);
    rest_.setInterval(restMs);
    connect(&rest_, &QTimer::timeout, this, [this] { ask(1); });
    connect(newer_, &QPushButton::clicked, this, [this] { ask(model_.asked().page - 1); });
    connect(older_, &QPushButton::clicked, this, [this] { ask(model_.asked().page + 1); });
    connect(&model_, &ListModel::stateChanged, this, &AuditPageView::update);
    connect(&model_, &QAbstractItemModel::modelReset, this, &AuditPageView::update);
    connect(card_->empty(), &EmptyState::actionRequested, this, &AuditPageView::reload);
    update();
}

QWidget* AuditPageView::makeFilters() {
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    action_->setAccessibleName(tr("What was done"));
    action_->addItem(tr("Every action"), QString());
    for (const auto& action : usualActions)
        action_->addItem(actionWords(action.toStdString()), action);
    span_->setAccessibleName(tr("When"));
    span_->addItem(tr("Any time"), 0);
    span_->addItem(tr("Last hour"), 1);
    span_->addItem(tr("Last day"), 24);
    span_->addItem(tr("Last 7 days"), 7 * 24);
    span_->addItem(tr("Last 30 days"), 30 * 24);
    resource_->setPlaceholderText(tr("On what, as workflows.instances"));
    resource_->setAccessibleName(tr("On what"));
    actor_->setPlaceholderText(tr("Who, as the id of a token"));
    actor_->setAccessibleName(tr("Who"));
    for (auto* field : {resource_, actor_}) {
        field->setMaxLength(200);
        field->setClearButtonEnabled(true);
        field->setMinimumWidth(leastField);
        field->setMaximumWidth(mostField);
        connect(field, &QLineEdit::textChanged, &rest_, qOverload<>(&QTimer::start));
    }
    for (auto* choice : {action_, span_}) {
        choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        choice->setMinimumWidth(leastChoice);
        connect(choice, &QComboBox::activated, this, [this] { ask(1); });
    }
    row->addWidget(action_);
    row->addWidget(span_);
    row->addWidget(resource_, 2);
    row->addWidget(actor_, 2);
    row->addStretch(1);
    return bar;
}

void AuditPageView::ask(int page) {
    AuditQuery query;
    query.action = action_->currentData().toString().toStdString();
    query.resource = resource_->text().trimmed().toStdString();
    query.actor = actor_->text().trimmed().toStdString();
    if (const int hours = span_->currentData().toInt(); hours > 0)
        query.since = format::now() - std::chrono::hours(hours);
    query.page = std::max(1, page);
    model_.load(query);
    update();
}

void AuditPageView::reload() {
    ask(model_.asked().page);
}

void AuditPageView::focusMain() {
    card_->showsList() ? table_->setFocus() : card_->empty()->button()->setFocus();
}

void AuditPageView::showEvent(QShowEvent*) {
    reload();
}

void AuditPageView::update() {
    const auto& query = model_.query();
    const bool failed = model_.state() == LoadState::failed && model_.error();
    const bool settled = failed || model_.state() == LoadState::ready;
    const bool narrowed =
        !query.action.empty() || !query.resource.empty() || !query.actor.empty() || query.since;
    if (failed)
        card_->empty()->showError(*model_.error(), tr("The audit log"), QStringLiteral("Account: read"));
    else
        card_->empty()->show(narrowed ? EmptyState::Kind::filteredOut : EmptyState::Kind::nothingYet,
                             narrowed ? tr("Nothing matches the filter") : tr("Nothing was changed yet"),
                             narrowed ? QString() : tr("Every change, and every try at one, is told here."),
                             tr("Look again"));
    failed || (settled && model_.rowCount() == 0) ? card_->showEmpty() : card_->showList();
    const std::int64_t first = static_cast<std::int64_t>(query.page - 1) * query.perPage;
    const int rows = failed ? 0 : model_.rowCount();
    where_->setText(rows == 0 ? QString()
                              : tr("%1–%2 of %3")
                                    .arg(format::number(first + 1), format::number(first + rows),
                                         format::number(model_.total())));
    // From what was asked for: who clicks twice goes two pages.
    const auto& asked = model_.asked();
    newer_->setEnabled(asked.page > 1);
    older_->setEnabled(rows > 0 && std::int64_t{asked.page} * asked.perPage < model_.total());
}

}  // namespace stepwell
