#include "widgets/analytics/answer_table_model.h"

#include "models/text.h"
#include "widgets/theme.h"

#include <algorithm>
#include <numeric>

namespace stepwell {

void AnswerTableModel::setTable(std::shared_ptr<const graphql::AnswerTable> table) {
    beginResetModel();
    table_ = std::move(table);
    order_.resize(table_ ? table_->rows.size() : 0);
    std::iota(order_.begin(), order_.end(), std::size_t(0));
    endResetModel();
}

int AnswerTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(order_.size());
}

int AnswerTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || !table_ ? 0 : static_cast<int>(table_->columns.size());
}

QVariant AnswerTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !table_) return {};
    const auto column = static_cast<std::size_t>(index.column());
    const auto& cell = table_->rows[order_[static_cast<std::size_t>(index.row())]][column];
    switch (role) {
    case Qt::DisplayRole:
        return cell.kind == graphql::Cell::Kind::none ? QStringLiteral("–") : toQt(cell.text);
    case Qt::ToolTipRole:
        return cell.text.size() > 30 ? toQt(cell.text).toHtmlEscaped() : QVariant();
    case Qt::FontRole:
        return Theme::get().mono(12);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(
            (table_->columns[column].numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case Qt::ForegroundRole:
        return Theme::get().color(cell.kind == graphql::Cell::Kind::none ? Token::mute : Token::text);
    default:
        return {};
    }
}

QVariant AnswerTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || !table_ || section < 0 || section >= columnCount()) return {};
    const auto& column = table_->columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return toQt(column.name);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((column.numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    return {};
}

void AnswerTableModel::sort(int column, Qt::SortOrder order) {
    if (!table_ || column < 0 || column >= columnCount()) return;
    emit layoutAboutToBeChanged();
    const auto at = static_cast<std::size_t>(column);
    const bool numeric = table_->columns[at].numeric;
    std::iota(order_.begin(), order_.end(), std::size_t(0));
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
        const auto& one = table_->rows[order == Qt::AscendingOrder ? a : b][at];
        const auto& other = table_->rows[order == Qt::AscendingOrder ? b : a][at];
        return numeric ? one.number < other.number : one.text < other.text;
    });
    emit layoutChanged();
}

}  // namespace stepwell
