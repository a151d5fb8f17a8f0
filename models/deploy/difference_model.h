#pragma once

#include "models/site/difference.h"

#include <QAbstractTableModel>

#include <memory>
#include <set>

namespace stepwell {

/// The changes of a difference, one a row; kinds of change can be left out. GUI thread.
class DifferenceModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { sign, path, size, columnCountOf };
    enum Role { changeRole = Qt::UserRole };  ///< site::Change as an int

    using QAbstractTableModel::QAbstractTableModel;

    void setDifference(std::shared_ptr<const site::Difference> difference);
    /// Shows only these kinds; empty: all.
    void setShown(std::set<site::Change> kinds);
    /// Null for a row that is none.
    const site::FileChange* at(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    void pick();

    std::shared_ptr<const site::Difference> m_difference;
    std::set<site::Change> m_kinds;
    std::vector<std::uint32_t> m_rows;  ///< indices of what is shown
};

/// "added", "changed", "moved", "removed".
QString changeWord(site::Change change);
/// "+", "~", "→", "−".
QString changeSign(site::Change change);

}  // namespace stepwell
