#pragma once

#include "widgets/floating_card.h"

#include <QColor>

#include <vector>

namespace stepwell::analytics {

/// What a hover card says about a bucket: a title, and a value per series.
struct CardValues {
    struct Row {
        QColor color;  ///< invalid: no mark
        QString name;
        QString value;
        QString before;  ///< of the period before; empty: not compared
        friend bool operator==(const Row&, const Row&) = default;
    };
    QString title;
    QString note;
    std::vector<Row> rows;
    QString hint;  ///< what a click does
    friend bool operator==(const CardValues&, const CardValues&) = default;
};

/// What is under the mouse, or where the keys are, in numbers.
class ValueCard : public FloatingCard {
    Q_OBJECT
  public:
    /// Lies over the whole window of `owner`.
    explicit ValueCard(QWidget* owner);
    /// Shows at once, beside `spot` (of `owner`) and within the window.
    void showAt(const CardValues& values, const QPoint& spot);
    const CardValues& values() const { return values_; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QSize measure();

    CardValues values_;
    int names_ = 0;  ///< widths of the columns
    int numbers_ = 0;
    int befores_ = 0;
};

}  // namespace stepwell::analytics
