#pragma once

#include "models/api/time.h"
#include "models/client/client.h"

#include <optional>
#include <string>

namespace stepwell::client {

/// Keeps answers of reads for the time when the server cannot be reached. All members may be called from any
/// thread and do not wait for a disk, `find` excepted, which reads one row.
class AnswerStore {
  public:
    struct Stored {
        Response response;
        api::Time seen{};  ///< when it was true
    };

    virtual ~AnswerStore() = default;
    /// A copy is written later, and only if it is a success.
    virtual void keep(const std::string& key, const Response& response) = 0;
    virtual std::optional<Stored> find(const std::string& key) = 0;
};

}  // namespace stepwell::client
