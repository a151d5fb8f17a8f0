#pragma once

#include "models/backend.h"

#include <QString>

#include <functional>

class QWidget;

namespace stepwell {

/// Finds out what goes with a workflow, names it, and deletes the workflow when the person agrees. Calls
/// `deleted` afterwards; a refusal is shown in the window's notice bar. Does not block.
void askToDeleteWorkflow(Backend& backend, const QString& name, QWidget* parent,
                         std::function<void()> deleted);

}  // namespace stepwell
