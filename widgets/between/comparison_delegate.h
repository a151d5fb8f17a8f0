#pragma once

#include "models/between/comparison_model.h"
#include "widgets/row_delegate.h"

namespace stepwell {

/// Rows of two instances side by side: status and duration of either side, with a bar on a scale that both
/// sides share.
class ComparisonDelegate : public RowDelegate {
    Q_OBJECT
  public:
    ComparisonDelegate(const ComparisonModel& model, TableView* view);

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;

  private:
    void paintSide(const Cell& cell, const api::Step* step) const;

    const ComparisonModel& model_;
};

}  // namespace stepwell
