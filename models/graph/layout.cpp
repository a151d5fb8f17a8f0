#include "models/graph/layout.h"

#include "models/graph/cells.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace stepwell::graph {

namespace {

/// Where a line can start or end: a point, and the item it belongs to.
struct Port {
    QPointF at;
    int item = -1;
    bool isOpen = true;  ///< false: nothing goes on from here
    bool isAwaited = true;
};

struct Placed {
    Port in;
    Port out;
    int part = -1;
};

Part::Kind kindOf(const Cell& cell) {
    switch (cell.kind) {
    case Cell::Kind::item:
        return Part::Kind::item;
    case Cell::Kind::sequence:
        return Part::Kind::sequence;
    case Cell::Kind::fork:
        return !cell.isChoice         ? Part::Kind::parallel
               : cell.failing.empty() ? Part::Kind::choice
                                      : Part::Kind::attempt;
    case Cell::Kind::frame:
        return Part::Kind::frame;
    case Cell::Kind::way:
        break;
    }
    return Part::Kind::way;
}

class Placer {
  public:
    Layout result;

    Placed place(const Cell& cell, double x, double y, int parent) {
        const auto id = static_cast<int>(result.parts.size());
        result.parts.emplace_back();
        Part part;
        part.kind = kindOf(cell);
        part.ends = cell.ends;
        part.items.first = static_cast<int>(result.items.size());
        auto placed = place(cell, x, y, parent, part);
        part.items.second = static_cast<int>(result.items.size());
        result.parts[static_cast<std::size_t>(id)] = std::move(part);
        placed.part = id;
        return placed;
    }

  private:
    Placed place(const Cell& cell, double x, double y, int parent, Part& part) {
        switch (cell.kind) {
        case Cell::Kind::item:
            return placeItem(cell, x, y, parent, part);
        case Cell::Kind::sequence:
            return placeSequence(cell, x, y, parent, part);
        case Cell::Kind::fork:
            return placeFork(cell, x, y, parent, part);
        case Cell::Kind::frame:
            return placeFrame(cell, x, y, parent, part);
        case Cell::Kind::way:
            break;
        }
        const Port here{{x, y + cell.axis}};
        const Port there{{x + cell.width, y + cell.axis}};
        part.own = line(here, there, false);
        return {here, there};
    }

    int add(const Item& item, const QRectF& rect, int parent) {
        result.items.push_back(item);
        result.items.back().rect = rect;
        result.items.back().parent = parent;
        return static_cast<int>(result.items.size()) - 1;
    }

    int line(const Port& from, const Port& to, bool hasArrow) {
        Line made;
        made.from = from.at;
        made.to = to.at;
        made.bendAt = to.at.x() - metrics::bend;
        made.hasArrow = hasArrow && to.item >= 0;
        made.fromItem = from.item;
        made.toItem = to.item;
        made.isDashed = !from.isAwaited;
        result.lines.push_back(made);
        return static_cast<int>(result.lines.size()) - 1;
    }

    Part& partOf(const Placed& placed) { return result.parts[static_cast<std::size_t>(placed.part)]; }

    Placed placeItem(const Cell& cell, double x, double y, int parent, Part& part) {
        const QRectF rect(x, y, cell.width, cell.height);
        part.item = add(cell.item, rect, parent);
        return {{{x, y + cell.axis}, part.item},
                {{rect.right(), y + cell.axis}, part.item, !cell.ends, cell.isAwaited}};
    }

    Placed placeSequence(const Cell& cell, double x, double y, int parent, Part& part) {
        std::optional<Placed> all;
        for (const auto& each : cell.cells) {
            const auto placed = place(each, x, y + cell.axis - each.axis, parent);
            part.parts.push_back(placed.part);
            if (all) {
                if (all->out.isOpen) partOf(placed).in = line(all->out, placed.in, true);
                all->out = placed.out;
            } else {
                all = placed;
            }
            x += each.width + metrics::gap;
        }
        return *all;
    }

    Placed placeFork(const Cell& cell, double x, double y, int parent, Part& part) {
        const Port in{{x, y + cell.axis}};
        const Port out{{x + cell.width, y + cell.axis}, -1, !cell.ends};
        if (part.kind == Part::Kind::choice) result.forks.push_back({x + metrics::bend / 2, in.at.y()});
        const double rowX = x + 2 * metrics::bend + cell.nameWidth;
        double top = y;
        for (std::size_t i = 0; i < cell.cells.size(); ++i) {
            const auto& row = cell.cells[i];
            const auto before = static_cast<int>(result.items.size());
            const auto placed = place(row, rowX, top, parent);
            part.parts.push_back(placed.part);
            const bool onFailure = i < cell.failing.size() && cell.failing[i];
            partOf(placed).in = enterRow(in, placed.in, onFailure);
            if (i < cell.names.size() && !cell.names[i].isEmpty())
                result.captions.push_back({{x + 2 * metrics::bend, top + row.axis - 19, cell.nameWidth, 18},
                                           cell.names[i],
                                           row.kind == Cell::Kind::way ? -1 : before});
            if (placed.out.isOpen) partOf(placed).out = line(placed.out, out, false);
            top += row.height + metrics::rowGap;
        }
        return {in, out};
    }

