#include "widgets/backends/tokens_page.h"

#include "widgets/action_dialog.h"
#include "widgets/backends/access_delegate.h"
#include "widgets/backends/token_dialog.h"
#include "widgets/controls.h"
#include "widgets/notice_bar.h"
#include "widgets/table_view.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int rowHeight = 34;
const QList<TableView::Width> columnWidths = {{200, 120}, {420, 200}, {120, 96}, {130, 90}, {130, 90}};

}  // namespace

TokensPage::TokensPage(std::unique_ptr<AccessService> access, QWidget* parent)
    : Page(parent)
    , access_(std::move(access))
    , model_(*access_)
    , table_(new TableView(QStringLiteral("tokens"), rowHeight))
    , card_(new ListCard(table_))
    , create_(makeButton(tr("Create a token…"), "main"))
    , revoke_(makeButton(tr("Revoke…"), "danger")) {
    table_->setAccessibleName(tr("Tokens"));
    table_->setItemDelegate(new AccessDelegate(
        table_, {TokensModel::Name, TokensModel::State, TokensModel::ActiveRole, TokensModel::TimeRole, {}}));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, TokensModel::Permissions);
    card_->empty()->setGlyph(Glyph::lock);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeLabel(tr("Tokens"), "title"));
    head->addStretch(1);
    head->addWidget(revoke_);
    head->addWidget(create_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 16, 16, 16);
    all->setSpacing(12);
    all->addLayout(head);
    all->addWidget(card_, 1);
    connect(create_, &QPushButton::clicked, this, &TokensPage::create);
    connect(revoke_, &QPushButton::clicked, this, &TokensPage::revoke);
    connect(table_, &TableView::menuRequested, this, &TokensPage::showMenu);
    connect(&model_, &ListModel::stateChanged, this, &TokensPage::update);
    // What is chosen stays chosen when the list is read again.
    connect(&model_, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        const auto* before = chosen();
        chosenId_ = before != nullptr ? before->id : std::string();
    });
    connect(&model_, &QAbstractItemModel::modelReset, this, [this] {
        for (int row = 0; row < model_.rowCount(); ++row)
            if (model_.at(row)->id == chosenId_) table_->selectRow(row);
        update();
    });
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TokensPage::update);
    connect(card_->empty(), &EmptyState::actionRequested, this,
            [this] { model_.state() == LoadState::failed ? reload() : create(); });
    update();
}

void TokensPage::reload() {
    model_.refresh();
}

void TokensPage::focusMain() {
    card_->showsList() ? table_->setFocus() : card_->empty()->button()->setFocus();
}

void TokensPage::showEvent(QShowEvent*) {
    reload();
}

void TokensPage::update() {
    const bool failed = model_.state() == LoadState::failed && model_.error();
    const bool settled = failed || model_.state() == LoadState::ready;
    if (failed)
        card_->empty()->showError(*model_.error(), tr("The tokens"), QStringLiteral("Account: read"));
    else
        card_->empty()->show(EmptyState::Kind::nothingYet, tr("No tokens yet"),
                             tr("A token lets somebody else, or a program, in without the owner's."),
                             tr("Create a token…"));
    failed || (settled && model_.rowCount() == 0) ? card_->showEmpty() : card_->showList();
    const auto* token = chosen();
    revoke_->setEnabled(card_->showsList() && token != nullptr && token->status == "active");
    revoke_->setToolTip(revoke_->isEnabled() ? QString()
                        : token == nullptr   ? tr("Choose a token first")
                                             : tr("This token ended already"));
}

const AccessToken* TokensPage::chosen() const {
    const auto rows = table_->selectionModel()->selectedRows();
    return rows.isEmpty() ? nullptr : model_.at(rows.first().row());
}

void TokensPage::create() {
    auto* dialog = new TokenDialog(*access_, this);
    connect(dialog, &TokenDialog::created, this, &TokensPage::reload);
    dialog->open();
}

void TokensPage::revoke() {
    const auto* token = chosen();
    if (token == nullptr) return;
    const QString name = QString::fromStdString(token->name.empty() ? token->id : token->name);
    const Question question{
        tr("Revoke %1?").arg(name),
        tr("Whoever uses it is refused from now on, also in streams that are open. It cannot be "
           "given back."),
        tr("Revoke")};
    askFirst(this, question, [this, name, id = token->id] {
        access_->revokeToken(id, this, [this, name](const api::Result<void>& answer) {
            if (answer)
                NoticeBar::say(this, NoticeBar::Kind::success, tr("%1 is revoked").arg(name));
            else
                NoticeBar::say(
                    this, NoticeBar::Kind::error,
                    tr("%1 was not revoked: %2").arg(name, QString::fromStdString(answer.error().message)));
            reload();
        });
    });
}

void TokensPage::showMenu(const QModelIndex&, const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* action = menu->addAction(tr("Revoke…"));
    action->setEnabled(revoke_->isEnabled());
    connect(action, &QAction::triggered, this, &TokensPage::revoke);
    menu->popup(at);
}

}  // namespace stepwell
