#pragma once

#include <QString>

namespace stepwell {

/// `text` with its control characters written out ("\u202e"): names come from other people's code, and a
/// control for the direction of writing in one would turn round the words that stand beside it.
QString visibleText(const QString& text);

}  // namespace stepwell
