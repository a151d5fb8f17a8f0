#include "widgets/json/json_canvas.h"

#include "widgets/theme.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

namespace stepwell {
namespace {

constexpr int gutter = 20;

Token tokenOf(json::Part part) {
    switch (part) {
    case json::Part::key:
        return Token::accent;
    case json::Part::number:
        return Token::sleeping;
    case json::Part::word:
        return Token::running;
    case json::Part::note:
        return Token::mute;
    case json::Part::indent:
    case json::Part::string:
    case json::Part::punctuation:
        break;
    }
    return Token::text;
}

}  // namespace

JsonCanvas::JsonCanvas(QWidget* parent)
    : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("JSON"));
    viewport()->setAutoFillBackground(false);
    viewport()->setMouseTracking(true);
    verticalScrollBar()->setSingleStep(lineHeight);
    connect(&Theme::get(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

qreal JsonCanvas::charWidth() const {
    return QFontMetricsF(Theme::get().mono(12)).horizontalAdvance(QLatin1Char('0'));
}

int JsonCanvas::columns() const {
    return static_cast<int>((viewport()->width() - gutter - inset) / charWidth());
}

void JsonCanvas::showDocument(std::shared_ptr<const json::Document> document) {
    plain_.clear();
    lines_.setDocument(std::move(document));
    widest_ = 0;
    current_ = -1;
    updateBars();
    emit folded();
}

void JsonCanvas::showPlain(const QString& text) {
    plain_ = text;
    lines_.setPlain(text, columns());
    widest_ = 0;
    current_ = -1;
    updateBars();
    emit folded();
}

void JsonCanvas::updateBars() {
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, heightFor(lines_.count()) - viewport()->height()));
    const int wide = gutter + inset + static_cast<int>(widest_ * charWidth());
    horizontalScrollBar()->setPageStep(viewport()->width());
    const bool hadBar = horizontalScrollBar()->maximum() > 0;
    horizontalScrollBar()->setRange(0, lines_.isJson() ? std::max(0, wide - viewport()->width()) : 0);
    if (hadBar != (horizontalScrollBar()->maximum() > 0)) emit folded();
    viewport()->update();
}

void JsonCanvas::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    if (!plain_.isEmpty() && event->oldSize().width() != event->size().width()) {
        lines_.setPlain(plain_, columns());
        emit folded();
    }
    updateBars();
}

void JsonCanvas::setCurrent(int row) {
    if (lines_.count() == 0) return;
    current_ = std::clamp(row, 0, lines_.count() - 1);
    const int top = inset + current_ * lineHeight;
    QScrollBar* bar = verticalScrollBar();
    if (top < bar->value()) bar->setValue(top - inset);
    if (top + lineHeight > bar->value() + viewport()->height())
        bar->setValue(top + lineHeight + inset - viewport()->height());
    setAccessibleDescription(lines_.text(current_).trimmed().left(400));
    QAccessibleEvent change(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&change);
    viewport()->update();
}

void JsonCanvas::setNeedle(const QString& needle) {
    needle_ = needle;
    viewport()->update();
}

int JsonCanvas::rowAt(int y) const {
    const int row = (y + verticalScrollBar()->value() - inset) / lineHeight;
    return row >= 0 && row < lines_.count() ? row : -1;
}

void JsonCanvas::paintNeedle(QPainter& painter, const QString& text, qreal left, int top) {
    QColor mark = Theme::get().color(Token::waiting);
    mark.setAlpha(80);
    for (qsizetype at = 0; (at = text.indexOf(needle_, at, Qt::CaseInsensitive)) >= 0; at += needle_.size()) {
        const QFontMetricsF metrics(painter.font());
        const qreal x = left + metrics.horizontalAdvance(text.left(at));
        painter.fillRect(
            QRectF(x, top + 1, metrics.horizontalAdvance(text.mid(at, needle_.size())), lineHeight - 2),
            mark);
    }
}

