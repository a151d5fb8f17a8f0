#pragma once

#include <QTableView>
#include <QTimer>

namespace stepwell {

/// A table of the house: hairline rows, muted header, whole rows selected, hover tint, Enter or a double
/// click opens. Columns can be sized, moved and hidden (menu of the header) and are remembered under
/// `settingsKey`; the column `stretch` takes what is left.
class TableView : public QTableView {
    Q_OBJECT
  public:
    TableView(const QString& settingsKey, int rowHeight, QWidget* parent = nullptr);

    struct Width {
        int wanted;
        int least;  ///< what columns shrink to in a narrow window, until a person sizes them
    };
    /// Call after `setModel`: widths in pixels by logical column, and which column takes the slack.
    void setColumns(const QList<Width>& widths, int stretch);
    /// Texts of this column, in the font of card titles, are shown whole before other columns get more than
    /// they need; columns that say nothing make room first. Call after `setColumns`.
    void setWholeColumn(int column);
    int hoveredRow() const { return hovered_; }

  signals:
    void opened(const QModelIndex& index);
    void menuRequested(const QModelIndex& index, const QPoint& globalPosition);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

  private:
    void setHovered(int row);
    void showColumnMenu(const QPoint& position);
    void fitColumns();
    void fitAround();
    int neededFor(int column) const;
    int floorOf(int column) const;
    void giveSlack();
    void remember();

    QString key_;
    int stretch_ = -1;
    int whole_ = -1;
    QList<Width> widths_;
    QTimer fit_;  ///< rows came or went
    int hovered_ = -1;
    bool settling_ = false;
    bool sized_ = false;  ///< a person sized columns: they keep their widths
};

}  // namespace stepwell
