#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stepwell::engine::pages {

/// What a Range header asks for.
struct ByteRange {
    bool satisfiable = false;
    std::uint64_t from = 0, length = 0;  ///< bytes
};

/// Of `size` bytes. Nothing when the header is to be ignored: other units than bytes, more than one range, or
/// no range by its grammar.
std::optional<ByteRange> parseRange(std::string_view header, std::uint64_t size);

}  // namespace stepwell::engine::pages
