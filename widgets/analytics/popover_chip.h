#pragma once

#include "widgets/controls.h"
#include "widgets/icons.h"

#include <QPainter>

namespace stepwell::analytics {

/// A chip that opens something below it: with an arrow, and tinted while it narrows what is shown.
class PopoverChip : public Chip {
    Q_OBJECT
  public:
    using Chip::Chip;
    QSize sizeHint() const override { return Chip::sizeHint() + QSize(arrowRoom, 0); }
    void tell(const QString& words, bool tinted) {
        if (words == text() && tinted == isChecked()) return;
        setText(words);
        setAccessibleName(words);
        setCheckable(true);
        setChecked(tinted);
        updateGeometry();
    }

  protected:
    void nextCheckState() override {}
    void paintEvent(QPaintEvent* event) override {
        Chip::paintEvent(event);
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintGlyph(painter, QRectF(width() - 21, (height() - 12) / 2.0, 12, 12), Glyph::down,
                   Theme::get().color(Token::mute));
    }

  private:
    static constexpr int arrowRoom = 16;
};

}  // namespace stepwell::analytics
