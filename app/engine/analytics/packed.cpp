#include "app/engine/analytics/packed.h"

#include "app/engine/analytics/bytes.h"

#include <zlib.h>

namespace stepwell::engine::analytics {

namespace {

constexpr std::size_t mostBytes = 64U << 20;
constexpr int level = 6;

const Bytef* input(std::string_view bytes) {
    return reinterpret_cast<const Bytef*>(bytes.data());
}

}  // namespace

std::string pack(std::string_view bytes) {
    std::string packed;
    ByteWriter(packed).number(bytes.size());
    const auto start = packed.size();
    auto size = compressBound(static_cast<uLong>(bytes.size()));
    packed.resize(start + size);
    auto* to = reinterpret_cast<Bytef*>(packed.data() + start);
    if (compress2(to, &size, input(bytes), static_cast<uLong>(bytes.size()), level) != Z_OK) return {};
    packed.resize(start + size);
    return packed;
}

bool unpack(std::string_view packed, std::string& bytes) {
    ByteReader reader(packed);
    const auto length = reader.number();
    if (!reader.ok() || length > mostBytes) return false;
    bytes.resize(length);
    auto size = static_cast<uLongf>(length);
    const auto rest = reader.rest();
    auto* to = reinterpret_cast<Bytef*>(bytes.data());
    return uncompress(to, &size, input(rest), static_cast<uLong>(rest.size())) == Z_OK && size == length;
}

}  // namespace stepwell::engine::analytics
