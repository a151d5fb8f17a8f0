#include "widgets/graph/graph_view.h"

#include "models/graph/words.h"
#include "widgets/graph/graph_paint.h"

#include <QAccessible>
#include <QPainter>
#include <QScrollBar>

#include <cmath>

namespace stepwell {

using namespace graph;

namespace {

constexpr double margin = 24;         // around the diagram
constexpr double smallestFit = 0.75;  // smaller than this it is not drawn to fit,
constexpr double readable = 0.9;      // but from its start

}  // namespace

GraphView::GraphView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_card(new timeline::HoverCard(this)) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Step graph"));
    setMinimumSize(200, 120);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    horizontalScrollBar()->setSingleStep(32);
    verticalScrollBar()->setSingleStep(32);
    connect(&Theme::get(), &Theme::changed, viewport(), QOverload<>::of(&QWidget::update));
}

GraphView::~GraphView() {
    delete m_card;  // lies over the window, which may live longer
}

void GraphView::setGraph(std::shared_ptr<const api::Graph> graph) {
    m_graph = std::move(graph);
    m_run = {};
    m_way = {};
    m_toggled.clear();
    m_selected = m_hovered = -1;
    m_card->hide();
    rebuild();
    fit();
    emit selectionChanged();
}

void GraphView::setRun(const api::InstanceDetail* detail) {
    if (m_graph == nullptr) return;
    m_run = detail != nullptr ? RunStates(*m_graph, *detail) : RunStates();
    m_way = wayOf(m_run, *m_graph, m_layout);
    viewport()->update();
}

void GraphView::rebuild() {
    m_layout = m_graph != nullptr ? layOut(*m_graph, m_toggled) : Layout();
    if (m_graph != nullptr) m_way = wayOf(m_run, *m_graph, m_layout);
    updateScrollBars();
    viewport()->update();
}

QPointF GraphView::origin() const {
    const QSizeF size = m_layout.bounds.size() * m_scale;
    const auto place = [](double room, double length, int scrolled) {
        return length + 2 * margin <= room ? std::floor((room - length) / 2) : margin - scrolled;
    };
    return {place(viewport()->width(), size.width(), horizontalScrollBar()->value()),
            place(viewport()->height(), size.height(), verticalScrollBar()->value())};
}

void GraphView::updateScrollBars() {
    const QSizeF size = m_layout.bounds.size() * m_scale;
    const auto update = [](QScrollBar* bar, double length, int room) {
        bar->setRange(0, std::max(0, static_cast<int>(std::ceil(length + 2 * margin)) - room));
        bar->setPageStep(room);
    };
    update(horizontalScrollBar(), size.width(), viewport()->width());
    update(verticalScrollBar(), size.height(), viewport()->height());
}

void GraphView::setScale(double scale) {
    m_scale = std::clamp(scale, smallest, largest);
    updateScrollBars();
    viewport()->update();
    emit zoomed();
}

void GraphView::fit() {
    m_isFitted = true;
    if (m_layout.bounds.isEmpty()) return;
    const double room = std::min((viewport()->width() - 2 * margin) / m_layout.bounds.width(),
                                 (viewport()->height() - 2 * margin) / m_layout.bounds.height());
    setScale(room < smallestFit ? readable : std::min(room, 1.0));
    horizontalScrollBar()->setValue(0);
    verticalScrollBar()->setValue(0);
}

void GraphView::zoomBy(double factor, QPointF anchor) {
    m_isFitted = false;
    const QPointF there = inLayout(anchor);
    setScale(m_scale * factor);
    const QPointF moved = there * m_scale + origin() - anchor;
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() + qRound(moved.x()));
    verticalScrollBar()->setValue(verticalScrollBar()->value() + qRound(moved.y()));
    m_card->hide();
}

QRectF GraphView::shownRect(int item) const {
    const QRectF& rect = m_layout.items.at(static_cast<std::size_t>(item)).rect;
    return {rect.topLeft() * m_scale + origin(), rect.size() * m_scale};
}

