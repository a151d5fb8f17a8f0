#include "models/deploy/difference_model.h"

#include "models/text.h"

namespace stepwell {

using site::Change;

QString changeWord(Change change) {
    switch (change) {
    case Change::added:
        return DifferenceModel::tr("added");
    case Change::changed:
        return DifferenceModel::tr("changed");
    case Change::moved:
        return DifferenceModel::tr("moved");
    case Change::removed:
        break;
    }
    return DifferenceModel::tr("removed");
}

QString changeSign(Change change) {
    switch (change) {
    case Change::added:
        return QStringLiteral("+");
    case Change::changed:
        return QStringLiteral("~");
    case Change::moved:
        return QStringLiteral("→");
    case Change::removed:
        break;
    }
    return QStringLiteral("−");
}

void DifferenceModel::setDifference(std::shared_ptr<const site::Difference> difference) {
    beginResetModel();
    m_difference = std::move(difference);
    pick();
    endResetModel();
}

void DifferenceModel::setShown(std::set<Change> kinds) {
    if (m_kinds == kinds) return;
    beginResetModel();
    m_kinds = std::move(kinds);
    pick();
    endResetModel();
}

void DifferenceModel::pick() {
    m_rows.clear();
    if (!m_difference) return;
    const auto& changes = m_difference->changes;
    for (std::uint32_t i = 0; i < changes.size(); ++i)
        if (m_kinds.empty() || m_kinds.contains(changes[i].change)) m_rows.push_back(i);
}

const site::FileChange* DifferenceModel::at(const QModelIndex& index) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row >= m_rows.size()) return nullptr;
    return &m_difference->changes[m_rows[row]];
}

int DifferenceModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int DifferenceModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCountOf;
}

QVariant DifferenceModel::data(const QModelIndex& index, int role) const {
    const auto* change = at(index);
    if (change == nullptr) return {};
    if (role == changeRole) return static_cast<int>(change->change);
    const bool isSign = index.column() == sign;
    if (role == Qt::ToolTipRole && isSign) return changeWord(change->change);
    if (role == Qt::AccessibleTextRole && isSign) return changeWord(change->change);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    if (isSign) return changeSign(change->change);
    if (index.column() == path)
        return change->from.empty() ? toQt(change->path)
                                    : toQt(change->from) + QStringLiteral(" → ") + toQt(change->path);
    const auto bytes = [](std::int64_t count) { return QVariant::fromValue<qlonglong>(count); };
    switch (change->change) {
    case Change::changed:
        return QVariantList{bytes(change->sizeBefore), bytes(change->sizeAfter)};
    case Change::removed:
        return QVariantList{bytes(change->sizeBefore)};
    default:
        return QVariantList{bytes(change->sizeAfter)};
    }
}

QVariant DifferenceModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == path ? tr("File") : section == size ? tr("Size") : QString();
}

}  // namespace stepwell
