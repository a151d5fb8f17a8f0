#pragma once

#include "models/api/types.h"

/// Invented runs for tests of the timeline and the instance page.
namespace stepwell::test {

/// The order of the pictures: 8 steps, a payment that failed twice, a sleep, a wait, requests; running until
/// `now`.
api::InstanceDetail orderRun(api::Time now);
std::vector<api::LogLine> orderLogs(api::Time now);

/// `steps` steps in a row with `attempts` attempts each, the last one running; every 50th step failed once
/// more.
api::InstanceDetail longRun(int steps, int attempts);

api::Step step(int index, const std::string& name, api::Time start, int ms);

}  // namespace stepwell::test
