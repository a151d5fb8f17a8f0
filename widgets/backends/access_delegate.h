#pragma once

#include "widgets/row_delegate.h"

namespace stepwell {

/// Rows of tokens and of the audit log: the first column strong, times as people say them, a state with its
/// shape. Which roles and columns those are is told at the start.
class AccessDelegate final : public RowDelegate {
    Q_OBJECT
  public:
    struct Columns {
        int strong;
        int state;
        int stateRole;  ///< true: well; false: not; nothing: unknown
        int timeRole;
        QList<int> mono;
    };
    AccessDelegate(TableView* view, Columns columns);

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;

  private:
    Columns columns_;
};

}  // namespace stepwell
