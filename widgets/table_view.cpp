#include "widgets/table_view.h"

#include "widgets/theme.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QSettings>

namespace stepwell {
namespace {
constexpr int headerHeight = 32;
constexpr int narrowest = 48;
constexpr int cellPadding = 12;
constexpr int mostMeasured = 100;  // rows that are looked at for how wide they are
constexpr int layoutVersion = 1;   // remembered columns of another layout are not taken over
}  // namespace

TableView::TableView(const QString& settingsKey, int rowHeight, QWidget* parent)
    : QTableView(parent)
    , key_(QStringLiteral("columns%1/%2").arg(layoutVersion).arg(settingsKey)) {
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setWordWrap(false);
    setMouseTracking(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setAttribute(Qt::WA_MacShowFocusRect, false);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(rowHeight);
    verticalHeader()->setDefaultSectionSize(rowHeight);
    auto* header = horizontalHeader();
    header->setFixedHeight(headerHeight);
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setMinimumSectionSize(narrowest);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setTextElideMode(Qt::ElideRight);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    header->setFocusPolicy(Qt::NoFocus);
    connect(header, &QWidget::customContextMenuRequested, this, &TableView::showColumnMenu);
    connect(header, &QHeaderView::sectionMoved, this, &TableView::remember);
    fit_.setSingleShot(true);
    connect(&fit_, &QTimer::timeout, this, &TableView::fitColumns);
    connect(header, &QHeaderView::sectionResized, this, [this](int section, int before, int now) {
        if (settling_) return;
        if (before == 0 || now == 0) return fit_.start(0);  // shown or hidden, not sized
        sized_ = true;
        if (section != stretch_) giveSlack();
        remember();
    });
    connect(this, &QTableView::doubleClicked, this, &TableView::opened);
}

void TableView::setColumns(const QList<Width>& widths, int stretch) {
    stretch_ = stretch;
    widths_ = widths;
    settling_ = true;
    const QByteArray saved = QSettings().value(key_).toByteArray();
    sized_ = !saved.isEmpty() && horizontalHeader()->restoreState(saved);
    horizontalHeader()->setFixedHeight(headerHeight);
    settling_ = false;
    fitColumns();
}

void TableView::setWholeColumn(int column) {
    whole_ = column;
    const auto later = [this] { fit_.start(0); };
    connect(model(), &QAbstractItemModel::rowsInserted, this, later);
    connect(model(), &QAbstractItemModel::rowsRemoved, this, later);
    connect(model(), &QAbstractItemModel::dataChanged, this, later);
    connect(model(), &QAbstractItemModel::modelReset, this, later);
    fitColumns();
}

int TableView::neededFor(int column) const {
    const QFontMetrics metrics(Theme::get().cardTitle());
    int needed = 0;
    for (int row = 0; row < std::min(model()->rowCount(), mostMeasured); ++row)
        needed = std::max(needed, metrics.horizontalAdvance(model()->index(row, column).data().toString()));
    return needed + 2 * cellPadding + 2;
}

/// A column that says nothing needs no more than its title.
int TableView::floorOf(int column) const {
    static const QStringList nothing = {QString(), QStringLiteral("–"), QStringLiteral("0")};
    const int rows = std::min(model()->rowCount(), mostMeasured);
    for (int row = 0; row < rows; ++row) {
        const QVariant said = model()->index(row, column).data();
        if (!said.isValid() || !nothing.contains(said.toString())) return widths_[column].least;
    }
    if (rows == 0) return widths_[column].least;
    const QString title = model()->headerData(column, Qt::Horizontal).toString();
    const int needed = QFontMetrics(Theme::get().secondary()).horizontalAdvance(title) + 2 * cellPadding + 4;
    return std::min(needed, widths_[column].least);
}

/// The whole column first, then what the others want, by what they lack.
void TableView::fitAround() {
    const auto* header = horizontalHeader();
    int floors = 0;
    int lacking = 0;
    for (int column = 0; column < widths_.size(); ++column) {
        if (column == whole_ || header->isSectionHidden(column)) continue;
        floors += floorOf(column);
        lacking += widths_[column].wanted - floorOf(column);
    }
    const int room = viewport()->width() - floors;
    const int wanted = std::max(neededFor(whole_), std::min(widths_[whole_].wanted, room - lacking));
    const int whole = std::max(std::min(wanted, room), widths_[whole_].least);
    const int left = std::max(0, room - whole);
    const double share = lacking <= 0 ? 0 : std::min(1.0, static_cast<double>(left) / lacking);
    settling_ = true;
    for (int column = 0; column < widths_.size(); ++column) {
        const int floor = column == whole_ ? 0 : floorOf(column);
        setColumnWidth(column, column == whole_
                                   ? whole
                                   : floor + static_cast<int>(share * (widths_[column].wanted - floor)));
    }
    settling_ = false;
}

void TableView::fitColumns() {
    if (!sized_ && whole_ >= 0) {
        fitAround();
    } else if (!sized_) {
        int wanted = 0;
        int least = 0;
        for (const Width& width : widths_) {
            wanted += width.wanted;
            least += width.least;
        }
        const int room = std::clamp(viewport()->width(), least, wanted);
        const double share = wanted == least ? 1 : static_cast<double>(room - least) / (wanted - least);
        settling_ = true;
        for (int column = 0; column < widths_.size(); ++column)
            setColumnWidth(column, widths_[column].least + static_cast<int>(share * (widths_[column].wanted -
                                                                                     widths_[column].least)));
        settling_ = false;
    }
    giveSlack();
}

void TableView::giveSlack() {
    auto* header = horizontalHeader();
    if (stretch_ < 0 || header->isSectionHidden(stretch_)) return;
    int others = 0;
    for (int column = 0; column < header->count(); ++column)
        if (column != stretch_ && !header->isSectionHidden(column)) others += header->sectionSize(column);
    const bool was = settling_;
    settling_ = true;
    const int least =
        whole_ >= 0 && !sized_ && stretch_ != whole_ ? floorOf(stretch_) : widths_[stretch_].least;
    header->resizeSection(stretch_, std::max(least, viewport()->width() - others));
    settling_ = was;
}

void TableView::remember() {
    if (!settling_) QSettings().setValue(key_, horizontalHeader()->saveState());
}

void TableView::showColumnMenu(const QPoint& position) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* header = horizontalHeader();
    const int shown = header->count() - header->hiddenSectionCount();
    for (int column = 0; column < header->count(); ++column) {
        auto* action = menu->addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!header->isSectionHidden(column));
        action->setEnabled(shown > 1 || header->isSectionHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool visible) {
            setColumnHidden(column, !visible);
            giveSlack();
            remember();
        });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("Reset columns")), &QAction::triggered, this, [this] {
        auto* own = horizontalHeader();
        for (int column = 0; column < own->count(); ++column) {
            own->setSectionHidden(column, false);
            own->moveSection(own->visualIndex(column), column);
        }
        QSettings().remove(key_);
        setColumns(widths_, stretch_);
    });
    menu->popup(header->mapToGlobal(position));
}

