// Durations as people and programs write them.
#include "models/api/duration.h"

#include <cstdint>
#include <cstdlib>

using namespace stepwell;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::int64_t longest = std::int64_t{1} << 53;
    const auto duration = api::parseDuration({reinterpret_cast<const char*>(data), size});
    if (!duration) return 0;
    if (duration->count() > longest || duration->count() < -longest) std::abort();
    if (api::humanDuration(*duration).empty()) std::abort();
    return 0;
}
