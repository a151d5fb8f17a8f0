#pragma once

#include <cstddef>
#include <string_view>

namespace stepwell::api {

/// Writes the standard base64 text of `bytes`, with padding, to `out`, which must have room for
/// `base64Length(bytes.size())` characters. Several gigabytes a second where the processor has AVX2.
void writeBase64(std::string_view bytes, char* out);

constexpr std::size_t base64Length(std::size_t bytes) {
    return (bytes + 2) / 3 * 4;
}

}  // namespace stepwell::api
