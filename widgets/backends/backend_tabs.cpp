#include "widgets/backends/backend_tabs.h"

#include "widgets/controls.h"
#include "widgets/icons.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolButton>

#include <algorithm>
#include <utility>
#include <vector>

namespace stepwell {
namespace {

constexpr int barHeight = 36;
constexpr int tabTop = 5;
constexpr int widest = 220;
constexpr int narrowest = 40;
constexpr int addWidth = 28;
constexpr int margin = 8;
constexpr int between = 2;
constexpr int tight = 80;  ///< a narrower tab saves on its padding

}  // namespace

BackendTab::BackendTab(const QString& id, QWidget* parent)
    : QAbstractButton(parent)
    , id_(id) {
    setObjectName(QStringLiteral("tab:") + id);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
}

void BackendTab::setLook(const BackendLook& look) {
    look_ = look;
    setText(look.name);
    const QString kind = look.production ? tr("%1, production").arg(look.name) : look.name;
    setAccessibleName(found_           ? tr("%1, found on this machine: open it").arg(kind)
                      : look.reachable ? kind
                                       : tr("%1, not reachable").arg(kind));
    setToolTip(look.tip.isEmpty() ? accessibleName()
                                  : QStringLiteral("%1\n%2").arg(accessibleName(), look.tip));
    update();
}

void BackendTab::setFound() {
    found_ = true;
    setAutoExclusive(false);
    setCheckable(false);
}

QRect BackendTab::closeRect() const {
    if (found_) return {};
    if (width() < tight && !isChecked()) return {};
    return {width() - 24, (height() - 16) / 2 + 1, 16, 16};
}

QSize BackendTab::sizeHint() const {
    const int words = QFontMetrics(Theme::get().cardTitle()).horizontalAdvance(text());
    return {std::clamp(words + 28 + 32, 96, widest), barHeight - tabTop};
}

void BackendTab::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool here = isChecked();
    if (here || underMouse()) {
        QPainterPath shape;
        shape.addRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, 8), 6, 6);
        painter.setPen(here ? QPen(theme.color(Token::line)) : QPen(Qt::NoPen));
        painter.setBrush(theme.color(here ? Token::surface : Token::line2));
        painter.drawPath(shape);
    }
    if (here) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look_.colour);
        painter.drawRoundedRect(QRectF(6, 0, width() - 12, 2.5), 1.25, 1.25);
    }
    painter.setPen(Qt::NoPen);
    const bool isTight = width() < tight;
    const QPointF dot(isTight ? 11 : 15, height() / 2.0 + 1);
    if (found_) painter.setPen(QPen(look_.colour, 1.5));
    painter.setBrush(found_            ? QBrush(Qt::NoBrush)
                     : look_.reachable ? QBrush(look_.colour)
                                       : QBrush(theme.color(Token::errored)));
    look_.reachable ? painter.drawEllipse(dot, 4, 4)
                    : painter.drawRect(QRectF(dot.x() - 4, dot.y() - 4, 8, 8));
    const QFont font = here ? theme.cardTitle() : theme.body();
    painter.setFont(font);
    painter.setPen(look_.production ? look_.colour : theme.color(here ? Token::text : Token::mute));
    const bool crossed = !closeRect().isEmpty() && (here || underMouse());
    const QRect words = rect().adjusted(isTight ? 19 : 26, 2, crossed ? -28 : isTight ? -2 : -8, 0);
    painter.drawText(words, Qt::AlignVCenter,
                     QFontMetrics(font).elidedText(text(), Qt::ElideRight, words.width()));
    if (crossed) {
        const bool aimed = closeRect().contains(mapFromGlobal(QCursor::pos()));
        paintGlyph(painter, QRectF(closeRect()).adjusted(2, 2, -2, -2), Glyph::close,
                   theme.color(aimed ? Token::text : Token::mute));
    }
    if (hasFocus()) paintFocusRing(painter, QRectF(rect()).adjusted(2, 4, -2, -2), 5);
}

void BackendTab::mousePressEvent(QMouseEvent* event) {
    if (found_) return QAbstractButton::mousePressEvent(event);
    if (event->button() == Qt::MiddleButton) return emit closeRequested();
    pressed_ = event->pos();
    dragging_ = false;
    QAbstractButton::mousePressEvent(event);
    // As tabs do, at the press: a drag begins with the tab that is shown.
    if (event->button() == Qt::LeftButton && !closeRect().contains(pressed_) && !isChecked()) click();
}

