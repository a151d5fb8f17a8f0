#include "widgets/analytics/completion_popup.h"

#include "models/text.h"
#include "widgets/controls.h"

#include <QListWidget>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

constexpr int rowHeight = 24;
constexpr int mostRows = 10;
constexpr int popupWidth = 420;
constexpr int inset = 10;
constexpr int detailRole = Qt::UserRole;
constexpr int deprecatedRole = Qt::UserRole + 1;

/// Name at the left, type at the right.
class SuggestionDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {popupWidth, rowHeight};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        painter->save();
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.color(Token::sel));
            painter->drawRoundedRect(option.rect.adjusted(4, 1, -4, -1), 4, 4);
        }
        const QRect room = option.rect.adjusted(inset, 0, -inset, 0);
        QFont font = theme.mono(12);
        font.setStrikeOut(index.data(deprecatedRole).toBool());
        const QFontMetrics metrics(font);
        const QString name = index.data().toString();
        const int nameWidth = std::min(metrics.horizontalAdvance(name), room.width());
        painter->setFont(font);
        painter->setPen(theme.color(Token::text));
        painter->drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                          metrics.elidedText(name, Qt::ElideRight, room.width()));
        const QFont small = theme.mono(11);
        const QRect rest = room.adjusted(nameWidth + 16, 0, 0, 0);
        painter->setFont(small);
        painter->setPen(theme.color(Token::mute));
        painter->drawText(rest, Qt::AlignVCenter | Qt::AlignRight,
                          QFontMetrics(small).elidedText(index.data(detailRole).toString(), Qt::ElideMiddle,
                                                         std::max(0, rest.width())));
        painter->restore();
    }
};

}  // namespace

CompletionPopup::CompletionPopup(QWidget* window)
    : QFrame(window)
    , list_(new QListWidget)
    , about_(makeLabel({}, "small")) {
    setProperty("kind", "card");
    setObjectName("completion");
    setFocusPolicy(Qt::NoFocus);
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setItemDelegate(new SuggestionDelegate(list_));
    list_->setUniformItemSizes(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setFrameShape(QFrame::NoFrame);
    list_->setAccessibleName(tr("Completions"));
    about_->setWordWrap(true);
    about_->setContentsMargins(inset, 6, inset, 8);
    about_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 4, 1, 1);
    column->setSpacing(0);
    column->addWidget(list_);
    column->addWidget(makeLine(Qt::Horizontal));
    column->addWidget(about_);
    hide();
    connect(list_, &QListWidget::currentRowChanged, this, &CompletionPopup::describe);
    connect(list_, &QListWidget::itemClicked, this, [this] { choose(list_->currentRow()); });
}

void CompletionPopup::open(const std::vector<graphql::Suggestion>& suggestions, const QRect& caret) {
    suggestions_ = suggestions;
    list_->clear();
    for (const auto& one : suggestions_) {
        auto* item = new QListWidgetItem(toQt(one.text), list_);
        item->setData(detailRole, toQt(one.detail));
        item->setData(deprecatedRole, one.deprecated);
    }
    if (suggestions_.empty()) return hide();
    list_->setCurrentRow(0);
    list_->setFixedHeight(std::min(count(), mostRows) * rowHeight + 4);
    place(caret);
    show();
    raise();
}

void CompletionPopup::place(const QRect& caret) {
    about_->setFixedWidth(popupWidth - 2);
    about_->setFixedHeight(50);
    const int height = list_->height() + about_->height() + 6;
    const QRect area = parentWidget()->rect();
    const bool above = caret.bottom() + 4 + height > area.bottom() && caret.top() - 4 - height > area.top();
    const int left = std::clamp(caret.left() - inset, 4, std::max(4, area.width() - popupWidth - 4));
    setGeometry(left, above ? caret.top() - 4 - height : caret.bottom() + 4, popupWidth, height);
}

int CompletionPopup::count() const {
    return static_cast<int>(suggestions_.size());
}

QString CompletionPopup::textOf(int row) const {
    return toQt(suggestions_.at(static_cast<std::size_t>(row)).text);
}

void CompletionPopup::describe(int row) {
    if (row < 0 || row >= count()) return;
    const auto& one = suggestions_[static_cast<std::size_t>(row)];
    const QString text = toQt(one.description).simplified();
    about_->setText(text.isEmpty()      ? tr("No description")
                    : text.size() > 160 ? text.left(159) + QChar(0x2026)
                                        : text);
}

void CompletionPopup::choose(int row) {
    if (row < 0 || row >= count()) return;
    const graphql::Suggestion one = suggestions_[static_cast<std::size_t>(row)];
    hide();
    emit chosen(one);
}

bool CompletionPopup::handleKey(int key) {
    if (!isVisible()) return false;
    const int row = list_->currentRow();
    const auto go = [this](int to) { list_->setCurrentRow(std::clamp(to, 0, count() - 1)); };
    switch (key) {
    case Qt::Key_Down:
        go(row + 1 < count() ? row + 1 : 0);
        return true;
    case Qt::Key_Up:
        go(row > 0 ? row - 1 : count() - 1);
        return true;
    case Qt::Key_PageDown:
        go(row + mostRows);
        return true;
    case Qt::Key_PageUp:
        go(row - mostRows);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Tab:
        choose(row);
        return true;
    case Qt::Key_Escape:
        hide();
        return true;
    default:
        return false;
    }
}

}  // namespace stepwell
