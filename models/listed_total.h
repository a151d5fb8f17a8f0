#pragma once

#include <algorithm>
#include <cstdint>

namespace stepwell {

/// How long a list is after one of its pages came. Rows are believed more than numbers.
struct ListedTotal {
    std::int64_t total = 0;
    bool isExact = true;  ///< false: a number that rows do not bear out, or at least as many and one more
};

/// `told`: what the backend says, negative: nothing. `before`: places of the pages before this one. `isLast`:
/// this page is known to be the end.
inline ListedTotal listedTotal(std::int64_t told, std::int64_t before, std::int64_t rows, bool isLast) {
    const auto seen = before + rows;
    // A page behind the end: the list ends before it, whatever was told.
    if (rows == 0 && before > 0) return {told < 0 ? before : std::min(told, before), told <= before};
    // Of an end that comes too early it is not known whether the number is wrong or the pages are shorter.
    if (told > seen) return {told, !isLast};
    if (told == seen && told > 0) return {told, true};
    if (isLast) return {seen, true};
    return {seen + 1, false};
}

}  // namespace stepwell
