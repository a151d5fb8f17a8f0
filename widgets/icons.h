#pragma once

#include "widgets/theme.h"

#include <QIcon>

namespace stepwell {

/// The window's own line icons, drawn in the colours of the theme at the moment they are painted.
enum class Glyph {
    workflows,
    back,
    forward,
    down,
    plus,
    copy,
    reload,
    close,
    search,
    check,
    drop,
    lock,
    journal,
    workers,
    sites,
    analytics
};

void paintGlyph(QPainter& painter, const QRectF& rect, Glyph glyph, const QColor& color);
/// Follows theme changes; `off` is the colour when not checked.
QIcon glyphIcon(Glyph glyph, Token token = Token::mute);

}  // namespace stepwell
