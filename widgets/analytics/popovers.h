#pragma once

#include "models/analytics/range.h"

#include <QFrame>
#include <QList>
#include <QStringList>

class QButtonGroup;
class QCheckBox;
class QDateTimeEdit;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace stepwell::analytics {

/// A small window below a chip that goes when one clicks elsewhere or presses Escape.
class Popover : public QFrame {
    Q_OBJECT
  public:
    explicit Popover(QWidget* parent);
    /// Below `anchor`, at its right edge when there is no room at the left one.
    void openBelow(QWidget* anchor);

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// Presets, and a stretch of local time.
class RangePopover : public Popover {
    Q_OBJECT
  public:
    explicit RangePopover(QWidget* parent);
    void setRange(const Range& range, api::Time now);
    /// What the backend keeps; earlier times cannot be chosen.
    void setLimits(const Limits& limits, api::Time now);

  signals:
    void chosen(const stepwell::analytics::Range& range);

  private:
    void check();
    void apply();

    QList<QPushButton*> presets_;
    QDateTimeEdit* from_;
    QDateTimeEdit* to_;
    QLabel* note_;
    QLabel* problem_;
    QPushButton* apply_;
};

/// Names to choose any number of, with a field that narrows them. Nothing chosen means all.
class NamesPopover : public Popover {
    Q_OBJECT
  public:
    /// `all`: "All workflows"
    NamesPopover(const QString& all, QWidget* parent);
    void setNames(const QStringList& names, const QStringList& chosen);
    QStringList chosen() const;
    /// Small print below the names; empty: none.
    void setNote(const QString& text);

  signals:
    void changed(const QStringList& chosen);

  private:
    void narrow(const QString& text);
    void tell();

    QLineEdit* search_;
    QListWidget* list_;
    QLabel* note_;
    QPushButton* all_;
    bool filling_ = false;
    bool toggled_ = false;  ///< since the mouse went down
};

}  // namespace stepwell::analytics
