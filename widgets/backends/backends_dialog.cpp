#include "widgets/backends/backends_dialog.h"

#include "widgets/backends/backend_look.h"
#include "widgets/controls.h"
#include "widgets/icons.h"

#include <QHBoxLayout>
#include <QListWidget>
#include <QMenu>
#include <QPainter>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

constexpr int idRole = Qt::UserRole;
constexpr int factsRole = Qt::UserRole + 1;
constexpr int colourRole = Qt::UserRole + 2;
constexpr int marksRole = Qt::UserRole + 3;
constexpr int productionRole = Qt::UserRole + 4;
constexpr int rowHeight = 48;

class BackendDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        return {option.rect.width(), rowHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const auto colour = index.data(colourRole).value<QColor>();
        const bool production = index.data(productionRole).toBool();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, theme.color(Token::sel));
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          theme.color(Token::line2));
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        painter->drawEllipse(QPointF(option.rect.left() + 18, option.rect.center().y()), 5, 5);
        const QRect area = option.rect.adjusted(36, 6, -12, -6);
        const QString marks = index.data(marksRole).toString();
        painter->setFont(theme.secondary());
        painter->setPen(theme.color(Token::mute));
        painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, marks);
        const int room = area.width() - QFontMetrics(theme.secondary()).horizontalAdvance(marks) - 16;
        painter->setFont(theme.cardTitle());
        // On a selection plain text: no colour is legible on every tint.
        const bool tinted = production && !(option.state & QStyle::State_Selected);
        painter->setPen(tinted ? colour : theme.color(Token::text));
        painter->drawText(area, Qt::AlignLeft | Qt::AlignTop,
                          QFontMetrics(theme.cardTitle())
                              .elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, room));
        painter->setFont(theme.secondary());
        painter->setPen(theme.color(Token::mute));
        painter->drawText(area, Qt::AlignLeft | Qt::AlignBottom,
                          QFontMetrics(theme.secondary())
                              .elidedText(index.data(factsRole).toString(), Qt::ElideMiddle, room));
        painter->restore();
    }
};

QString factsOf(const BackendSpec& spec) {
    QStringList facts{kindName(spec.kind)};
    const QString account = spec.accountName.isEmpty() ? spec.account : spec.accountName;
    if (spec.kind == BackendKind::thisMachine) return QObject::tr("The engine inside this program");
    if (!account.isEmpty()) facts << account;
    if (spec.kind != BackendKind::cloudflare) facts << QUrl(spec.apiBase).authority();
    return facts.join(QStringLiteral(" · "));
}

}  // namespace

BackendsDialog::BackendsDialog(BackendList& list, QWidget* parent)
    : QDialog(parent)
    , list_(list)
    , rows_(new QListWidget)
    , hint_(makeLabel(tr("Add a server, a Cloudflare account or a wrangler dev: each gets a tab of its own."),
                      "mute"))
    , openIt_(makeButton(tr("Open")))
    , change_(makeButton(tr("Change…")))
    , up_(makeButton(tr("Move up")))
    , down_(makeButton(tr("Move down")))
    , remove_(makeButton(tr("Remove…"), "danger")) {
    setObjectName("backendsDialog");
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Backends"));
    layOut();
    connect(&list_, &BackendList::changed, this, &BackendsDialog::fill, Qt::QueuedConnection);
    connect(rows_, &QListWidget::currentRowChanged, this, &BackendsDialog::follow);
    connect(rows_, &QListWidget::itemActivated, this, [this] { emit openRequested(chosen()); });
    connect(rows_->model(), &QAbstractItemModel::rowsMoved, this, [this] {
        if (rows_->currentRow() >= 0)
            list_.move(chosen(), std::min(rows_->currentRow(), static_cast<int>(list_.all().size()) - 1));
        // One that was dropped among those that were found goes back to the others.
        QMetaObject::invokeMethod(this, &BackendsDialog::fill, Qt::QueuedConnection);
    });
    connect(openIt_, &QPushButton::clicked, this, [this] { emit openRequested(chosen()); });
    connect(change_, &QPushButton::clicked, this, [this] { emit changeRequested(chosen()); });
    connect(remove_, &QPushButton::clicked, this, [this] { emit removeRequested(chosen()); });
    connect(up_, &QPushButton::clicked, this, [this] { shift(-1); });
    connect(down_, &QPushButton::clicked, this, [this] { shift(1); });
    addKeys();
    fill();
    rows_->setCurrentRow(0);
    rows_->setFocus();
}

