#include "app/engine/http/tunnel_room.h"

#include "app/engine/http/guards.h"
#include "app/engine/http/network.h"

namespace stepwell::engine::http {

std::optional<api::Error> TunnelRoom::hindrance(const std::string& caller, int most,
                                                int mostPerCaller) const {
    if (m_all >= most)
        return api::Error{503, api::code::unavailable, "Too many requests to Workers at once."};
    const auto mine = m_of.find(addressKey(caller));
    if (mine == m_of.end() || mine->second < mostPerCaller || isLoopback(caller)) return std::nullopt;
    return api::Error{429, api::code::unavailable,
                      "Too many requests to Workers at once from your address; close some first."};
}

void TunnelRoom::enter(const std::string& caller) {
    ++m_all;
    ++m_of[addressKey(caller)];
}

void TunnelRoom::leave(const std::string& caller) {
    --m_all;
    const auto mine = m_of.find(addressKey(caller));
    if (mine != m_of.end() && --mine->second <= 0) m_of.erase(mine);
}

}  // namespace stepwell::engine::http