    int enterRow(const Port& in, const Port& row, bool onFailure) {
        const int id = line(in, row, true);
        auto& entry = result.lines[static_cast<std::size_t>(id)];
        entry.bendAt = in.at.x() + metrics::bend;
        entry.isDashed = onFailure;
        return id;
    }

    Placed placeFrame(const Cell& cell, double x, double y, int parent, Part& part) {
        const QRectF rect(x, y, cell.width, cell.height);
        part.item = add(cell.item, rect, parent);
        const auto& inner = cell.cells.front();
        const Port in{{x, y + cell.axis}, part.item};
        const Port out{{rect.right(), y + cell.axis}, part.item, !cell.ends, cell.isAwaited};
        const double innerX = x + (cell.width - inner.width) / 2;
        const auto placed = place(inner, innerX, y + metrics::frameHead, part.item);
        part.parts = {placed.part};
        partOf(placed).in = line({in.at}, placed.in, true);
        if (placed.out.isOpen) partOf(placed).out = line(placed.out, {out.at}, false);
        result.items.at(static_cast<std::size_t>(part.item)).last = static_cast<int>(result.items.size()) - 1;
        return {in, out};
    }
};

double distance(const QRectF& from, const QRectF& to, bool isSideways) {
    const double dx = std::abs(to.center().x() - from.center().x());
    const double dy = std::abs(to.center().y() - from.center().y());
    return isSideways ? dx + 3 * dy : dy + 2 * dx;
}

}  // namespace

Layout layOut(const api::Graph& graph, const std::set<QString>& toggled) {
    const auto cell = cellOf(graph, toggled);
    Placer placer;
    placer.result.root = placer.place(cell, 0, 0, -1).part;
    placer.result.bounds = QRectF(0, 0, cell.width, cell.height);
    return std::move(placer.result);
}

int Layout::itemAt(QPointF at) const {
    for (int i = static_cast<int>(items.size()) - 1; i >= 0; --i) {
        const auto& item = items[static_cast<std::size_t>(i)];
        const bool isHead = item.kind != Item::Kind::frame || at.y() < item.rect.top() + metrics::frameHead;
        if (item.rect.contains(at) && isHead) return i;
    }
    return -1;
}

int Layout::find(const QString& path) const {
    for (std::size_t i = 0; i < items.size(); ++i)
        if (items[i].path == path) return static_cast<int>(i);
    return -1;
}

bool isSelectable(const Item& item) {
    return item.kind != Item::Kind::start && item.kind != Item::Kind::end && item.node != nullptr;
}

int neighbour(const Layout& layout, int from, Qt::Key key) {
    const bool isSideways = key == Qt::Key_Left || key == Qt::Key_Right;
    const auto isThere = [&](const QRectF& here, const QRectF& there) {
        switch (key) {
        case Qt::Key_Right:
            return there.left() > here.left() + 1 &&
                   (there.left() >= here.right() - 1 || here.contains(there));
        case Qt::Key_Left:
            return there.left() < here.left() - 1 &&
                   (there.right() <= here.left() + 1 || there.contains(here));
        case Qt::Key_Down:
            return there.top() > here.top() + 1 && !there.contains(here);
        default:
            return there.top() < here.top() - 1 && !here.contains(there);
        }
    };
    int best = -1;
    double nearest = 0;
    for (std::size_t i = 0; i < layout.items.size(); ++i) {
        const auto& item = layout.items[i];
        if (static_cast<int>(i) == from || !isSelectable(item)) continue;
        if (from < 0) return static_cast<int>(i);
        const auto& here = layout.items[static_cast<std::size_t>(from)].rect;
        if (!isThere(here, item.rect)) continue;
        const double far = distance(here, item.rect, isSideways);
        if (best < 0 || far < nearest) {
            best = static_cast<int>(i);
            nearest = far;
        }
    }
    return best;
}

QString Layout::asText() const {
    QStringList texts;
    for (const auto& item : items) {
        int depth = 0;
        for (int at = item.parent; at >= 0; at = items[static_cast<std::size_t>(at)].parent)
            ++depth;
        texts << QStringLiteral("%1%2 %3,%4 %5x%6")
                     .arg(QString(2 * depth, QLatin1Char(' ')), item.title)
                     .arg(item.rect.x())
                     .arg(item.rect.y())
                     .arg(item.rect.width())
                     .arg(item.rect.height());
    }
    return texts.join(QLatin1Char('\n'));
}

}  // namespace stepwell::graph
