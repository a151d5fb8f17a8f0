#pragma once

#include "models/api/error.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace stepwell {

/// loading: nothing to show yet. ready: what is shown is what the backend said last. failed: `error` says why
/// and nothing is shown, or what was shown is old. A failed load is never an empty list.
enum class LoadState { idle, loading, ready, failed };

/// The item-model contract of all tables, once: a concrete model lists its columns and gives the values of a
/// row. GUI thread only, like its children.
class ListModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    struct Column {
        QString title;
        Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    };

    ListModel(std::vector<Column> columns, QObject* parent);

    LoadState state() const { return m_state; }
    /// Set while `state` is failed.
    const std::optional<api::Error>& error() const { return m_error; }

    int rowCount(const QModelIndex& parent = {}) const final;
    int columnCount(const QModelIndex& parent = {}) const final;
    QVariant data(const QModelIndex& index, int role) const final;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const final;

  signals:
    void stateChanged();

  protected:
    virtual int rows() const = 0;
    /// Any role but alignment; `row` and `column` are in range.
    virtual QVariant value(int row, int column, int role) const = 0;

    void setState(LoadState state, std::optional<api::Error> error = {});
    /// Makes of `rows` what `fresh` holds; both are sorted by `less`, which tells no two of a list the same.
    /// One walk inserts, removes and updates in place, so rows keep their identity.
    template <class Row, class Less>
    void merge(std::vector<Row>& rows, std::vector<Row> fresh, Less less);

  private:
    std::vector<Column> m_columns;
    LoadState m_state = LoadState::idle;
    std::optional<api::Error> m_error;
};

template <class Row, class Less>
void ListModel::merge(std::vector<Row>& rows, std::vector<Row> fresh, Less less) {
    int at = 0;
    const auto here = [&] { return rows.begin() + at; };
    for (auto& row : fresh) {
        while (here() != rows.end() && less(*here(), row)) {
            beginRemoveRows({}, at, at);
            rows.erase(here());
            endRemoveRows();
        }
        if (here() != rows.end() && !less(row, *here())) {
            *here() = std::move(row);
            emit dataChanged(index(at, 0), index(at, columnCount() - 1));
        } else {
            beginInsertRows({}, at, at);
            rows.insert(here(), std::move(row));
            endInsertRows();
        }
        ++at;
    }
    if (here() == rows.end()) return;
    beginRemoveRows({}, at, static_cast<int>(rows.size()) - 1);
    rows.erase(here(), rows.end());
    endRemoveRows();
}

}  // namespace stepwell
