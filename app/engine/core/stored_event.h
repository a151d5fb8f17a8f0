#pragma once

#include "app/engine/store/rows.h"

#include <string>

namespace stepwell::engine {

/// What a finished wait keeps as its value: time and type of the event, and its payload; describeStep takes
/// it apart.
std::string storedEvent(const SentEventRow& event);
/// The event as its step shows it: JSON `{"payload","timestamp","type"}`.
std::string eventPreview(const SentEventRow& event);

}  // namespace stepwell::engine