void GraphView::ensureVisible(int item) {
    QRectF rect = shownRect(item);
    if (m_layout.items.at(static_cast<std::size_t>(item)).kind == Item::Kind::frame)
        rect.setSize({std::min(rect.width(), 200 * m_scale), metrics::frameHead * m_scale});
    rect.adjust(-margin, -margin, margin, margin);
    const QRectF room = viewport()->rect();
    const auto move = [](QScrollBar* bar, double before, double after) {
        if (before < 0)
            bar->setValue(bar->value() + static_cast<int>(before));
        else if (after > 0)
            bar->setValue(bar->value() + static_cast<int>(std::ceil(after)));
    };
    move(horizontalScrollBar(), rect.left(), rect.right() - room.right());
    move(verticalScrollBar(), rect.top(), rect.bottom() - room.bottom());
}

QString GraphView::describe(int item) const {
    if (item < 0) return {};
    const auto& it = m_layout.items.at(static_cast<std::size_t>(item));
    QStringList parts{it.title};
    if (it.node != nullptr) parts << kindOf(*it.node);
    if (!m_way.items.empty() && it.node != nullptr && isStep(*it.node)) parts << stateWord(m_run.of(it.node));
    if (it.canToggle) parts << (it.isOpen ? tr("open") : tr("closed"));
    parts << it.subtitle;
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

void GraphView::select(int item) {
    if (item == m_selected) return;
    m_selected = item;
    if (item >= 0) ensureVisible(item);
    setAccessibleDescription(describe(item));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    viewport()->update();
    emit selectionChanged();
}

void GraphView::toggle(int item) {
    if (item < 0 || !m_layout.items.at(static_cast<std::size_t>(item)).canToggle) return;
    const QString path = m_layout.items.at(static_cast<std::size_t>(item)).path;
    const QPointF before = shownRect(item).topLeft();
    if (m_toggled.erase(path) == 0) m_toggled.insert(path);
    const QString selected =
        m_selected >= 0 ? m_layout.items.at(static_cast<std::size_t>(m_selected)).path : path;
    rebuild();
    m_hovered = -1;
    m_card->hide();
    m_selected = m_layout.find(selected);
    if (m_selected < 0) m_selected = m_layout.find(path);
    // The function stays where it is under the eye.
    const QPointF moved = shownRect(m_layout.find(path)).topLeft() - before;
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() + qRound(moved.x()));
    verticalScrollBar()->setValue(verticalScrollBar()->value() + qRound(moved.y()));
    emit selectionChanged();
}

void GraphView::setAllOpen(bool open) {
    m_selected = m_hovered = -1;
    // Opening a function shows those inside it; the depth of nests is bounded.
    for (int pass = 0; pass < 20; ++pass) {
        std::set<QString> wrong;
        for (const auto& item : m_layout.items)
            if (item.canToggle && item.isOpen != open) wrong.insert(item.path);
        if (wrong.empty()) break;
        for (const auto& path : wrong)
            if (m_toggled.erase(path) == 0) m_toggled.insert(path);
        rebuild();
    }
    if (m_isFitted) fit();
    emit selectionChanged();
}

void GraphView::activate(int item) {
    if (item < 0) return;
    const auto& it = m_layout.items.at(static_cast<std::size_t>(item));
    if (it.canToggle) return toggle(item);
    if (const auto* run = m_run.of(it.node)) emit stepActivated(run->stepIndex);
}

void GraphView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), Theme::get().color(Token::surface));
    if (m_graph == nullptr) return;
    const QRectF exposed(inLayout(event->rect().topLeft()), QSizeF(event->rect().size()) / m_scale);
    painter.translate(origin());
    painter.scale(m_scale, m_scale);
    paintScene(painter, {m_layout, m_run, m_way, m_selected, m_hovered, hasFocus()}, exposed, m_scale);
}

void GraphView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    m_isFitted ? fit() : updateScrollBars();
}

void GraphView::scrollContentsBy(int, int) {
    m_card->hide();
    viewport()->update();
}

void GraphView::showEvent(QShowEvent* event) {
    QAbstractScrollArea::showEvent(event);
    if (m_isFitted) fit();
}

void GraphView::hideEvent(QHideEvent* event) {
    QAbstractScrollArea::hideEvent(event);
    m_card->hide();
}

}  // namespace stepwell
