// Cron expressions: whatever is accepted goes on, and forwards.
#include "models/api/cron.h"

#include <cstdint>
#include <cstdlib>

using namespace stepwell;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto cron = api::Cron::parse({reinterpret_cast<const char*>(data), size});
    if (!cron) return 0;
    api::Time time{std::chrono::hours{24 * 365 * 56}};
    for (int i = 0; i < 3; ++i) {
        const auto next = cron->next(time);
        if (!next) return 0;
        const bool isWholeMinute = next->time_since_epoch() % std::chrono::minutes{1} == api::Milliseconds{0};
        if (*next <= time || !isWholeMinute) std::abort();
        time = *next;
    }
    return 0;
}
