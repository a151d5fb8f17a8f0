#pragma once

#include "models/api/types.h"
#include "widgets/row_delegate.h"

namespace stepwell {

/// Rows of InstancesModel. Rows that are not loaded yet are quiet bars.
class InstanceDelegate : public RowDelegate {
    Q_OBJECT
  public:
    static constexpr int rowHeight = 36;
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;
};

/// The little bar of a run: a segment per step, its width by the logarithm of its time, all within `area`.
void paintGlimpse(QPainter& painter, const QRect& area, const std::vector<api::StepGlimpse>& steps);

}  // namespace stepwell
