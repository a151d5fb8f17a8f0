#pragma once

#include "models/timeline/layout.h"
#include "widgets/floating_card.h"
#include "widgets/theme.h"

namespace stepwell::timeline {

/// What a card says about a bar or a row.
struct CardText {
    QString title;
    bool monoTitle = false;
    ShownStatus status;
    QString word;  ///< beside the status shape
    std::vector<std::pair<QString, QString>> facts;
    QString error;
    friend bool operator==(const CardText& a, const CardText& b) {
        return a.title == b.title && a.word == b.word && a.facts == b.facts && a.error == b.error;
    }
};

/// `bar`: one of the row's, or nothing for the row as a whole; `step`: the step of the row, null for groups
/// and requests outside any step.
CardText cardFor(const Layout& layout, const Row& row, const Bar* bar, const api::InstanceDetail& detail,
                 Moment now);

/// What is under the mouse, or where the keys are, in numbers.
class HoverCard : public FloatingCard {
    Q_OBJECT
  public:
    /// Lies over the whole window of `owner`.
    explicit HoverCard(QWidget* owner);
    /// Shows at once, beside `spot` (of `owner`) and within the window.
    void showAt(const CardText& text, const QRect& spot);
    const CardText& text() const { return text_; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QSize measure() const;
    int factColumn() const;

    CardText text_;
};

}  // namespace stepwell::timeline
