#pragma once

#include <string>

/// Under which name the offline cache keeps the answer to a read. Pure functions.
namespace stepwell {

/// Of lists, instances and deployments; empty for what is not kept: secrets, tokens, files, health, and
/// answers that tell changes only are taken from what was kept whole.
std::string storeKeyOf(const std::string& url);

/// Of a GraphQL question: times in its variables count by their distance from each other, so that the same
/// chart asked a minute later is the same question.
std::string storeKeyOfQuery(const std::string& url, const std::string& body);

}  // namespace stepwell
