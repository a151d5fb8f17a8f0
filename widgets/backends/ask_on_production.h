#pragma once

#include "widgets/action_dialog.h"

namespace stepwell {

/// Asks first where the backend that `parent` belongs to is production; elsewhere `yes` is called at once.
void askOnProduction(QWidget* parent, const Question& question, std::function<void()> yes);

}  // namespace stepwell
