#include "widgets/workers_page.h"

#include "models/backend.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
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
const QList<TableView::Width> columnWidths = {{240, 170}, {360, 190}, {240, 130}, {150, 126}, {140, 116}};

class WorkerDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        const QColor mute = theme.color(Token::mute);
        switch (index.column()) {
        case WorkersModel::Name:
            return twoLines(cell, words, theme.cardTitle(), handlersText(index), theme.secondary());
        case WorkersModel::Address:
            if (words.isEmpty()) return text(cell, noAddress(index), theme.body(), mute);
            // Of an address that is one of many, the scheme is the part that tells least.
            return text(cell, words.section(QStringLiteral("://"), -1), theme.mono(12), mute,
                        Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
        case WorkersModel::NextRun: {
            const QStringList crons = index.data(WorkersModel::CronsRole).toStringList();
            if (crons.isEmpty()) return text(cell, QStringLiteral("–"), theme.body(), mute);
            const QString note =
                crons.size() == 1 ? crons.front() : QObject::tr("%1 crons").arg(crons.size());
            return twoLines(cell, when(index, WorkersModel::NextRunRole), theme.body(), note,
                            crons.size() == 1 ? theme.mono(11) : theme.secondary());
        }
        case WorkersModel::Modified:
            return text(cell, when(index, WorkersModel::ModifiedRole), theme.body(), mute);
        default:
            text(cell, words, theme.body(), mute);
        }
    }

  private:
    static void twoLines(const Cell& cell, const QString& first, const QFont& font, const QString& second,
                         const QFont& smaller) {
        Cell line{cell.painter, cell.area, cell.selected, cell.hovered};
        line.area.setHeight(20);
        line.area.moveTop(cell.area.center().y() - half);
        text(line, first, font, Theme::get().color(Token::text));
        line.area.translate(0, half);
        text(line, second, smaller, Theme::get().color(Token::mute));
    }
    static QString when(const QModelIndex& index, int role) {
        const QDateTime time = index.data(role).toDateTime();
        return time.isValid() ? format::relative(format::timeOf(time), format::now()) : QStringLiteral("–");
    }
    static QString handlersText(const QModelIndex& index) {
        const QVariant told = index.data(WorkersModel::HandlersRole);
        if (!told.isValid()) return {};
        const QStringList handlers = told.toStringList();
        return handlers.isEmpty() ? QObject::tr("no handlers of its own")
                                  : handlers.join(QStringLiteral(" · "));
    }
    static QString noAddress(const QModelIndex& index) {
        const QVariant told = index.data(WorkersModel::HandlersRole);
        const bool answers = !told.isValid() || told.toStringList().contains(QLatin1String("fetch"));
        return answers ? QStringLiteral("–") : QObject::tr("answers no requests");
    }
};

}  // namespace

WorkersPage::WorkersPage(Backend& backend, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , table_(new TableView(QStringLiteral("workers"), rowHeight))
    , card_(new ListCard(table_))
    , count_(makeLabel(QString(), "mute")) {
    table_->setAccessibleName(tr("Workers"));
    table_->setItemDelegate(new WorkerDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, WorkersModel::Address);
    table_->setWholeColumn(WorkersModel::Name);
    layOut();
    connect(table_, &TableView::opened, this, [this](const QModelIndex& index) {
        emit workerChosen(index.data(WorkersModel::NameRole).toString());
    });
    connect(table_, &TableView::menuRequested, this, &WorkersPage::showMenu);
    connect(&model_, &ListModel::stateChanged, this, &WorkersPage::update);
    connect(&model_, &QAbstractItemModel::modelReset, this, &WorkersPage::update);
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &WorkersPage::update);
    connect(&model_, &QAbstractItemModel::rowsRemoved, this, &WorkersPage::update);
    card_->empty()->setGlyph(Glyph::workers);
    connect(card_->empty(), &EmptyState::actionRequested, this,
            [this] { model_.state() == LoadState::failed ? reload() : emit importRequested(); });
    second_.setInterval(1000);
    connect(&second_, &QTimer::timeout, table_->viewport(), qOverload<>(&QWidget::update));
    model_.setActive(false);
    model_.setBackend(&backend);
    update();
}

void WorkersPage::layOut() {
    auto* import = makeButton(tr("Import Worker…"), "main");
    connect(import, &QPushButton::clicked, this, &WorkersPage::importRequested);
    gate(import, backend_, Feature::uploadScript);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeLabel(tr("Workers"), "title"));
    head->addWidget(count_);
    head->addStretch(1);
    head->addWidget(import);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(card_, 1000);
    layout->addStretch(1);
}

void WorkersPage::showMenu(const QModelIndex& index, const QPoint& at) {
    const QString name = index.data(WorkersModel::NameRole).toString();
    const QString url = index.data(WorkersModel::UrlRole).toString();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("workerMenu");
    connect(menu->addAction(tr("Open")), &QAction::triggered, this,
            [this, name] { emit workerChosen(name); });
    if (!url.isEmpty()) {
        connect(menu->addAction(tr("Open in browser")), &QAction::triggered, this,
                [this, url] { openWebAddress(this, url); });
        connect(menu->addAction(tr("Copy address")), &QAction::triggered, this,
                [this, url] { emit addressCopyRequested(url); });
    }
    menu->addSeparator();
    auto* removal = menu->addAction(tr("Delete Worker…"));
    connect(removal, &QAction::triggered, this, [this, name] { emit deletionRequested(name); });
    gate(removal, backend_, Feature::uploadScript);
    menu->popup(at);
}

void WorkersPage::reload() {
    model_.refresh();
}

void WorkersPage::focusMain() {
    card_->showsList() ? table_->setFocus() : card_->empty()->button()->setFocus();
}

void WorkersPage::update() {
    const int rows = model_.rowCount();
    const bool failed = model_.state() == LoadState::failed && model_.error();
    const auto upload = backend_.support(Feature::uploadScript);
    count_->setText(rows == 0   ? QString()
                    : rows == 1 ? tr("1 Worker")
                                : tr("%1 Workers").arg(format::number(rows)));
    if (failed)
        card_->empty()->showError(*model_.error(), tr("The Workers"), QStringLiteral("Workers Scripts Read"));
    else
        card_->empty()->show(EmptyState::Kind::nothingYet, tr("No Workers yet"),
                             upload.available ? tr("Drop a Worker project here, or deploy one with wrangler.")
                                              : upload.reason,
                             upload.available ? tr("Import Worker…") : QString());
    const bool settled = failed || model_.state() == LoadState::ready;
    rows == 0 && settled ? card_->showEmpty() : card_->showList();
    constexpr int frame = 10;
    const int wanted = table_->horizontalHeader()->height() + rows * rowHeight + frame;
    card_->setMaximumHeight(card_->showsList() && rows > 0 ? wanted : QWIDGETSIZE_MAX);
}

void WorkersPage::showEvent(QShowEvent*) {
    model_.setActive(true);
    second_.start();
}

void WorkersPage::hideEvent(QHideEvent*) {
    model_.setActive(false);
    second_.stop();
}

}  // namespace stepwell
