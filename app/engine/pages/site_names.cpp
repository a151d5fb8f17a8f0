#include "app/engine/pages/site_names.h"

#include <algorithm>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t longestHost = 253;
constexpr std::size_t longestHostLabel = 63;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isNameCharacter(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || c == '-';
}

bool isLabel(std::string_view text, std::size_t longest) {
    return !text.empty() && text.size() <= longest && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), isNameCharacter);
}

}  // namespace

bool isCustomDomain(std::string_view host) {
    if (host.empty() || host.size() > longestHost) return false;
    int labels = 0;
    std::string_view last;
    for (auto rest = host;; ++labels) {
        const auto dot = rest.find('.');
        last = rest.substr(0, dot);
        if (!isLabel(last, longestHostLabel)) return false;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return labels >= 1 && last != "localhost" && !std::all_of(last.begin(), last.end(), isDigit);
}

}  // namespace stepwell::engine::pages
