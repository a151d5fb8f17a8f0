#pragma once

#include "models/graph/layout.h"
#include "models/graph/way.h"
#include "widgets/timeline/hover_card.h"

class QPainter;

namespace stepwell::graph {

/// What is painted: a layout and, where there is a run, its way through it.
struct Scene {
    const Layout& layout;
    const RunStates& run;
    const Way& way;
    int selected = -1;
    int hovered = -1;
    bool hasFocus = false;

    bool hasRun() const { return !way.items.empty(); }
    bool isReached(int item) const {
        return !hasRun() || (item >= 0 && way.items[static_cast<std::size_t>(item)]);
    }
};

/// Paints what meets `exposed`, all in units of the layout; `scale` keeps hairlines fine.
void paintScene(QPainter& painter, const Scene& scene, const QRectF& exposed, double scale);

/// What a card says about an item.
timeline::CardText cardFor(const Scene& scene, const Item& item);
/// "Complete", "Not reached", "Retrying", ...
QString stateWord(const NodeRun* run);
ShownStatus shownStatus(const NodeRun& run);

}  // namespace stepwell::graph
