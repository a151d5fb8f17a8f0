#pragma once

#include "widgets/backends/backend_look.h"

#include <QAbstractButton>
#include <QList>
#include <QWidget>

#include <utility>

class QToolButton;

namespace stepwell {

/// One tab: a dot in the backend's colour, its name, a cross while the pointer is over it or it is chosen. Of
/// a backend that was found and is not open: a ring, and no cross.
class BackendTab : public QAbstractButton {
    Q_OBJECT
  public:
    BackendTab(const QString& id, QWidget* parent);
    const QString& id() const { return id_; }
    void setFound();
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
    bool found_ = false;
    QPoint pressed_;
    bool dragging_ = false;
};

/// The open backends, one tab each, in the order that the person gives them; behind them, as far as there is
/// room, those that were found by themselves and can be opened. Hidden while only one is open and none was
/// found. Tabs are named by id. GUI thread.
class BackendTabs : public QWidget {
    Q_OBJECT
  public:
    explicit BackendTabs(QWidget* parent = nullptr);

    void add(const QString& id, const BackendLook& look);
    void remove(const QString& id);
    /// Not open, and there as long as they run: by id.
    void setFound(const QList<std::pair<QString, BackendLook>>& found);
    /// Those that have a place now.
    QStringList foundIds() const;
    void setLook(const QString& id, const BackendLook& look);
    void setCurrent(const QString& id);
    /// Moves it by so many places, as far as there are any.
    void shift(const QString& id, int places);
    QStringList ids() const;
    BackendTab* tab(const QString& id) const;
    QToolButton* addButton() const { return add_; }
    QSize sizeHint() const override;

  signals:
    /// Also one that was found.
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
    void showOrHide();
    void drag(BackendTab* tab, int x);

    QList<BackendTab*> tabs_;
    QList<BackendTab*> found_;
    BackendTab* dragged_ = nullptr;
    QToolButton* add_;
};

}  // namespace stepwell
