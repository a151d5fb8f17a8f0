#pragma once

#include "models/analytics/export.h"
#include "widgets/theme.h"

#include <QSet>
#include <QSizeF>

class QPainter;

/// Charts on paper: always in the light colours, as vectors, drawn from values alone. Safe on any thread,
/// unlike the widgets of the page.
namespace stepwell::analytics {

/// Fonts and colours that were asked of the theme on the GUI thread.
struct PaperStyle {
    QString family;
    /// GUI thread.
    static PaperStyle current();
};

/// Words on paper, in the light colours.
class PaperPen {
  public:
    PaperPen(QPainter& painter, const PaperStyle& style)
        : painter_(painter)
        , style_(style) {}

    static QColor ink(Token token) { return Theme::color(token, false); }
    QFont font(int pixels, QFont::Weight weight = QFont::Normal) const;
    /// Draws a text in a box, shortened with an ellipsis; tells how wide it is.
    double text(const QRectF& box, Qt::Alignment alignment, const QString& words, const QFont& with,
                Token token) const;

  private:
    QPainter& painter_;
    const PaperStyle& style_;
};

/// Title, legend and plot of a chart into `target`; series of the keys in `hidden` are left out.
void paintOnPaper(QPainter& painter, const QRectF& target, const Chart& chart, const QSet<QString>& hidden,
                  const PaperStyle& style);

inline constexpr QSizeF pictureSize{960, 420};

/// The chart as a file of the kind; `scale` is pixels of a PNG for each unit of `size`.
QByteArray pngOf(const Chart& chart, const QSet<QString>& hidden, const PaperStyle& style,
                 QSizeF size = pictureSize, double scale = 2);
QByteArray svgOf(const Chart& chart, const QSet<QString>& hidden, const PaperStyle& style,
                 QSizeF size = pictureSize);
/// A4, upright: title, range, filters and tiles, then all charts, two beside each other; pages are numbered.
QByteArray pdfOf(const Report& report, const PaperStyle& style);

}  // namespace stepwell::analytics
