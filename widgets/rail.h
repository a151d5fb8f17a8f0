#pragma once

#include "models/backend.h"
#include "widgets/backends/backend_look.h"
#include "widgets/icons.h"

#include <QAbstractButton>
#include <QList>
#include <QWidget>

#include <optional>

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
    explicit BackendSwitcher(QWidget* parent = nullptr);
    void setLook(const BackendLook& look);
    QSize sizeHint() const override;

  signals:
    void menuRequested(const QPoint& globalPosition);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    BackendLook look_;
};

/// The left edge: the backend on top, below it what the window can show. 208 px wide.
class Rail : public QWidget {
    Q_OBJECT
  public:
    explicit Rail(QWidget* parent = nullptr);
    /// `key` comes back in `chosen`; the first entry is selected.
    void addEntry(const QString& key, Glyph glyph, const QString& text);
    void select(const QString& key);
    /// An entry that the backend lacks is disabled and says why.
    void gateEntry(const QString& key, Backend& backend, Feature feature);
    void setEntryVisible(const QString& key, bool visible);
    /// A stripe along the whole rail, where mistakes cost.
    void setStripe(std::optional<QColor> colour);
    BackendSwitcher* switcher() const { return switcher_; }

  signals:
    void chosen(const QString& key);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    BackendSwitcher* switcher_;
    QVBoxLayout* entries_;
    QList<RailEntry*> buttons_;
    std::optional<QColor> stripe_;
};

}  // namespace stepwell
