#pragma once

#include "widgets/backend_choice.h"
#include "widgets/icons.h"

#include <QAbstractButton>
#include <QList>
#include <QWidget>

class QMenu;
class QVBoxLayout;

namespace stepwell {

/// One entry of the rail: icon and word, tinted when it is where one is.
class RailEntry : public QAbstractButton {
    Q_OBJECT
  public:
    RailEntry(Glyph glyph, const QString& text, QWidget* parent = nullptr);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Glyph glyph_;
};

/// Which backend the window talks to; a click opens the menu to change it.
class BackendSwitcher : public QAbstractButton {
    Q_OBJECT
  public:
    enum class Mark { ordinary, production, unreachable };
    explicit BackendSwitcher(QWidget* parent = nullptr);
    void setCurrent(const QString& name, Mark mark);
    QSize sizeHint() const override;

  signals:
    void menuRequested(const QPoint& globalPosition);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Mark mark_ = Mark::ordinary;
};

/// The left edge: the backend on top, below it what the window can show. 208 px wide.
class Rail : public QWidget {
    Q_OBJECT
  public:
    explicit Rail(QWidget* parent = nullptr);
    /// `key` comes back in `chosen`; the first entry is selected.
    void addEntry(const QString& key, Glyph glyph, const QString& text);
    void select(const QString& key);
    BackendSwitcher* switcher() const { return switcher_; }

  signals:
    void chosen(const QString& key);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    BackendSwitcher* switcher_;
    QVBoxLayout* entries_;
    QList<RailEntry*> buttons_;
};

}  // namespace stepwell
