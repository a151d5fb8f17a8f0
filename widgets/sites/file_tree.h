#pragma once

#include <QTreeView>

namespace stepwell {

/// The files of a deployment, as a tree of the house: hairlines, muted header, the name takes the slack.
class FileTree : public QTreeView {
    Q_OBJECT
  public:
    explicit FileTree(QWidget* parent = nullptr);
    void setModel(QAbstractItemModel* model) override;

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const override;

  private:
    void fitColumns();
};

}  // namespace stepwell
