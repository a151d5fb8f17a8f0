#include "models/list_model.h"

namespace stepwell {

ListModel::ListModel(std::vector<Column> columns, QObject* parent)
    : QAbstractTableModel(parent)
    , m_columns(std::move(columns)) {}

int ListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : rows();
}

int ListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant ListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rows() || index.column() >= columnCount()) return {};
    if (role == Qt::TextAlignmentRole) {
        const auto alignment = m_columns[static_cast<std::size_t>(index.column())].alignment;
        return QVariant::fromValue(alignment);
    }
    return value(index.row(), index.column(), role);
}

QVariant ListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const auto& column = m_columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole) return column.title;
    if (role == Qt::TextAlignmentRole) return QVariant::fromValue(column.alignment);
    return {};
}

void ListModel::setState(LoadState state, std::optional<api::Error> error) {
    if (state == m_state && error == m_error) return;
    m_state = state;
    m_error = std::move(error);
    emit stateChanged();
}

}  // namespace stepwell
