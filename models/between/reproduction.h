#pragma once

#include "models/api/types.h"

#include <optional>
#include <string>
#include <vector>

namespace stepwell::between {

/// Which of the first steps of an instance can be taken over by another one, and why not more.
struct Recordable {
    int steps = 0;       ///< how many, counted from the first
    std::string reason;  ///< why the next one cannot be; empty when all can
    friend bool operator==(const Recordable&, const Recordable&) = default;
};

/// Steps that ended, whose whole result is known. Outputs in `whole`, by index of the step, stand for those
/// that the instance holds cut.
Recordable recordableSteps(const api::InstanceDetail& instance,
                           const std::vector<std::pair<int, std::string>>& whole = {});

/// Indices of the steps among the first `steps` whose output is cut and has to be asked for.
std::vector<int> cutOutputs(const api::InstanceDetail& instance, int steps);

/// What makes an instance with the first steps of another one; see "Instances with steps of another one" in
/// app/engine/api/EXTENSIONS.md.
struct Reproduction {
    std::string workflow;    ///< on the backend that is to run it
    std::string instanceId;  ///< empty: the backend draws one
    std::string paramsJson;  ///< empty: none are sent
    std::string versionId;   ///< of that backend; empty: the latest
    std::string origin;      ///< "orders/abc on Production"
    std::string stepsJson = "[]";
    int steps = 0;
    friend bool operator==(const Reproduction&, const Reproduction&) = default;
};

/// The `stepsJson` of the first `steps` steps; these must be recordable.
std::string recordedSteps(const api::InstanceDetail& instance, int steps,
                          const std::vector<std::pair<int, std::string>>& whole = {});

/// The body of the request.
std::string bodyOf(const Reproduction& reproduction);

}  // namespace stepwell::between
