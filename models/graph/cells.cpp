#include "models/graph/cells.h"

#include "models/graph/words.h"
#include "models/text.h"

#include <algorithm>

namespace stepwell::graph {

using Kind = api::GraphNode::Kind;
using Nodes = std::vector<api::GraphNode>;

namespace {

constexpr int smallGraph = 40;  // steps up to which functions start open
constexpr int deepest = 60;
constexpr double stopWidth = 116;
constexpr double stopHeight = 28;
constexpr double terminalWidth = 56;
constexpr double wayHeight = 26;
constexpr double mostNameWidth = 190;

Cell itemCell(Item item, double width, double height) {
    Cell cell;
    cell.kind = Cell::Kind::item;
    cell.item = std::move(item);
    cell.width = width;
    cell.height = height;
    cell.axis = height / 2;
    return cell;
}

Cell wayCell() {
    Cell cell;
    cell.kind = Cell::Kind::way;
    cell.width = metrics::stepWidth / 2;
    cell.height = wayHeight;
    cell.axis = wayHeight / 2;
    return cell;
}

Cell sequenceCell(std::vector<Cell> cells) {
    if (cells.empty()) return wayCell();
    if (cells.size() == 1) return std::move(cells.front());
    Cell cell;
    for (const auto& part : cells) {
        cell.width += part.width + (cell.width > 0 ? metrics::gap : 0);
        cell.axis = std::max(cell.axis, part.axis);
    }
    for (const auto& part : cells)
        cell.height = std::max(cell.height, cell.axis + part.height - part.axis);
    cell.ends = cells.back().ends;
    cell.isAwaited = cells.back().isAwaited;
    cell.cells = std::move(cells);
    return cell;
}

/// A good guess is enough: captions are elided to what they get.
double nameWidth(const QString& name) {
    return name.isEmpty() ? 0 : std::min(mostNameWidth, 14.0 + 6.4 * static_cast<double>(name.size()));
}

Cell forkCell(std::vector<Cell> rows, std::vector<QString> names, std::vector<bool> failing, bool isChoice) {
    Cell cell;
    cell.kind = Cell::Kind::fork;
    cell.isChoice = isChoice;
    for (const auto& name : names)
        cell.nameWidth = std::max(cell.nameWidth, nameWidth(name));
    cell.ends = isChoice;
    double widest = 0;
    for (const auto& row : rows) {
        cell.height += row.height + (cell.height > 0 ? metrics::rowGap : 0);
        widest = std::max(widest, row.width);
        cell.ends = cell.ends && row.ends;
    }
    cell.axis = rows.front().axis;
    cell.width = widest + cell.nameWidth + 4 * metrics::bend;
    cell.cells = std::move(rows);
    cell.names = std::move(names);
    cell.failing = std::move(failing);
    return cell;
}

Cell frameCell(Item item, Cell inner) {
    Cell cell;
    cell.kind = Cell::Kind::frame;
    item.kind = Item::Kind::frame;
    cell.item = std::move(item);
    cell.width = std::max(inner.width, 120.0) + 2 * metrics::padding + 2 * metrics::bend;
    cell.height = inner.height + metrics::frameHead + metrics::padding;
    cell.axis = metrics::frameHead + inner.axis;
    cell.ends = inner.ends;
    cell.cells.push_back(std::move(inner));
    return cell;
}

class CellMaker {
  public:
    CellMaker(const api::Graph& graph, const std::set<QString>& toggled)
        : m_graph(graph)
        , m_toggled(toggled)
        , m_startsOpen(stepCount(graph) <= smallGraph) {}

    std::vector<Cell> cells(const Nodes& nodes, const QString& path) {
        std::vector<Cell> result;
        if (path.count(QLatin1Char('/')) > deepest) return result;
        for (std::size_t i = 0; i < nodes.size();) {
            const auto end = overlapFrom(nodes, i);
            if (end - i > 1)
                result.push_back(overlap(nodes, i, end, path));
            else
                result.push_back(cell(nodes[i], path + QString::number(i)));
            i = std::max(end, i + 1);
        }
        return result;
    }

  private:
    static std::size_t overlapFrom(const Nodes& nodes, std::size_t first) {
        std::size_t end = first;
        while (end < nodes.size() && nodes[end].starts)
            ++end;
        return end;
    }

    /// Steps with moments: one row for each that runs beside the others; what starts when a row has come to
    /// its end goes on in that row.
    Cell overlap(const Nodes& nodes, std::size_t first, std::size_t end, const QString& path) {
        struct Row {
            std::vector<Cell> cells;
            std::optional<int> free;
        };
        std::vector<Row> rows;
        for (std::size_t i = first; i < end; ++i) {
            auto place = std::find_if(rows.rbegin(), rows.rend(), [&](const Row& row) {
                return row.free && *row.free <= *nodes[i].starts;
            });
            if (place == rows.rend()) {
                rows.emplace_back();
                place = rows.rbegin();
            }
            place->cells.push_back(cell(nodes[i], path + QString::number(i)));
            place->cells.back().isAwaited = nodes[i].resolves.has_value();
            place->free = nodes[i].resolves;
        }
        std::vector<Cell> cells;
        for (auto& row : rows)
            cells.push_back(sequenceCell(std::move(row.cells)));
        if (cells.size() == 1) return std::move(cells.front());
        return forkCell(std::move(cells), {}, {}, false);
    }

    Item itemOf(const api::GraphNode& node, const QString& path, Item::Kind kind) {
        Item item;
        item.kind = kind;
        item.node = &node;
        item.path = path;
        item.title = titleOf(node);
        item.subtitle = subtitleOf(node);
        return item;
    }

    Cell inner(const Nodes& nodes, const QString& path) { return sequenceCell(cells(nodes, path + '/')); }

