#pragma once

#include "widgets/theme.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QFrame>
#include <QLabel>
#include <QPushButton>

#include <optional>

class QMenu;

namespace stepwell {

/// A push button with the look of `kind` (see AppStyle). It takes the focus from the keyboard only, so that a
/// ring shows where the keys go and not where the mouse was.
QPushButton* makeButton(const QString& text, const char* kind = "", QWidget* parent = nullptr);
/// A label with the look of `kind`.
QLabel* makeLabel(const QString& text, const char* kind = "", QWidget* parent = nullptr);
QFrame* makeCard(QWidget* parent = nullptr);
/// A hairline, one pixel high or wide.
QFrame* makeLine(Qt::Orientation orientation, QWidget* parent = nullptr);
/// Sets a dynamic property that the style sheet asks for, and has it looked at again.
void setLook(QWidget* widget, const char* property, const QVariant& value);

/// A pill: a filter with its count and status shape, or a small menu. Never changes width when it is checked.
class Chip : public QAbstractButton {
    Q_OBJECT
  public:
    explicit Chip(const QString& text, QWidget* parent = nullptr);

    void setShape(std::optional<ShownStatus> shape);
    enum class Count { exact, atLeast };
    /// Nothing: no number is shown. atLeast: "100+".
    void setCount(std::optional<std::int64_t> count, Count kind = Count::exact);
    /// Opens on a click; a small arrow shows it.
    void setMenu(QMenu* menu);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString countText() const;

    std::optional<ShownStatus> shape_;
    std::optional<std::int64_t> count_;
    Count countKind_ = Count::exact;
    QMenu* menu_ = nullptr;  // owned by this as its parent
};

/// A combo box with the arrow of our own glyphs: style sheets only know pictures.
class ComboBox : public QComboBox {
    Q_OBJECT
  public:
    using QComboBox::QComboBox;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// One line that ends in an ellipsis instead of being cut; the whole text is in the tooltip then.
class ElidedLabel : public QLabel {
    Q_OBJECT
  public:
    explicit ElidedLabel(const QString& text = {}, Qt::TextElideMode mode = Qt::ElideRight,
                         QWidget* parent = nullptr);
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Qt::TextElideMode mode_;
};

/// Shape and word of a status. Turns while it runs.
class StatusBadge : public QWidget {
    Q_OBJECT
  public:
    explicit StatusBadge(QWidget* parent = nullptr);
    void setStatus(ShownStatus status);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    ShownStatus status_;
};

/// Colour for the word of a status: the quiet statuses use text colours, and on a selection the word is plain
/// text, since status colours on the selection's tint fall below 4.5:1.
QColor statusTextColor(ShownStatus status, bool selected = false);

/// Paints the focus ring of custom-drawn controls.
void paintFocusRing(QPainter& painter, const QRectF& rect, qreal radius);

}  // namespace stepwell
