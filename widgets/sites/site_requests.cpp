#include "widgets/sites/site_requests.h"

#include "models/backend.h"
#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/instance/log_panel.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTextDocument>
#include <QVBoxLayout>

namespace stepwell {
namespace {

using Kind = SiteRequestsModel::Kind;

constexpr int rowHeight = 30;
constexpr int detailHeight = 210;
const QList<TableView::Width> columnWidths = {{116, 108}, {80, 64},   {420, 120},
                                              {160, 132}, {116, 104}, {90, 74}};

class RequestDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        const QColor mute = theme.color(Token::mute);
        switch (index.column()) {
        case SiteRequestsModel::Time:
            return text(cell, words, theme.mono(12), mute);
        case SiteRequestsModel::Path:
            return text(cell, words, theme.mono(12), theme.color(Token::text),
                        Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
        case SiteRequestsModel::Status:
            if (index.data(SiteRequestsModel::FailedRole).toBool())
                return status(cell, {api::Status::errored}, words);
            return text({cell.painter, cell.area.adjusted(19, 0, 0, 0), cell.selected, cell.hovered}, words,
                        theme.body(), theme.color(Token::text));
        case SiteRequestsModel::Took:
            return text(cell, words, theme.body(), mute, Qt::AlignRight | Qt::AlignVCenter);
        default:
            text(cell, words, theme.body(), mute);
        }
    }
};

QString stackOf(const api::SiteRequest& request) {
    QStringList stacks;
    for (const auto& thrown : request.exceptions)
        stacks << toQt(thrown.stack.empty() ? thrown.name + ": " + thrown.message : thrown.stack);
    return stacks.join(QStringLiteral("\n\n"));
}

}  // namespace

SiteRequests::SiteRequests(Backend& backend, const QString& site, const QString& deployment, QWidget* parent)
    : QWidget(parent)
    , search_(new QLineEdit)
    , count_(makeLabel(QString(), "mute"))
    , table_(new TableView(QStringLiteral("siteRequests"), rowHeight))
    , card_(new ListCard(table_))
    , split_(new QSplitter(Qt::Vertical))
    , detail_(makeCard())
    , exceptions_(new QPlainTextEdit)
    , log_(new LogPanel) {
    table_->setAccessibleName(tr("Requests"));
    table_->setItemDelegate(new RequestDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, SiteRequestsModel::Path);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    search_->setPlaceholderText(tr("Find in the URL"));
    search_->setAccessibleName(tr("Find in the URL"));
    search_->setClearButtonEnabled(true);
    search_->setMaximumWidth(280);
    layOut();
    connect(search_, &QLineEdit::textChanged, this, &SiteRequests::applyFilter);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &SiteRequests::showDetail);
    connect(&model_, &ListModel::stateChanged, this, &SiteRequests::update);
    connect(&model_, &QAbstractItemModel::modelReset, this, &SiteRequests::update);
    connect(&model_, &QAbstractItemModel::modelReset, this, [this] { chosen_ = -1; });
    connect(card_->empty(), &EmptyState::actionRequested, this, [this] {
        if (!model_.isFiltered()) return model_.refresh();
        kind_ = Kind::all;
        search_->clear();
        applyFilter();
    });
    model_.setSource(&backend, site.toStdString(), deployment.toStdString());
    update();
}

void SiteRequests::layOut() {
    auto* bar = new QHBoxLayout;
    bar->setSpacing(8);
    for (const auto& [kind, words] :
         {std::pair(Kind::all, tr("All")), {Kind::code, tr("By code")}, {Kind::failed, tr("Failed")}}) {
        auto* chip = new Chip(words);
        chip->setCheckable(true);
        connect(chip, &QAbstractButton::clicked, this, [this, kind = kind] {
            kind_ = kind;
            applyFilter();
        });
        chips_.emplace_back(kind, chip);
        bar->addWidget(chip);
    }
    bar->addSpacing(4);
    bar->addWidget(search_, 1);
    bar->addStretch(1);
    bar->addWidget(count_);
    exceptions_->setReadOnly(true);
    exceptions_->setFont(Theme::get().mono(12));
    exceptions_->setAccessibleName(tr("What the code threw"));
    exceptions_->setLineWrapMode(QPlainTextEdit::NoWrap);
    exceptions_->setFrameShape(QFrame::NoFrame);
    exceptions_->setStyleSheet(QStringLiteral("border: none; background: transparent;"));
    exceptions_->document()->setDocumentMargin(12);
    auto* inside = new QHBoxLayout(detail_);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->setSpacing(0);
    inside->addWidget(exceptions_, 1);
    inside->addWidget(log_, 1);
    split_->addWidget(card_);
    split_->addWidget(detail_);
    split_->setHandleWidth(12);
    split_->setStretchFactor(0, 1);
    split_->setChildrenCollapsible(false);
    split_->setSizes({10'000, detailHeight});
    detail_->setMinimumHeight(110);
    detail_->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addLayout(bar);
    layout->addWidget(split_, 1);
}

Chip* SiteRequests::chip(Kind kind) const {
    for (const auto& [candidate, chip] : chips_)
        if (candidate == kind) return chip;
    return nullptr;
}

void SiteRequests::applyFilter() {
    model_.setFilter(kind_, search_->text().trimmed());
    showDetail();
}

void SiteRequests::update() {
    for (const auto& [kind, chip] : chips_) {
        chip->setChecked(kind == kind_);
        chip->setCount(model_.count(kind));
    }
    const int kept = model_.count(Kind::all);
    count_->setText(model_.total() > kept ? tr("%1 since the engine started, the last %2 are kept")
                                                .arg(format::number(model_.total()), format::number(kept))
                                          : QString());
    const bool none = model_.rowCount() == 0;
    const bool failed = model_.state() == LoadState::failed && model_.error();
    if (none && failed)
        card_->empty()->showError(*model_.error(), tr("The requests"),
                                  QStringLiteral("Cloudflare Pages Read"));
    else if (none && model_.isFiltered() && kept > 0)
        card_->empty()->show(EmptyState::Kind::filteredOut, tr("No request matches the filter"), {},
                             tr("Clear the filter"));
    else if (none)
        card_->empty()->show(EmptyState::Kind::nothingYet, tr("No requests yet"),
                             tr("They are listed here as they come, from any address of this deployment."),
                             {});
    none && (failed || model_.state() == LoadState::ready) ? card_->showEmpty() : card_->showList();
}

void SiteRequests::showDetail() {
    const auto rows = table_->selectionModel()->selectedRows();
    const auto* request = rows.isEmpty() ? nullptr : model_.at(rows.front().row());
    // Files have nothing to tell but what the row says.
    const bool tells = request != nullptr && (!request->exceptions.empty() || !request->logs.empty());
    detail_->setVisible(tells);
    if (!tells) return;
    if (request->id == chosen_) return;
    chosen_ = request->id;
    exceptions_->setVisible(!request->exceptions.empty());
    exceptions_->setPlainText(stackOf(*request));
    lines_ = request->logs;
    log_->setVisible(!lines_.empty());
    log_->show(lines_, std::nullopt, {}, false);
}

void SiteRequests::focusMain() {
    card_->showsList() ? table_->setFocus() : search_->setFocus();
}

void SiteRequests::showEvent(QShowEvent*) {
    model_.setActive(true);
}

void SiteRequests::hideEvent(QHideEvent*) {
    model_.setActive(false);
}

}  // namespace stepwell