    Cell cell(const api::GraphNode& node, const QString& path) {
        switch (node.kind) {
        case Kind::loop:
            return frameCell(itemOf(node, path, Item::Kind::frame), inner(node.nodes, path));
        case Kind::parallel:
            return frameCell(itemOf(node, path, Item::Kind::frame), sideBySide(node, path));
        case Kind::block:
            return inner(node.nodes, path);
        case Kind::branch:
        case Kind::choice:
            return choice(node, path);
        case Kind::tryCatch:
            return tryCell(node, path);
        case Kind::call:
            return call(node, path);
        case Kind::breakLoop:
        case Kind::returnNow: {
            auto stop = itemCell(itemOf(node, path, Item::Kind::stop), stopWidth, stopHeight);
            stop.ends = true;
            return stop;
        }
        default:
            break;
        }
        if (!node.nodes.empty())
            return frameCell(itemOf(node, path, Item::Kind::frame), inner(node.nodes, path));
        return itemCell(itemOf(node, path, Item::Kind::step), metrics::stepWidth, metrics::stepHeight);
    }

    Cell sideBySide(const api::GraphNode& node, const QString& path) {
        std::vector<Cell> rows;
        for (std::size_t i = 0; i < node.nodes.size(); ++i)
            rows.push_back(cell(node.nodes[i], path + '/' + QString::number(i)));
        if (rows.size() <= 1) return sequenceCell(std::move(rows));
        return forkCell(std::move(rows), {}, {}, false);
    }

    Cell choice(const api::GraphNode& node, const QString& path) {
        std::vector<Cell> rows;
        std::vector<QString> names;
        bool isWhole = false;
        for (std::size_t i = 0; i < node.branches.size(); ++i) {
            const auto& branch = node.branches[i];
            isWhole = isWhole || branch.condition.empty();
            rows.push_back(inner(branch.nodes, path + '/' + QString::number(i)));
            names.push_back(nameOf(node, branch));
        }
        if (!isWhole) {
            rows.push_back(wayCell());
            names.push_back(QStringLiteral("else"));
        }
        return forkCell(std::move(rows), std::move(names), {}, true);
    }

    static QString nameOf(const api::GraphNode& node, const api::GraphBranch& branch) {
        if (branch.condition.empty()) return QStringLiteral("else");
        const auto condition = toQt(branch.condition);
        return node.kind == Kind::choice ? QStringLiteral("%1: %2").arg(toQt(node.name), condition)
                                         : condition;
    }

    Cell tryCell(const api::GraphNode& node, const QString& path) {
        std::vector<Cell> rows;
        std::vector<Cell> after;
        for (std::size_t i = 0; i < node.branches.size(); ++i) {
            const auto& branch = node.branches[i];
            const auto at = path + '/' + QString::number(i);
            if (branch.nodes.empty() && branch.condition != "try") continue;
            if (branch.condition == "finally") {
                Item item;
                item.title = QStringLiteral("Finally");
                item.path = at;
                after.push_back(frameCell(std::move(item), inner(branch.nodes, at)));
            } else {
                rows.push_back(inner(branch.nodes, at));
            }
        }
        if (rows.empty()) rows.push_back(wayCell());
        std::vector<Cell> parts;
        if (rows.size() == 1)
            parts.push_back(std::move(rows.front()));
        else
            parts.push_back(
                forkCell(std::move(rows), {QString(), QStringLiteral("on error")}, {false, true}, true));
        for (auto& cell : after)
            parts.push_back(std::move(cell));
        return frameCell(itemOf(node, path, Item::Kind::frame), sequenceCell(std::move(parts)));
    }

    Cell call(const api::GraphNode& node, const QString& path) {
        auto item = itemOf(node, path, Item::Kind::call);
        const auto found = m_graph.functions.find(node.name);
        const bool isInside = std::find(m_inside.begin(), m_inside.end(), node.name) != m_inside.end();
        item.canToggle = found != m_graph.functions.end() && !isInside;
        item.isOpen = item.canToggle && m_startsOpen != m_toggled.contains(path);
        if (!item.isOpen) return itemCell(std::move(item), metrics::stepWidth, metrics::stepHeight);
        m_inside.push_back(node.name);
        auto cell = frameCell(std::move(item), inner(found->second, path));
        m_inside.pop_back();
        cell.ends = false;  // its `return` ends the function only
        return cell;
    }

    const api::Graph& m_graph;
    const std::set<QString>& m_toggled;
    const bool m_startsOpen;
    std::vector<std::string> m_inside;
};

Cell terminal(Item::Kind kind, const QString& title) {
    Item item;
    item.kind = kind;
    item.title = title;
    item.path = title;
    return itemCell(std::move(item), terminalWidth, stopHeight);
}

int stepsIn(const Nodes& nodes) {
    int count = 0;
    for (const auto& node : nodes) {
        count += (isStep(node) ? 1 : 0) + stepsIn(node.nodes);
        for (const auto& branch : node.branches)
            count += stepsIn(branch.nodes);
    }
    return count;
}

}  // namespace

int stepCount(const api::Graph& graph) {
    int count = stepsIn(graph.nodes);
    for (const auto& [key, nodes] : graph.functions)
        count += stepsIn(nodes);
    return count;
}

Cell cellOf(const api::Graph& graph, const std::set<QString>& toggled) {
    std::vector<Cell> cells;
    cells.push_back(terminal(Item::Kind::start, QStringLiteral("Start")));
    for (auto& cell : CellMaker(graph, toggled).cells(graph.nodes, {}))
        cells.push_back(std::move(cell));
    if (!cells.back().ends) cells.push_back(terminal(Item::Kind::end, QStringLiteral("End")));
    return sequenceCell(std::move(cells));
}

}  // namespace stepwell::graph
