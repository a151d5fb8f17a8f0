#pragma once

#include "models/graphql/answer.h"

#include <QAbstractTableModel>

#include <memory>

namespace stepwell {

/// A list of an answer as it came, sortable by its columns.
class AnswerTableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    using QAbstractTableModel::QAbstractTableModel;

    void setTable(std::shared_ptr<const graphql::AnswerTable> table);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

  private:
    std::shared_ptr<const graphql::AnswerTable> table_;
    std::vector<std::size_t> order_;
};

}  // namespace stepwell
