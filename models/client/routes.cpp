#include "models/client/routes.h"

namespace stepwell::client {

std::string encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char raw : text) {
        const auto c = static_cast<unsigned char>(raw);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            result += raw;
        } else {
            result += '%';
            result += digits[c >> 4U];
            result += digits[c & 0xFU];
        }
    }
    return result;
}

std::string query(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::string result;
    for (const auto& [name, value] : pairs)
        result += (result.empty() ? "?" : "&") + encoded(name) + "=" + encoded(value);
    return result;
}

Routes::Routes(std::string_view apiBase, std::string_view account, Dialect dialect) {
    while (apiBase.ends_with('/'))
        apiBase.remove_suffix(1);
    if (dialect == Dialect::explorer) {
        m_workflows = std::string(apiBase) + "/workflows";
        m_local = std::string(apiBase) + "/local/workers";
        return;
    }
    m_base = apiBase;
    m_root = m_base + "/accounts/" + encoded(account);
    m_workflows = m_root + "/workflows";
    if (dialect == Dialect::stepwell) m_own = m_root;
}

}  // namespace stepwell::client
