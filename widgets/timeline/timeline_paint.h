#pragma once

#include "models/timeline/zoom.h"
#include "widgets/theme.h"

#include <QColor>
#include <QRectF>

#include <vector>

class QPainter;

/// How rows and bars of a timeline are drawn. Pure painting: what is given is drawn, nothing is kept.
namespace stepwell::timeline {

/// Pixels.
namespace metrics {
inline constexpr int row = 26;
inline constexpr int bar = 14;
inline constexpr int thinBar = 6;
inline constexpr int minimap = 36;
inline constexpr int axis = 30;
inline constexpr int side = 14;  ///< free space left of labels and right of the plot
inline constexpr double narrowest = 3;
}  // namespace metrics

/// Where the columns are in a view of this width.
struct Columns {
    explicit Columns(int viewWidth);
    int plot = 0;   ///< left edge of the bars
    int width = 1;  ///< of the bars
    int right() const { return plot + width; }
};

/// What a row is drawn with.
struct RowScene {
    const Layout& layout;
    const Zoom& zoom;
    Columns columns;
    Moment now{0};
};

QColor colorOf(const Bar& bar);
/// For words on a bar that is filled with a status colour.
QColor onStatusColor();

/// The visible marks of a row, x from the left edge of the view.
std::vector<Mark> marksOf(const RowScene& scene, const Row& row);
void paintLabel(QPainter& painter, const RowScene& scene, const Row& row, int top);
void paintMarks(QPainter& painter, const RowScene& scene, const Row& row, const std::vector<Mark>& marks,
                int top);
/// Vertical lines at the ticks and the marks where idle time is left out.
void paintGrid(QPainter& painter, const RowScene& scene, int height);
/// The dashed line; nothing when the run is over or now is out of view.
void paintNow(QPainter& painter, const RowScene& scene, int height);
/// Ticks and their labels, for the strip above the rows.
void paintAxis(QPainter& painter, const RowScene& scene, int height);

/// Where the triangle of a group is, for clicks on it.
QRect triangleRect(const Row& row, int top);

}  // namespace stepwell::timeline
