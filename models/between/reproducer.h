#pragma once

#include "models/api/error.h"
#include "models/between/reproduction.h"

#include <functional>

class QObject;

namespace stepwell::between {

/// What a backend can do beside what all can: create an instance that takes over how the first steps of
/// another one ended. Calls are made and answered as those of Backend are.
class Reproducer {
  public:
    virtual ~Reproducer() = default;
    /// Answers the id of the new instance.
    virtual void reproduce(const Reproduction& reproduction, QObject* context,
                           std::function<void(api::Result<std::string>)> done) = 0;
};

}  // namespace stepwell::between
