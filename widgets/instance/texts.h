#pragma once

#include "models/api/types.h"
#include "models/backend.h"
#include "widgets/theme.h"

#include <QString>

/// How the instance page words things: pure functions.
namespace stepwell::texts {

/// "4 at most, 1 s, exponential"; "none" for a limit of 0; empty when unknown.
QString retries(const api::Step& step);
/// "2 min an attempt"; empty when unknown.
QString timeout(const api::Step& step);
/// "POST /v1/charges"; the whole address is for the tooltip.
QString request(const api::OutboundRequest& request);
/// "TypeError: card declined"
QString error(const api::NamedError& error);
/// `other`: what came where we know no such source.
QString trigger(api::TriggerSource source, const std::string& other = {});
ShownStatus status(const api::Step& step);
QString statusWord(const api::Step& step);
/// "Today 14:31:01", "19 Nov 14:31:01"; local time.
QString moment(api::Time time, api::Time now);
/// From the first start to the end or to now.
std::optional<api::Milliseconds> wallTime(const api::Step& step, api::Time now);
std::optional<api::Milliseconds> wallTime(const api::Attempt& attempt, api::Time now);
/// What an attempt ended with: its error, "returned 2 fields", "returned nothing", "executing".
QString outcome(const api::Attempt& attempt, const api::Step& step);
Backend::RestartFrom restartFrom(const api::Step& step);
/// Event types the instance waits for at the moment.
QStringList awaitedEvents(const api::InstanceDetail& detail);

}  // namespace stepwell::texts
