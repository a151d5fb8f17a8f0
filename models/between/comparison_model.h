#pragma once

#include "models/between/instance_comparison.h"

#include <QAbstractTableModel>

#include <memory>

namespace stepwell {

/// The steps of two instances, aligned, one pair a row. GUI thread.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Step, Left, Right, Difference, columnCountOfAll };
    explicit ComparisonModel(QObject* parent = nullptr);

    struct Compared {
        std::shared_ptr<const api::InstanceDetail> left;  ///< null: nothing is compared
        std::shared_ptr<const api::InstanceDetail> right;
        between::InstanceComparison comparison;
    };
    void set(Compared compared);
    /// Only pairs that differ. Rows are counted anew.
    void setOnlyDifferences(bool only);

    const Compared& compared() const { return m_compared; }
    const api::Step* left(int row) const;
    const api::Step* right(int row) const;
    /// How many of the pairs differ.
    int differences() const { return m_differences; }
    const between::StepPair& pair(int row) const;
    /// Of the longest step of both.
    api::Milliseconds longest() const { return m_longest; }
    /// The row of the first pair that differs; -1: none does.
    int firstDifference() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    void list();
    QString text(int row, int column) const;

    Compared m_compared;
    std::vector<int> m_rows;  ///< the pairs that are shown
    int m_differences = 0;
    api::Milliseconds m_longest{1};
    bool m_onlyDifferences = false;
};

}  // namespace stepwell
