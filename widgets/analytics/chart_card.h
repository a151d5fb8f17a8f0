#pragma once

#include "models/analytics/behind.h"

#include <QFrame>
#include <QSet>

class QLabel;
class QMenu;
class QPainter;
class QToolButton;

namespace stepwell {

class ElidedLabel;

namespace analytics {

class Legend;
class PlotView;

enum class FileKind { csv, json, png, svg };

/// One chart of the page: title, legend whose entries toggle, the plot with its hover card, and a menu. GUI
/// thread.
class ChartCard : public QFrame {
    Q_OBJECT
  public:
    explicit ChartCard(QWidget* parent = nullptr);

    /// Shows these values; which series are toggled off is kept.
    void setChart(std::shared_ptr<const Chart> chart);
    /// What is shown: title, subtitle, series as plain values, the document behind it. Never null.
    const std::shared_ptr<const Chart>& chart() const { return chart_; }
    /// Keys of the series that are toggled off.
    const QSet<QString>& hiddenSeries() const { return hidden_; }
    /// Whether a click on a point leads to the instances behind it.
    void setDrillable(bool drillable);
    /// What stands where the plot would be while the chart has nothing to show.
    void setNothing(const QString& words);
    /// Title, legend and plot into `target`, as vectors where the painter keeps them: for pictures, drawings
    /// and the report. Hover and selection are left out.
    void paintInto(QPainter& painter, const QRectF& target) const;
    /// "Show the query behind this chart" and the exports.
    QMenu* menu() const { return menu_; }
    PlotView* plot() const { return plot_; }
    Legend* legend() const { return legend_; }

  signals:
    void queryRequested(const stepwell::GraphqlQuery& query);
    void exportRequested(stepwell::analytics::FileKind kind);
    /// Dragged over, or chosen with Shift and the arrow keys.
    void rangePicked(stepwell::api::Time from, stepwell::api::Time to);
    void spotChosen(const stepwell::analytics::Spot& spot);

  private:
    void layOut();
    void makeMenu();
    void apply();

    std::shared_ptr<const Chart> chart_;
    QSet<QString> hidden_;
    QLabel* title_;
    ElidedLabel* subtitle_;
    QToolButton* more_;
    QMenu* menu_;
    Legend* legend_;
    PlotView* plot_;
    QLabel* empty_;
    QString nothing_;
};

}  // namespace analytics
}  // namespace stepwell