void JsonCanvas::paintRow(QPainter& painter, int row, int top) {
    const Theme& theme = Theme::get();
    if (row == current_ && (hasFocus() || !needle_.isEmpty()))
        painter.fillRect(QRect(0, top, viewport()->width(), lineHeight), theme.color(Token::sel));
    qreal x = gutter - horizontalScrollBar()->value();
    const auto pieces = lines_.pieces(row);
    qsizetype columns = 0;
    if (lines_.canFold(row)) {
        const QPointF c(x - 9 + charWidth() * 2 * lines_.document()->node(lines_.line(row).node).depth,
                        top + 9);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Token::mute));
        const bool closed = lines_.isFolded(row);
        const QPolygonF shape = closed
                                    ? QPolygonF({c + QPointF(-2, -4), c + QPointF(3, 0), c + QPointF(-2, 4)})
                                    : QPolygonF({c + QPointF(-4, -2), c + QPointF(4, -2), c + QPointF(0, 3)});
        painter.drawPolygon(shape);
    }
    if (!needle_.isEmpty()) paintNeedle(painter, lines_.text(row), x, top);
    for (const auto& piece : pieces) {
        const qreal width = QFontMetricsF(painter.font()).horizontalAdvance(piece.text);
        painter.setPen(theme.color(tokenOf(piece.part)));
        painter.drawText(QPointF(x, top + 13), piece.text);
        x += width;
        columns += piece.text.size();
    }
    widest_ = std::max(widest_, static_cast<int>(columns) + 2);
}

void JsonCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setFont(Theme::get().mono(12));
    const int before = widest_;
    const int first = std::max(0, (verticalScrollBar()->value() - inset) / lineHeight);
    for (int row = first; row < lines_.count(); ++row) {
        const int top = inset + row * lineHeight - verticalScrollBar()->value();
        if (top > viewport()->height()) break;
        paintRow(painter, row, top);
    }
    if (widest_ != before) QMetaObject::invokeMethod(this, &JsonCanvas::updateBars, Qt::QueuedConnection);
}

void JsonCanvas::toggle(int row, bool isFolded) {
    lines_.setFolded(row, isFolded);
    current_ = std::min(current_, lines_.count() - 1);
    updateBars();
    emit folded();
}

void JsonCanvas::mousePressEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().toPoint().y());
    if (row < 0) return;
    setCurrent(row);
    if (event->button() != Qt::LeftButton || !lines_.canFold(row)) return;
    const qreal depth = lines_.document()->node(lines_.line(row).node).depth;
    const qreal edge = gutter + charWidth() * 2 * depth - horizontalScrollBar()->value();
    if (event->position().x() < edge + 2) toggle(row, !lines_.isFolded(row));
}

void JsonCanvas::mouseMoveEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().toPoint().y());
    const bool onFold = row >= 0 && lines_.canFold(row) &&
                        event->position().x() <
                            gutter + charWidth() * 2 * lines_.document()->node(lines_.line(row).node).depth;
    viewport()->setCursor(onFold ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void JsonCanvas::keyPressEvent(QKeyEvent* event) {
    const int page = std::max(1, viewport()->height() / lineHeight - 1);
    if (event->matches(QKeySequence::Copy)) return emit copyWanted(false);
    if (event->key() == Qt::Key_C && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier))
        return emit copyWanted(true);
    switch (event->key()) {
    case Qt::Key_Up:
        return setCurrent(current_ - 1);
    case Qt::Key_Down:
        return setCurrent(current_ + 1);
    case Qt::Key_PageUp:
        return setCurrent(current_ - page);
    case Qt::Key_PageDown:
        return setCurrent(current_ + page);
    case Qt::Key_Home:
        return setCurrent(0);
    case Qt::Key_End:
        return setCurrent(lines_.count() - 1);
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Space:
        if (current_ >= 0 && lines_.canFold(current_)) {
            const bool fold =
                event->key() == Qt::Key_Space ? !lines_.isFolded(current_) : event->key() == Qt::Key_Left;
            return toggle(current_, fold);
        }
        break;
    default:
        break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void JsonCanvas::contextMenuEvent(QContextMenuEvent* event) {
    if (current_ < 0) return;
    QMenu* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(lines_.isJson() ? tr("Copy value") : tr("Copy line"), this,
                    [this] { emit copyWanted(false); });
    if (lines_.isJson()) {
        menu->addAction(tr("Copy path"), this, [this] { emit copyWanted(true); });
        menu->addSeparator();
        const auto foldAll = [this](bool fold) {
            lines_.foldAll(fold);
            updateBars();
            emit folded();
        };
        menu->addAction(tr("Fold all"), this, [foldAll] { foldAll(true); });
        menu->addAction(tr("Unfold all"), this, [foldAll] { foldAll(false); });
    }
    menu->popup(event->globalPos());
}

void JsonCanvas::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    if (current_ < 0) setCurrent(0);
    viewport()->update();
}

void JsonCanvas::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

}  // namespace stepwell
