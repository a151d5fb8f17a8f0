#include "widgets/sites/file_tree.h"

#include "models/site_files_model.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>

namespace stepwell {

namespace {

constexpr int rowHeight = 28;
constexpr int headerHeight = 32;
constexpr int indent = 18;
constexpr int sizeWidth = 110;
constexpr int padding = 12;

class FileDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        return {QStyledItemDelegate::sizeHint(option, index).width(), rowHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        if (selected) painter->fillRect(option.rect, theme.color(Token::sel));
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          theme.color(Token::line2));
        const bool name = index.column() == SiteFilesModel::Name;
        const bool folder = index.data(SiteFilesModel::FolderRole).toBool();
        const QFont font = name ? (folder ? theme.cardTitle() : theme.mono(12)) : theme.body();
        const int left = name ? 2 : padding;
        const QRect area = option.rect.adjusted(left, 0, -padding, 0);
        const bool right = index.column() == SiteFilesModel::Size;
        painter->setFont(font);
        painter->setPen(theme.color(name ? Token::text : Token::mute));
        painter->drawText(area, static_cast<int>((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter),
                          QFontMetrics(font).elidedText(index.data(Qt::DisplayRole).toString(),
                                                        name ? Qt::ElideMiddle : Qt::ElideRight,
                                                        area.width()));
    }
};

}  // namespace

FileTree::FileTree(QWidget* parent)
    : QTreeView(parent) {
    setFrameShape(QFrame::NoFrame);
    setUniformRowHeights(true);
    setIndentation(indent);
    setEditTriggers(NoEditTriggers);
    setAllColumnsShowFocus(true);
    setVerticalScrollMode(ScrollPerPixel);
    setItemDelegate(new FileDelegate(this));
    header()->setFixedHeight(headerHeight);
    header()->setStretchLastSection(false);
    header()->setSectionsMovable(false);
    header()->setHighlightSections(false);
}

void FileTree::setModel(QAbstractItemModel* model) {
    QTreeView::setModel(model);
    fitColumns();
}

void FileTree::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fitColumns();
}

void FileTree::fitColumns() {
    if (model() == nullptr) return;
    const int room = viewport()->width();
    const int type = std::clamp(room / 4, 140, 300);
    setColumnWidth(SiteFilesModel::Size, sizeWidth);
    setColumnWidth(SiteFilesModel::Type, type);
    setColumnWidth(SiteFilesModel::Name, std::max(160, room - sizeWidth - type));
}

void FileTree::drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const {
    const auto& theme = Theme::get();
    if (selectionModel()->isSelected(index)) painter->fillRect(rect, theme.color(Token::sel));
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color(Token::line2));
    if (!model()->hasChildren(index)) return;
    const QRectF box(rect.right() - indent + 2, rect.center().y() - 6, 13, 13);
    paintGlyph(*painter, box, isExpanded(index) ? Glyph::down : Glyph::forward, theme.color(Token::mute));
}

}  // namespace stepwell
