#pragma once

#include "models/api/time.h"

#include <string>

/// Under which name the offline cache keeps the answer to a read. Pure functions.
namespace stepwell {

/// Of lists, instances and deployments; empty for what is not kept: secrets, tokens, files, health, and
/// answers that tell changes only are taken from what was kept whole.
std::string storeKeyOf(const std::string& url);

/// Of a GraphQL question asked at `now`. When the latest time in it is about now (up to a bucket of an hour
/// ahead), times count by their distance from that one, so that the same chart asked a minute later is the
/// same question. A stretch that lies elsewhere is meant as it is named, and so is its key.
std::string storeKeyOfQuery(const std::string& url, const std::string& body, api::Time now);

}  // namespace stepwell
