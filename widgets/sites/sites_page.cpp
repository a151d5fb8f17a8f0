#include "widgets/sites/sites_page.h"

#include "models/backend.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/list_cut.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"
#include "widgets/web_address.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int rowHeight = 55;
constexpr int half = 19;  // from the middle of a row to the top of its first line
const QList<TableView::Width> columnWidths = {{260, 170}, {360, 150}, {200, 120},
                                              {120, 76},  {130, 104}, {110, 88}};
constexpr auto rightAligned = Qt::AlignRight | Qt::AlignVCenter;

class SiteRowDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        const QColor mute = theme.color(Token::mute);
        switch (index.column()) {
        case SitesModel::Name:
            return text(cell, words, theme.cardTitle(), theme.color(Token::text));
        case SitesModel::Address:
            if (index.data(SitesModel::UrlRole).toString().isEmpty())
                return text(cell, words, theme.body(), mute);
            // Of an address that is one of many, the scheme is the part that tells least.
            return text(cell, words.section(QStringLiteral("://"), -1), theme.mono(12), mute,
                        Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
        case SitesModel::Deployed:
            return paintDeployed(cell, index);
        default:
            text(cell, words, theme.body(), mute, rightAligned);
        }
    }

  private:
    static void paintDeployed(const Cell& cell, const QModelIndex& index) {
        const auto& theme = Theme::get();
        const QDateTime time = index.data(SitesModel::DeployedRole).toDateTime();
        if (!time.isValid())
            return text(cell, index.data(Qt::DisplayRole).toString(), theme.body(), theme.color(Token::mute));
        Cell line{cell.painter, cell.area, cell.selected, cell.hovered};
        line.area.setHeight(20);
        line.area.moveTop(cell.area.center().y() - half);
        text(line, format::relative(format::timeOf(time), format::now()), theme.body(),
             theme.color(Token::text));
        line.area.translate(0, half);
        text(line, index.data(SitesModel::BranchRole).toString(), theme.secondary(),
             theme.color(Token::mute));
    }
};

}  // namespace

SitesPage::SitesPage(Backend& backend, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , table_(new TableView(QStringLiteral("sites"), rowHeight))
    , card_(new ListCard(table_))
    , count_(makeLabel(QString(), "mute"))
    , deploy_(makeButton(tr("Deploy a folder…"), "main"))
    , import_(makeButton(tr("Import an archive…"))) {
    import_->setToolTip(tr("A site as “Export site…” writes it, from here or from another machine"));
    for (auto* button : {deploy_, import_}) {
        if (!backend.siteAddress()) button->hide();
        gate(button, backend, Feature::siteUpload);
    }
    table_->setAccessibleName(tr("Sites"));
    table_->setItemDelegate(new SiteRowDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, SitesModel::Address);
    table_->setWholeColumn(SitesModel::Name);
    layOut();
    connect(table_, &TableView::opened, this, [this](const QModelIndex& index) {
        emit siteChosen(index.data(SitesModel::NameRole).toString());
    });
    connect(table_, &TableView::menuRequested, this, &SitesPage::showMenu);
    connect(&model_, &ListModel::stateChanged, this, &SitesPage::update);
    connect(&model_, &QAbstractItemModel::modelReset, this, &SitesPage::update);
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &SitesPage::update);
    connect(&model_, &QAbstractItemModel::rowsRemoved, this, &SitesPage::update);
    card_->empty()->setGlyph(Glyph::sites);
    connect(card_->empty(), &EmptyState::actionRequested, this,
            [this] { model_.state() == LoadState::failed ? reload() : emit deployRequested(); });
    connect(deploy_, &QPushButton::clicked, this, &SitesPage::deployRequested);
    connect(import_, &QPushButton::clicked, this, &SitesPage::importRequested);
    second_.setInterval(1000);
    connect(&second_, &QTimer::timeout, table_->viewport(), qOverload<>(&QWidget::update));
    model_.setActive(false);
    model_.setBackend(&backend);
    update();
}

void SitesPage::layOut() {
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeLabel(tr("Sites"), "title"));
    head->addWidget(count_);
    head->addStretch(1);
    head->addWidget(import_);
    head->addWidget(deploy_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(card_, 1000);
    layout->addStretch(1);
}

void SitesPage::showMenu(const QModelIndex& index, const QPoint& at) {
    const QString name = index.data(SitesModel::NameRole).toString();
    const QString url = index.data(SitesModel::UrlRole).toString();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("siteMenu");
    connect(menu->addAction(tr("Open")), &QAction::triggered, this, [this, name] { emit siteChosen(name); });
    if (!url.isEmpty()) {
        connect(menu->addAction(tr("Open in browser")), &QAction::triggered, this,
                [this, url] { openWebAddress(this, url); });
        connect(menu->addAction(tr("Copy address")), &QAction::triggered, this,
                [this, url] { emit addressCopyRequested(url); });
    }
    menu->addSeparator();
    auto* removal = menu->addAction(tr("Delete site…"));
    connect(removal, &QAction::triggered, this, [this, name] { emit deletionRequested(name); });
    gate(removal, backend_, Feature::siteUpload);
    menu->popup(at);
}

void SitesPage::reload() {
    model_.refresh();
}

void SitesPage::focusMain() {
    card_->showsList() ? table_->setFocus() : card_->empty()->button()->setFocus();
}

void SitesPage::update() {
    const int rows = model_.rowCount();
    const bool failed = model_.state() == LoadState::failed && model_.error();
    const bool deploys = !deploy_->isHidden() && deploy_->isEnabled();
    const QString counted = rows == 1 ? tr("1 site") : tr("%1 sites").arg(format::number(rows));
    count_->setText(rows == 0 ? QString() : withCut(counted, backend_.listCut(PagedList::sites)));
    table_->setColumnHidden(SitesModel::Requests, !model_.tellsRequests());
    if (failed)
        card_->empty()->showError(*model_.error(), tr("The sites"), QStringLiteral("Cloudflare Pages Read"));
    else
        card_->empty()->show(EmptyState::Kind::nothingYet, tr("No sites yet"),
                             deploys ? tr("Drop a folder or a zip anywhere on this window. Ctrl+D chooses a "
                                          "folder, Ctrl+Shift+D an archive.")
                                     : tr("Deploy one with: wrangler pages deploy <folder>."),
                             deploys ? deploy_->text() : QString());
    const bool settled = failed || model_.state() == LoadState::ready;
    rows == 0 && settled ? card_->showEmpty() : card_->showList();
    constexpr int frame = 10;
    const int wanted = table_->horizontalHeader()->height() + rows * rowHeight + frame;
    card_->setMaximumHeight(card_->showsList() && rows > 0 ? wanted : QWIDGETSIZE_MAX);
}

void SitesPage::showEvent(QShowEvent*) {
    model_.setActive(true);
    second_.start();
}

void SitesPage::hideEvent(QHideEvent*) {
    model_.setActive(false);
    second_.stop();
}

}  // namespace stepwell
