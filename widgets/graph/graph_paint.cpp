#include "widgets/graph/graph_paint.h"

#include "models/graph/words.h"
#include "models/text.h"
#include "widgets/format.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace stepwell::graph {

using Kind = api::GraphNode::Kind;

namespace {

constexpr double radius = 7;
constexpr double corner = 8;
constexpr double shapeSize = 16;

QColor color(Token token) {
    return Theme::get().color(token);
}

QString tr(const char* text) {
    return QCoreApplication::translate("graph", text);
}

class ScenePainter {
  public:
    ScenePainter(QPainter& painter, const Scene& scene, double scale)
        : m_painter(painter)
        , m_scene(scene)
        , m_hair(1 / std::max(scale, 0.2)) {}

    void paint(const QRectF& exposed) {
        const auto& layout = m_scene.layout;
        for (std::size_t i = 0; i < layout.items.size(); ++i)
            if (layout.items[i].kind == Item::Kind::frame || layout.items[i].isOpen)
                if (layout.items[i].rect.intersects(exposed)) frame(static_cast<int>(i));
        // What the run took lies over what it did not.
        for (const bool taken : {false, true})
            for (std::size_t i = 0; i < layout.lines.size(); ++i)
                if (isTaken(i) == taken && lineRect(layout.lines[i]).intersects(exposed))
                    line(layout.lines[i], taken);
        for (const auto& at : layout.forks)
            fork(at);
        for (const auto& caption : layout.captions)
            if (caption.rect.intersects(exposed)) name(caption);
        for (std::size_t i = 0; i < layout.items.size(); ++i)
            if (layout.items[i].kind != Item::Kind::frame && layout.items[i].rect.intersects(exposed))
                box(static_cast<int>(i));
    }

  private:
    static QRectF lineRect(const Line& line) {
        return QRectF(line.from, line.to).normalized().adjusted(-20, -20, 20, 20);
    }

    bool isTaken(std::size_t line) const { return m_scene.hasRun() && m_scene.way.lines[line]; }

    bool isMuted(int item) const { return !m_scene.isReached(item); }

    QPen borderOf(int item) const {
        if (m_scene.selected == item)
            return QPen(color(Token::accent), m_scene.hasFocus ? 2 : std::max(1.5, m_hair));
        if (m_scene.hovered == item) return QPen(color(Token::mute), m_hair);
        QPen pen(color(Token::line), m_hair);
        if (isMuted(item)) pen.setStyle(Qt::DashLine);
        return pen;
    }

    void frame(int id) {
        const auto& item = m_scene.layout.items[static_cast<std::size_t>(id)];
        m_painter.setPen(borderOf(id));
        m_painter.setBrush(color(Token::raised));
        m_painter.drawRoundedRect(item.rect, radius, radius);
        QRectF head(item.rect.left() + 10, item.rect.top() + 4, item.rect.width() - 20, 18);
        if (const auto* run = runOf(item)) head.setLeft(head.left() + stateShape(*run, head));
        if (item.canToggle) {
            triangle(QPointF(head.left() + 5, head.center().y()), true);
            head.setLeft(head.left() + 16);
        }
        if (item.node != nullptr && item.node->kind == Kind::loop) {
            loopSign(QPointF(head.left() + 6, head.center().y()));
            head.setLeft(head.left() + 18);
        }
        m_painter.setFont(Theme::get().secondary());
        m_painter.setPen(color(isMuted(id) || !isNamed(item) ? Token::mute : Token::text));
        elided(head, item.title);
    }

    /// Functions and steps have a name of their own; other frames say what they are.
    static bool isNamed(const Item& item) {
        return item.node != nullptr && (item.node->kind == Kind::call || isStep(*item.node));
    }

    void loopSign(QPointF at) {
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(color(Token::mute), 1.4, Qt::SolidLine, Qt::RoundCap));
        m_painter.drawArc(QRectF(at.x() - 4.5, at.y() - 4.5, 9, 9), 60 * 16, 290 * 16);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(color(Token::mute));
        m_painter.drawPolygon(
            QPolygonF({at + QPointF(1, -7), at + QPointF(6.2, -4), at + QPointF(1.2, -1.2)}));
    }

    void triangle(QPointF at, bool isOpen) {
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(color(Token::mute));
        if (isOpen)
            m_painter.drawPolygon(QPolygonF({at + QPointF(-4, -2), at + QPointF(4, -2), at + QPointF(0, 3)}));
        else
            m_painter.drawPolygon(QPolygonF({at + QPointF(-2, -4), at + QPointF(3, 0), at + QPointF(-2, 4)}));
    }

