#pragma once

#include "models/backend.h"

#include <QString>

#include <functional>
#include <vector>

namespace stepwell::test {

/// What a call came to: an error, or a few words that tell the content of its answer, so that a wrong or an
/// empty one shows.
struct Outcome {
    std::optional<api::Error> error;
    QString content;
};
using Taken = std::function<void(Outcome)>;

/// A call of the backend that changes nothing.
struct Read {
    QString name;
    std::function<void(Backend&, QObject*, Taken)> ask;
};

/// Every read that Cloudflare has a route for, of things that the contract server's world holds.
std::vector<Read> allReads();

}  // namespace stepwell::test