void BackendTab::mouseMoveEvent(QMouseEvent* event) {
    update(closeRect());
    if (found_ || !(event->buttons() & Qt::LeftButton)) return;
    if (!dragging_ && (event->pos() - pressed_).manhattanLength() < QApplication::startDragDistance()) return;
    dragging_ = true;
    emit dragged(mapToParent(event->pos()).x() - pressed_.x());
}

void BackendTab::mouseReleaseEvent(QMouseEvent* event) {
    if (found_) return QAbstractButton::mouseReleaseEvent(event);
    setDown(false);
    if (dragging_) {
        dragging_ = false;
        return emit dropped();
    }
    if (event->button() == Qt::LeftButton && closeRect().contains(event->pos()) &&
        closeRect().contains(pressed_))
        emit closeRequested();
}

BackendTabs::BackendTabs(QWidget* parent)
    : QWidget(parent)
    , add_(new QToolButton(this)) {
    setObjectName("backendTabs");
    setFixedHeight(barHeight);
    add_->setIcon(glyphIcon(Glyph::plus, Token::mute));
    add_->setIconSize(QSize(14, 14));
    add_->setAccessibleName(tr("Open another backend"));
    add_->setToolTip(tr("Open another backend (Ctrl+B)"));
    add_->setFocusPolicy(Qt::TabFocus);
    add_->setFixedSize(addWidth - 4, 24);
    connect(add_, &QToolButton::clicked, this,
            [this] { emit addRequested(add_->mapToGlobal(QPoint(0, add_->height()))); });
    connect(&Theme::get(), &Theme::changed, this, [this] { update(); });
    hide();
}

QSize BackendTabs::sizeHint() const {
    return {400, barHeight};
}

void BackendTabs::add(const QString& id, const BackendLook& look) {
    auto* made = new BackendTab(id, this);
    made->setLook(look);
    tabs_.push_back(made);
    connect(made, &QAbstractButton::clicked, this, [this, id] { emit chosen(id); });
    connect(
        made, &BackendTab::closeRequested, this, [this, id] { emit closeRequested(id); },
        Qt::QueuedConnection);
    connect(made, &BackendTab::dragged, this, [this, made](int x) { drag(made, x); });
    connect(made, &BackendTab::dropped, this, [this] {
        dragged_ = nullptr;
        place();
        emit reordered();
    });
    made->show();
    place();
    showOrHide();
}

void BackendTabs::showOrHide() {
    setVisible(tabs_.size() > 1 || !found_.isEmpty());
}

void BackendTabs::setFound(const QList<std::pair<QString, BackendLook>>& found) {
    for (auto* gone : std::exchange(found_, {})) {
        gone->hide();
        gone->deleteLater();  // a click on it may have led here
    }
    for (const auto& [id, look] : found) {
        auto* made = new BackendTab(id, this);
        made->setFound();
        made->setLook(look);
        connect(made, &QAbstractButton::clicked, this, [this, id = id] { emit chosen(id); });
        found_.push_back(made);
    }
    place();
    showOrHide();
}

QStringList BackendTabs::foundIds() const {
    QStringList all;
    for (const auto* at : found_)
        if (!at->isHidden()) all << at->id();
    return all;
}

void BackendTabs::remove(const QString& id) {
    auto* gone = tab(id);
    if (gone == nullptr) return;
    tabs_.removeOne(gone);
    if (dragged_ == gone) dragged_ = nullptr;
    gone->hide();
    gone->deleteLater();
    place();
    showOrHide();
}

void BackendTabs::setLook(const QString& id, const BackendLook& look) {
    if (auto* at = tab(id)) at->setLook(look);
    place();
}

void BackendTabs::setCurrent(const QString& id) {
    if (auto* at = tab(id)) at->setChecked(true);
    place();
}

void BackendTabs::shift(const QString& id, int places) {
    const auto at = tabs_.indexOf(tab(id));
    const auto to = std::clamp<qsizetype>(at + places, 0, tabs_.size() - 1);
    if (at < 0 || at == to) return;
    tabs_.move(at, to);
    place();
    emit reordered();
}