    static QPainterPath pathOf(const Line& line) {
        QPainterPath path(line.from);
        const double dy = line.to.y() - line.from.y();
        if (std::abs(dy) < 0.5) {
            path.lineTo(line.to);
            return path;
        }
        const double turn = std::min(corner, std::abs(dy) / 2) * (dy > 0 ? 1 : -1);
        const double x = line.bendAt;
        path.lineTo(x - std::abs(turn), line.from.y());
        path.quadTo({x, line.from.y()}, {x, line.from.y() + turn});
        path.lineTo(x, line.to.y() - turn);
        path.quadTo({x, line.to.y()}, {x + std::abs(turn), line.to.y()});
        path.lineTo(line.to);
        return path;
    }

    void line(const Line& way, bool taken) {
        QPen pen(color(taken              ? Token::accent
                       : m_scene.hasRun() ? Token::faint
                                          : Token::mute),
                 taken ? 1.8 : std::max(1.1, m_hair));
        if (way.isDashed) pen.setDashPattern({4, 3});
        pen.setCapStyle(Qt::FlatCap);
        m_painter.setPen(pen);
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawPath(pathOf(way));
        if (!way.hasArrow) return;
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(pen.color());
        m_painter.drawPolygon(QPolygonF({way.to, way.to + QPointF(-6, -3.5), way.to + QPointF(-6, 3.5)}));
    }

    void fork(QPointF at) {
        m_painter.setPen(QPen(color(Token::mute), 1.2));
        m_painter.setBrush(color(Token::surface));
        m_painter.drawPolygon(
            QPolygonF({at + QPointF(0, -6), at + QPointF(6, 0), at + QPointF(0, 6), at + QPointF(-6, 0)}));
    }

    void name(const Caption& caption) {
        m_painter.setFont(Theme::get().mono(11));
        m_painter.setPen(color(Token::mute));
        elided(caption.rect.adjusted(2, 0, -4, 0), caption.text);
    }

    void box(int id) {
        const auto& item = m_scene.layout.items[static_cast<std::size_t>(id)];
        const bool isPill = item.kind != Item::Kind::step && item.kind != Item::Kind::call;
        const bool isSelected = m_scene.selected == id;
        m_painter.setPen(borderOf(id));
        m_painter.setBrush(color(isSelected ? Token::sel : Token::surface));
        const double round = isPill ? item.rect.height() / 2 : radius;
        m_painter.drawRoundedRect(item.rect, round, round);
        if (isPill) {
            m_painter.setFont(Theme::get().secondary());
            m_painter.setPen(color(Token::mute));
            m_painter.drawText(item.rect, Qt::AlignCenter, item.title);
            return;
        }
        QRectF inside = item.rect.adjusted(12, 6, -10, -6);
        inside.setLeft(inside.left() + sign(item, inside));
        words(id, item, inside);
    }

    /// The shape at the left: the state in a run, else what kind of step it is. Its width.
    double sign(const Item& item, const QRectF& inside) {
        if (item.kind == Item::Kind::call) {
            triangle(QPointF(inside.left() + 5, inside.center().y()), false);
            return 18;
        }
        if (const auto* run = runOf(item)) return stateShape(*run, inside);
        kindShape(*item.node, QPointF(inside.left() + 7, inside.center().y()));
        return 24;
    }

    double stateShape(const NodeRun& run, const QRectF& row) {
        paintStatusShape(m_painter,
                         QRectF(row.left(), row.center().y() - shapeSize / 2, shapeSize, shapeSize),
                         shownStatus(run));
        return 24;
    }

