#pragma once

#include "models/backend.h"

#include <QString>

#include <functional>

class QWidget;

namespace stepwell {

/// Finds out what goes with a Worker, asks, deletes it and says how that ended; `deleted` is called when it
/// is gone. All of it lives as long as `parent`.
void askToDeleteWorker(Backend& backend, const QString& name, QWidget* parent, std::function<void()> deleted);

}  // namespace stepwell
