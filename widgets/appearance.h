#pragma once

#include "widgets/theme.h"

namespace stepwell {

/// Light, dark or as the system is: what a person chose last holds for the next start too. GUI thread.
void chooseAppearance(Theme::Mode mode);
Theme::Mode chosenAppearance();

}  // namespace stepwell