    void kindShape(const api::GraphNode& node, QPointF at) {
        const QRectF rect(at.x() - 7, at.y() - 7, 14, 14);
        if (node.kind == Kind::sleep || node.kind == Kind::sleepUntil)
            return paintStatusShape(m_painter, rect, {api::Status::waiting, true});
        if (node.kind == Kind::waitForEvent)
            return paintStatusShape(m_painter, rect, {api::Status::waiting, false});
        m_painter.setPen(QPen(color(Token::mute), 1.5));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 2.5, 2.5);
    }

    void words(int id, const Item& item, QRectF inside) {
        const auto* run = runOf(item);
        if (run != nullptr && run->count > 1) inside.setRight(inside.right() - count(run->count, inside));
        const QString second = run != nullptr ? secondLine(item, *run) : item.subtitle;
        m_painter.setFont(Theme::get().body());
        m_painter.setPen(color(isMuted(id) ? Token::mute : Token::text));
        const double half = inside.height() / 2;
        elided(second.isEmpty() ? inside : QRectF(inside.left(), inside.top(), inside.width(), half),
               item.title);
        if (second.isEmpty()) return;
        m_painter.setFont(Theme::get().axis());
        m_painter.setPen(color(Token::mute));
        elided(QRectF(inside.left(), inside.top() + half, inside.width(), half), second);
    }

    static QString secondLine(const Item& item, const NodeRun& run) {
        QStringList parts{stateWord(&run)};
        if (run.took.count() > 0) parts << format::duration(run.took);
        if (run.failedAttempts > 0)
            parts << (run.failedAttempts == 1 ? tr("1 failure") : tr("%1 failures").arg(run.failedAttempts));
        else if (item.node->kind != Kind::stepDo && run.took.count() == 0 && !item.subtitle.isEmpty())
            parts << item.subtitle;
        return parts.join(QStringLiteral(" · "));
    }

    double count(int times, const QRectF& inside) {
        const QString text = QStringLiteral("×%1").arg(format::number(times));
        m_painter.setFont(Theme::get().axis());
        const double width = m_painter.fontMetrics().horizontalAdvance(text) + 12;
        const QRectF pill(inside.right() - width, inside.center().y() - 9, width, 18);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(color(Token::line2));
        m_painter.drawRoundedRect(pill, 9, 9);
        m_painter.setPen(color(Token::text));
        m_painter.drawText(pill, Qt::AlignCenter, text);
        return width + 6;
    }

    const NodeRun* runOf(const Item& item) const {
        return item.node != nullptr && isStep(*item.node) ? m_scene.run.of(item.node) : nullptr;
    }

    void elided(const QRectF& rect, const QString& text) {
        m_painter.drawText(
            rect, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
            m_painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(rect.width())));
    }

    QPainter& m_painter;
    const Scene& m_scene;
    const double m_hair;
};

void addStepFacts(timeline::CardText& card, const api::GraphNode& node) {
    const auto fact = [&](const char* name, const QString& value) {
        if (!value.isEmpty()) card.facts.emplace_back(tr(name), value);
    };
    if (node.kind == Kind::stepDo) {
        fact("Retries", node.retryLimit.empty()
                            ? QString()
                            : tr("%1 at most, %2, %3")
                                  .arg(toQt(node.retryLimit), span(node.retryDelay), toQt(node.backoff)));
        fact("Timeout", span(node.timeout));
    } else if (node.kind == Kind::waitForEvent) {
        fact("Event", toQt(node.detail));
        fact("Timeout", span(node.timeout));
    } else {
        fact(node.kind == Kind::sleep ? "Sleeps" : "Until", span(node.detail));
    }
}

}  // namespace

void paintScene(QPainter& painter, const Scene& scene, const QRectF& exposed, double scale) {
    painter.setRenderHint(QPainter::Antialiasing);
    ScenePainter(painter, scene, scale).paint(exposed);
}

ShownStatus shownStatus(const NodeRun& run) {
    return {run.status, run.isSleeping};
}

QString stateWord(const NodeRun* run) {
    if (run == nullptr) return tr("Not reached");
    return run->isRetrying ? tr("Retrying") : statusWord(shownStatus(*run));
}

timeline::CardText cardFor(const Scene& scene, const Item& item) {
    timeline::CardText card;
    card.title = item.title;
    if (item.node == nullptr) return card;
    if (const auto kind = kindOf(*item.node); !kind.isEmpty() && !isStep(*item.node))
        card.facts.emplace_back(tr("What"), kind);
    if (item.canToggle) card.facts.emplace_back(tr("Enter"), item.isOpen ? tr("closes it") : tr("opens it"));
    if (!isStep(*item.node)) return card;
    if (scene.hasRun()) {
        const auto* run = scene.run.of(item.node);
        card.status = run != nullptr ? shownStatus(*run) : ShownStatus{api::Status::queued};
        card.word = stateWord(run);
        if (run != nullptr) {
            if (run->count > 1) card.facts.emplace_back(tr("Ran"), tr("%1 times").arg(run->count));
            card.facts.emplace_back(run->count > 1 ? tr("Steps") : tr("Step"),
                                    run->names.join(", ").left(200));
            if (run->failedAttempts > 0)
                card.facts.emplace_back(tr("Failed attempts"), format::number(run->failedAttempts));
            if (run->took.count() > 0) card.facts.emplace_back(tr("Took"), format::duration(run->took));
        }
    }
    addStepFacts(card, *item.node);
    return card;
}

}  // namespace stepwell::graph
