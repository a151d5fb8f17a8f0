#pragma once

#include "app/engine/store/rows.h"

namespace stepwell::engine {

/// No timer of a step lies further ahead, in milliseconds: 366 days.
constexpr std::int64_t longestTimeoutMs = 366LL * 24 * 3600 * 1000;

/// Duration of a recorded sleep: it stands for the next sleep of its name, however long that one is.
constexpr std::int64_t anySleep = -1;

/// A longer config text, in bytes, is not read. The driver sends a few hundred; user code shares its process
/// and could send anything.
constexpr std::size_t longestConfig = 4'096;

/// Takes the resolved config of a `d` line (see the protocol) into the columns of its step. What cannot be
/// read leaves the step as it is.
void readConfig(const std::string& text, StepRow& row);
/// Shown in place of what is not to be shown.
inline constexpr const char* redacted = "[REDACTED]";
/// The config of a wait whose event is not to be shown.
inline constexpr const char* sensitiveOutput = R"({"sensitive":"output"})";
/// Whether the output of the step is not to be shown.
bool isSensitive(const StepRow& row);
/// The config in the form of the protocol, from the columns.
std::string configJson(const StepRow& row);

}  // namespace stepwell::engine
