#pragma once

#include "models/api/graph.h"

#include <QPointF>
#include <QRectF>
#include <QString>

#include <optional>
#include <set>
#include <vector>

/// The diagram of a step graph: where everything stands. Values only; knows no widget and no theme.
namespace stepwell::graph {

/// Lengths of the diagram, in its own units: pixels at 100 %.
namespace metrics {
inline constexpr double stepWidth = 184;
inline constexpr double stepHeight = 48;
inline constexpr double gap = 32;        ///< between what follows each other
inline constexpr double rowGap = 14;     ///< between what runs side by side
inline constexpr double padding = 14;    ///< inside frames
inline constexpr double frameHead = 26;  ///< for the title of a frame
inline constexpr double bend = 14;       ///< where lines turn, from a fork or before a join
}  // namespace metrics

struct Item {
    enum class Kind { start, end, step, call, stop, frame };
    Kind kind = Kind::step;
    QRectF rect;
    QString title;
    QString subtitle;                      ///< a second, quieter line
    const api::GraphNode* node = nullptr;  ///< of the graph; null for start, end and the frame of `finally`
    QString path;                          ///< names it again in a new layout of the same graph
    int parent = -1;                       ///< the frame it stands in
    int last = -1;                         ///< of a frame: the last item inside
    bool canToggle = false;                ///< a function that can be opened or closed
    bool isOpen = false;
};

/// From left to right, with a bend where both ends are not on one height.
struct Line {
    QPointF from;
    QPointF to;
    double bendAt = 0;
    bool hasArrow = false;
    bool isDashed = false;  ///< on a failure, or for a step that nobody waits for
    int fromItem = -1;      ///< at its ends; -1: a fork, a join or the border of a frame
    int toItem = -1;
};

/// How the code flows through the items: a tree, from which the way of a run is told.
struct Part {
    enum class Kind {
        item,
        sequence,  ///< parts one after the other
        parallel,  ///< parts side by side, all of them
        choice,    ///< one of the parts
        attempt,   ///< the first; when it fails, the second
        frame,     ///< one part inside
        way,       ///< nothing but a line
    };
    Kind kind = Kind::item;
    int item = -1;                    ///< of item and frame
    std::pair<int, int> items{0, 0};  ///< all in it, up to but not including the second
    bool ends = false;                ///< nothing of the same flow comes after
    std::vector<int> parts;           ///< indices of the layout's
    int in = -1;                      ///< the line that leads here, and the one that leads on to a join
    int out = -1;                     ///< or a border
    int own = -1;                     ///< of a way: its line
};

struct Caption {
    QRectF rect;
    QString text;
    int item = -1;  ///< first item of the row it names
};

struct Layout {
    std::vector<Item> items;  ///< in reading order; frames before what is in them
    std::vector<Line> lines;
    std::vector<Caption> captions;
    std::vector<QPointF> forks;  ///< where the way is chosen
    std::vector<Part> parts;
    int root = -1;  ///< the part that holds all the others
    QRectF bounds;

    /// Topmost item at the place, -1 when there is none.
    int itemAt(QPointF at) const;
    int find(const QString& path) const;
    /// One line per item, for tests.
    QString asText() const;
};

/// `toggled`: paths of functions that are not as they are by default. Small graphs start with their functions
/// open, others with them closed; a function inside itself is always closed. The layout points into the
/// graph.
Layout layOut(const api::Graph& graph, const std::set<QString>& toggled = {});

/// The item that the arrow key leads to, -1 when there is none. Frames that stand for nothing but their
/// content are passed over.
int neighbour(const Layout& layout, int from, Qt::Key key);
bool isSelectable(const Item& item);

/// Steps, functions' own included once.
int stepCount(const api::Graph& graph);

}  // namespace stepwell::graph
