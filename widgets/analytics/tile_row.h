#pragma once

#include "models/analytics/page_data.h"
#include "widgets/analytics/stat_tile.h"

#include <QWidget>

class QGridLayout;

namespace stepwell::analytics {

/// The figures at the head of the page, beside each other, or in two lines where there is less room.
class TileRow : public QWidget {
    Q_OBJECT
  public:
    explicit TileRow(QWidget* parent = nullptr);
    void show(const PageData& page);
    /// What the load would cost, from outside: "$1.84 / month", "free plan: $0". Empty: no such tile.
    void setCost(const QString& value, const QString& note);
    /// Those that are shown.
    QList<StatTile*> tiles() const;

  signals:
    void costRequested();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void arrange();

    QGridLayout* grid_;
    StatTile* instances_;
    StatTile* success_;
    StatTile* wall_;
    StatTile* cpu_;
    StatTile* retries_;
    StatTile* cost_;
    int columns_ = 0;
};

/// "+8 %"; empty when nothing can be compared.
QString relativeChange(double now, double before);

}  // namespace stepwell::analytics
