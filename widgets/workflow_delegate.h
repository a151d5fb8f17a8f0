#pragma once

#include "widgets/row_delegate.h"

namespace stepwell {

/// Rows of WorkflowsModel, two lines high: name over class and script, bars of 24 hours, counts with their
/// shapes.
class WorkflowDelegate : public RowDelegate {
    Q_OBJECT
  public:
    static constexpr int rowHeight = 55;
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;

  private:
    static Cell withNote(const Cell& cell, const QModelIndex& index, api::Status status);
    static Cell withOthers(const Cell& cell, const QModelIndex& index);
    static Cell noted(const Cell& cell, const QString& words);
    void paintName(const Cell& cell, const QModelIndex& index) const;
    void paintActivity(const Cell& cell, const QModelIndex& index) const;
    void paintCount(const Cell& cell, const QModelIndex& index, api::Status status) const;
};

}  // namespace stepwell