void BackendsDialog::layOut() {
    rows_->setObjectName("backendRows");
    rows_->setAccessibleName(tr("Backends"));
    rows_->setItemDelegate(new BackendDelegate(rows_));
    rows_->setDragDropMode(QAbstractItemView::InternalMove);
    rows_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    rows_->setMinimumSize(420, 300);
    auto* card = makeCard();
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(1, 4, 1, 4);
    inside->addWidget(rows_, 1);
    hint_->setObjectName("onlyThisMachine");
    hint_->setWordWrap(true);
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setContentsMargins(24, 0, 24, 24);
    inside->addWidget(hint_);
    auto* add = makeButton(tr("Add a backend"), "main");
    add->setObjectName("addBackend");
    add->setIcon(glyphIcon(Glyph::down, Token::onAccent));
    add->setIconSize(QSize(14, 14));
    add->setLayoutDirection(add->isRightToLeft() ? Qt::LeftToRight : Qt::RightToLeft);  // icon last
    auto* kinds = new QMenu(add);
    for (const auto kind : {BackendKind::stepwell, BackendKind::cloudflare, BackendKind::wranglerDev})
        connect(kinds->addAction(tr("%1…").arg(kindName(kind))), &QAction::triggered, this,
                [this, kind] { emit addRequested(kind); });
    add->setMenu(kinds);
    auto* verbs = new QVBoxLayout;
    verbs->setSpacing(8);
    for (auto* button : {openIt_, change_, up_, down_, remove_}) {
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        verbs->addWidget(button);
    }
    verbs->addStretch(1);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(12);
    middle->addWidget(card, 1);
    middle->addLayout(verbs);
    auto* close = makeButton(tr("Close"));
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    auto* foot = new QHBoxLayout;
    foot->addWidget(add);
    foot->addStretch(1);
    foot->addWidget(close);
    middle->setContentsMargins(16, 12, 16, 12);
    foot->setContentsMargins(16, 12, 16, 12);
    auto* heading = makeLabel(tr("Backends"), "title");
    heading->setContentsMargins(16, 14, 16, 14);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(heading);
    all->addWidget(makeLine(Qt::Horizontal));
    all->addLayout(middle, 1);
    all->addWidget(makeLine(Qt::Horizontal));
    all->addLayout(foot);
    resize(640, 420);
}

/// In the list: what the buttons beside it do.
void BackendsDialog::addKeys() {
    const auto add = [this](const QKeySequence& keys, QPushButton* button) {
        auto* shortcut = new QShortcut(keys, rows_);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, button, &QPushButton::click);
        button->setToolTip(keys.toString(QKeySequence::NativeText));
    };
    add(Qt::CTRL | Qt::Key_Up, up_);
    add(Qt::CTRL | Qt::Key_Down, down_);
    add(QKeySequence::Delete, remove_);
}

void BackendsDialog::setOpen(const QStringList& ids) {
    open_ = ids;
    fill();
}

void BackendsDialog::setFound(const QList<BackendSpec>& found) {
    if (found == found_) return;
    found_ = found;
    fill();
}

void BackendsDialog::addRow(const BackendSpec& spec, bool isFound) {
    QStringList marks;
    if (spec.production) marks << tr("production");
    if (isFound) marks << tr("found, runs now");
    if (open_.contains(spec.id)) marks << tr("open");
    if (tokenIsReadable(spec)) marks << tr("token sent readable");
    auto* row = new QListWidgetItem(spec.name, rows_);
    row->setData(idRole, spec.id);
    row->setData(factsRole, factsOf(spec));
    row->setData(colourRole, colourOf(spec));
    row->setData(marksRole, marks.join(QStringLiteral(" · ")));
    row->setData(productionRole, spec.production);
    if (isFound) row->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);  // has no place among the others
}

void BackendsDialog::fill() {
    const QString before = chosen();
    rows_->clear();
    for (const auto& spec : list_.all())
        addRow(spec, false);
    for (const auto& spec : found_)
        addRow(spec, true);
    for (int row = 0; row < rows_->count(); ++row)
        if (rows_->item(row)->data(idRole) == before) rows_->setCurrentRow(row);
    if (rows_->currentRow() < 0) rows_->setCurrentRow(0);
    follow();
}

void BackendsDialog::follow() {
    const int row = rows_->currentRow();
    const bool isLocal = chosen() == localBackendId;
    openIt_->setText(open_.contains(chosen()) ? tr("Show") : tr("Open"));
    hint_->setVisible(rows_->count() == 1 && isLocal);
    openIt_->setEnabled(row >= 0);
    const bool isSaved = row >= 0 && !isLocal && !isFound();
    change_->setEnabled(isSaved);
    remove_->setEnabled(isSaved);
    const QString why = isLocal     ? tr("The engine of this machine belongs to the program")
                        : isFound() ? tr("It was found by itself and is listed as long as it runs")
                                    : QString();
    change_->setToolTip(why);
    remove_->setToolTip(why.isEmpty() ? tr("Delete") : why);
    up_->setEnabled(row > 0 && !isFound());
    down_->setEnabled(row >= 0 && row + 1 < list_.all().size());
}

bool BackendsDialog::isFound() const {
    return rows_->currentRow() >= list_.all().size();
}

QString BackendsDialog::chosen() const {
    const auto* row = rows_->currentItem();
    return row == nullptr ? QString() : row->data(idRole).toString();
}

void BackendsDialog::shift(int places) {
    list_.move(chosen(), rows_->currentRow() + places);
}

}  // namespace stepwell