void TableView::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        emit opened(currentIndex());
        return;
    }
    const bool ends = event->key() == Qt::Key_Home || event->key() == Qt::Key_End;
    if (ends && model() != nullptr && model()->rowCount() > 0) {  // rows are what is selected, not cells
        const int row = event->key() == Qt::Key_Home ? 0 : model()->rowCount() - 1;
        executeDelayedItemsLayout();
        updateGeometries();  // rows that have just come may not be in the scroll range yet
        setCurrentIndex(model()->index(row, std::max(0, currentIndex().column())));
        return;
    }
    QTableView::keyPressEvent(event);
}

void TableView::setHovered(int row) {
    if (row == hovered_) return;
    const auto repaint = [this](int of) {
        if (of >= 0) viewport()->update(0, rowViewportPosition(of), viewport()->width(), rowHeight(of));
    };
    repaint(hovered_);
    hovered_ = row;
    repaint(hovered_);
}

void TableView::mouseMoveEvent(QMouseEvent* event) {
    setHovered(rowAt(event->position().toPoint().y()));
    QTableView::mouseMoveEvent(event);
}

void TableView::leaveEvent(QEvent* event) {
    setHovered(-1);
    QTableView::leaveEvent(event);
}

void TableView::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

void TableView::contextMenuEvent(QContextMenuEvent* event) {
    const bool keyboard = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = keyboard ? currentIndex() : indexAt(event->pos());
    if (!index.isValid()) return;
    // A menu inside the selection is about all of it.
    if (selectionModel()->isSelected(index))
        selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
    else
        setCurrentIndex(index);
    const QPoint at = keyboard ? visualRect(index).bottomLeft() : event->pos();
    emit menuRequested(index, viewport()->mapToGlobal(at));
}

void TableView::focusInEvent(QFocusEvent* event) {
    QTableView::focusInEvent(event);
    if (!currentIndex().isValid() && model() != nullptr && model()->rowCount() > 0)
        setCurrentIndex(model()->index(0, 0));
}

}  // namespace stepwell
