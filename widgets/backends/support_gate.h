#pragma once

#include "models/backend.h"

class QAbstractButton;
class QAction;

namespace stepwell {

/// Whether it can be used now: the backend has it and, where it changes something, can be reached.
Support usable(Backend& backend, Feature feature);
/// The one place where a verb learns that its backend lacks it, or is away: as long as it does, the verb
/// stays disabled, whoever enables it, and its tooltip and status tip say why. Holds until verb or backend is
/// gone.
void gate(QAction* verb, Backend& backend, Feature feature);
void gate(QAbstractButton* verb, Backend& backend, Feature feature);

}  // namespace stepwell
