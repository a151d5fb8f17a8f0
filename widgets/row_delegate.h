#pragma once

#include "widgets/theme.h"

#include <QStyledItemDelegate>

namespace stepwell {

class TableView;

/// What all rows share: background of hover and selection, hairline below, focus mark, text helpers. Concrete
/// delegates paint what is inside a cell from the roles of the model. For views of class TableView.
class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    explicit RowDelegate(TableView* view);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const final;
    /// So that a double click on a column's edge finds a width, and tooltips appear for elided text.
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;

  protected:
    struct Cell {
        QPainter& painter;
        QRect area;  ///< inside the padding
        bool selected;
        bool hovered;
    };
    virtual void paintCell(const Cell& cell, const QModelIndex& index) const = 0;

    static void text(const Cell& cell, const QString& text, const QFont& font, const QColor& color,
                     Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter,
                     Qt::TextElideMode elide = Qt::ElideRight);
    /// Shape, then text in the status' colour.
    void status(const Cell& cell, ShownStatus status, const QString& text) const;

  private:
    TableView* view_;
};

}  // namespace stepwell
