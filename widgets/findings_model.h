#pragma once

#include "widgets/command_palette.h"

#include <QAbstractListModel>
#include <QStyledItemDelegate>

namespace stepwell {

/// What the palette found; a short list, replaced as a whole.
class FindingsModel : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;
    void set(std::vector<Finding> findings);
    const Finding& at(int row) const { return findings_.at(static_cast<std::size_t>(row)); }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    std::vector<Finding> findings_;
};

/// Title left, what it is in muted words, the key right.
class FindingDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    static constexpr int rowHeight = 34;
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

}  // namespace stepwell
