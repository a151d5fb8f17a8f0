#pragma once

#include <QWidget>

namespace stepwell {

/// A small card over the window that takes neither mouse nor focus. GUI thread.
class FloatingCard : public QWidget {
    Q_OBJECT
  public:
    /// Lies over the whole window of `owner`.
    explicit FloatingCard(QWidget* owner);

  protected:
    enum class Side { below, beside };
    /// Shows at once in this size, at `spot` (of the owner) and within the window.
    void place(QSize size, const QRect& spot, Side side);
    void paintFrame(QPainter& painter) const;

  private:
    QWidget* owner_;
};

}  // namespace stepwell