QStringList BackendTabs::ids() const {
    QStringList all;
    for (const auto* at : tabs_)
        all << at->id();
    return all;
}

BackendTab* BackendTabs::tab(const QString& id) const {
    const auto found =
        std::find_if(tabs_.begin(), tabs_.end(), [&id](const auto* at) { return at->id() == id; });
    return found == tabs_.end() ? nullptr : *found;
}

/// The widest that a tab in the back may be: the wide ones give way first, and the one in front keeps its
/// name whole as long as it can.
int BackendTabs::widestBehind() const {
    std::vector<int> behind;
    int room = width() - 2 * margin - addWidth - between * static_cast<int>(tabs_.size());
    for (const auto* at : tabs_)
        if (at->isChecked())
            room -= at->sizeHint().width();
        else
            behind.push_back(at->sizeHint().width());
    std::sort(behind.begin(), behind.end());
    for (std::size_t i = 0; i < behind.size(); ++i) {
        const int share = room / static_cast<int>(behind.size() - i);
        if (behind[i] > share) return std::max(narrowest, share);
        room -= behind[i];
    }
    return widest;
}

void BackendTabs::place() {
    if (tabs_.isEmpty()) return;
    const int most = widestBehind();
    int x = margin;
    QWidget* before = nullptr;
    for (auto* at : tabs_) {
        const int own = at->sizeHint().width();
        const int wide = at->isChecked() ? own : std::min(own, most);
        if (at != dragged_) at->setGeometry(x, tabTop, wide, barHeight - tabTop);
        x += wide + between;
        if (before != nullptr) QWidget::setTabOrder(before, at);
        before = at;
    }
    for (auto* at : found_) {
        const bool fits = x + at->sizeHint().width() + addWidth + margin <= width();
        at->setVisible(fits);
        if (!fits) continue;
        at->setGeometry(x, tabTop, at->sizeHint().width(), barHeight - tabTop);
        x += at->sizeHint().width() + between;
        QWidget::setTabOrder(before, at);
        before = at;
    }
    QWidget::setTabOrder(before, add_);
    add_->move(std::min(x + 2, width() - addWidth), tabTop + 2);
}

void BackendTabs::drag(BackendTab* tab, int x) {
    dragged_ = tab;
    tab->raise();
    tab->move(std::clamp(x, margin, std::max(margin, width() - margin - tab->width())), tabTop);
    const int middle = tab->geometry().center().x();
    const auto at = tabs_.indexOf(tab);
    if (at > 0 && middle < tabs_[at - 1]->geometry().center().x())
        tabs_.move(at, at - 1);
    else if (at + 1 < tabs_.size() && middle > tabs_[at + 1]->geometry().center().x())
        tabs_.move(at, at + 1);
    place();
}

void BackendTabs::keyPressEvent(QKeyEvent* event) {
    const bool sideways = event->key() == Qt::Key_Left || event->key() == Qt::Key_Right;
    auto* focused = qobject_cast<BackendTab*>(focusWidget());
    if (!sideways || focused == nullptr) return QWidget::keyPressEvent(event);
    const int step = event->key() == Qt::Key_Left ? -1 : 1;
    if (event->modifiers() & Qt::ControlModifier) return shift(focused->id(), step);
    const auto to = std::clamp<qsizetype>(tabs_.indexOf(focused) + step, 0, tabs_.size() - 1);
    tabs_[to]->setFocus(Qt::TabFocusReason);
    emit chosen(tabs_[to]->id());
}

bool BackendTabs::event(QEvent* event) {
    if (event->type() == QEvent::ContextMenu) {
        auto* menu = static_cast<QContextMenuEvent*>(event);
        auto* at = qobject_cast<BackendTab*>(childAt(menu->pos()));
        if (menu->reason() == QContextMenuEvent::Keyboard) at = qobject_cast<BackendTab*>(focusWidget());
        if (tabs_.contains(at)) emit menuRequested(at->id(), at->mapToGlobal(QPoint(8, at->height())));
        return true;
    }
    return QWidget::event(event);
}

void BackendTabs::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::get().color(Token::bg));
    painter.fillRect(QRect(0, height() - 1, width(), 1), Theme::get().color(Token::line));
}

void BackendTabs::resizeEvent(QResizeEvent*) {
    place();
}

}  // namespace stepwell
