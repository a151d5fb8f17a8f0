#pragma once

#include "widgets/backends/backend_look.h"

#include <QAbstractButton>
#include <QList>
#include <QWidget>

class QToolButton;

namespace stepwell {

/// One tab: a dot in the backend's colour, its name, a cross while the pointer is over it or it is chosen.
class BackendTab : public QAbstractButton {
    Q_OBJECT
  public:
    BackendTab(const QString& id, QWidget* parent);
    const QString& id() const { return id_; }
    void setLook(const BackendLook& look);
    const BackendLook& look() const { return look_; }
    QRect closeRect() const;
    QSize sizeHint() const override;

  signals:
    void closeRequested();
    /// The pointer drags it; `x` is where, in the parent.
    void dragged(int x);
    void dropped();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

  private:
    QString id_;
    BackendLook look_;
    QPoint pressed_;
    bool dragging_ = false;
};

/// The open backends, one tab each, in the order that the person gives them. Hidden while only one is open.
/// Tabs are named by id. GUI thread.
class BackendTabs : public QWidget {
    Q_OBJECT
  public:
    explicit BackendTabs(QWidget* parent = nullptr);

    void add(const QString& id, const BackendLook& look);
    void remove(const QString& id);
    void setLook(const QString& id, const BackendLook& look);
    void setCurrent(const QString& id);
    /// Moves it by so many places, as far as there are any.
    void shift(const QString& id, int places);
    QStringList ids() const;
    BackendTab* tab(const QString& id) const;
    QToolButton* addButton() const { return add_; }
    QSize sizeHint() const override;

  signals:
    void chosen(const QString& id);
    void closeRequested(const QString& id);
    void menuRequested(const QString& id, const QPoint& globalPosition);
    void addRequested(const QPoint& globalPosition);
    void reordered();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void place();
    int widestBehind() const;
    void drag(BackendTab* tab, int x);

    QList<BackendTab*> tabs_;
    BackendTab* dragged_ = nullptr;
    QToolButton* add_;
};

}  // namespace stepwell
