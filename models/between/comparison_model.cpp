#include "models/between/comparison_model.h"

#include "models/visible_text.h"

#include <algorithm>

namespace stepwell {

using between::Likeness;

namespace {

bool differs(const between::StepPair& pair) {
    return pair.likeness != Likeness::same && pair.likeness != Likeness::sameSoFar;
}

}  // namespace

ComparisonModel::ComparisonModel(QObject* parent)
    : QAbstractTableModel(parent) {}

void ComparisonModel::set(Compared compared) {
    beginResetModel();
    m_compared = std::move(compared);
    const auto& pairs = m_compared.comparison.steps;
    m_differences = static_cast<int>(std::count_if(pairs.begin(), pairs.end(), differs));
    m_longest = api::Milliseconds(1);
    for (const auto* instance : {m_compared.left.get(), m_compared.right.get()}) {
        if (instance == nullptr) continue;
        for (const auto& step : instance->steps)
            m_longest = std::max(m_longest, between::durationOf(step).value_or(api::Milliseconds(0)));
    }
    list();
    endResetModel();
}

void ComparisonModel::setOnlyDifferences(bool only) {
    if (only == m_onlyDifferences) return;
    beginResetModel();
    m_onlyDifferences = only;
    list();
    endResetModel();
}

void ComparisonModel::list() {
    m_rows.clear();
    for (std::size_t i = 0; i < m_compared.comparison.steps.size(); ++i)
        if (!m_onlyDifferences || differs(m_compared.comparison.steps[i]))
            m_rows.push_back(static_cast<int>(i));
}

const between::StepPair& ComparisonModel::pair(int row) const {
    return m_compared.comparison.steps[static_cast<std::size_t>(m_rows[static_cast<std::size_t>(row)])];
}

const api::Step* ComparisonModel::left(int row) const {
    const auto& at = pair(row).left;
    return at ? &m_compared.left->steps[*at] : nullptr;
}

const api::Step* ComparisonModel::right(int row) const {
    const auto& at = pair(row).right;
    return at ? &m_compared.right->steps[*at] : nullptr;
}

int ComparisonModel::firstDifference() const {
    for (int row = 0; row < rowCount(); ++row)
        if (differs(pair(row))) return row;
    return -1;
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCountOfAll;
}

QString ComparisonModel::text(int row, int column) const {
    const auto* one = left(row) != nullptr ? left(row) : right(row);
    if (column == Step) return visibleText(QString::fromStdString(one->name));
    if (column != Difference) return {};
    switch (pair(row).likeness) {
    case Likeness::same:
        return tr("same");
    case Likeness::sameSoFar:
        return tr("same, as far as told");
    case Likeness::output:
        return tr("other output");
    case Likeness::outcome:
        return tr("ended otherwise");
    case Likeness::onlyLeft:
        return tr("only on the left");
    case Likeness::onlyRight:
        return tr("only on the right");
    }
    return {};
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    return role == Qt::DisplayRole ? text(index.row(), index.column()) : QVariant();
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Step:
        return tr("Step");
    case Left:
        return tr("Left");
    case Right:
        return tr("Right");
    case Difference:
        return tr("Difference");
    default:
        return {};
    }
}

}  // namespace stepwell
