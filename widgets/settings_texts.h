#pragma once

#include "models/api/types.h"

#include <QString>

/// Settings of a workflow as a person types and reads them: pure functions.
namespace stepwell::settings {

/// Empty for "not set".
QString numberText(const std::optional<std::int64_t>& number);
/// False when it is no whole number above 0; empty is fine and means "not set".
bool readNumber(const QString& text, std::optional<std::int64_t>& number);
/// "7 days", "90 minutes": as the grammar of durations takes it back.
QString retentionText(const std::optional<api::Milliseconds>& duration);
bool readRetention(const QString& text, std::optional<api::Milliseconds>& duration);
/// Five fields of the characters cron knows. The backend has the last word.
bool looksLikeCron(const QString& text);
/// "next run in 4 h 12 min"; empty when the cron is not understood, or never comes.
QString nextRunText(const QString& cron);
/// "OrderProcessing of order-worker · v12, deployed 2 h ago"
QString sourceText(const api::Workflow& workflow);

}  // namespace stepwell::settings
