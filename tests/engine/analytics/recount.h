#pragma once

#include "world.h"

/// What the answers must be, counted in the simplest way.
namespace stepwell::engine::analytics {

/// With exact quantiles, and without the figures of how it was made.
Answer recount(const std::vector<PlainRow>& rows, const Query& query);
RowAnswer relist(const std::vector<PlainRow>& rows, const RowQuery& query);

/// Empty when the answers are the same, up to 1 % of quantiles; else what differs.
std::string difference(const Answer& got, const Answer& wanted);
std::string difference(const RowAnswer& got, const RowAnswer& wanted);

/// A query in words, for the message of a failed test.
std::string shown(const Query& query);

Query randomQuery(std::mt19937_64& random, std::int64_t span);
RowQuery randomRowQuery(std::mt19937_64& random, std::int64_t span);

}  // namespace stepwell::engine::analytics
