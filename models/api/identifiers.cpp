#include "models/api/identifiers.h"

#include <algorithm>

namespace stepwell::api {

namespace {

bool isAlnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool matchesNamePattern(std::string_view text, std::size_t longest) {
    if (text.empty() || text.size() > longest || text.front() == '-') return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return isAlnum(c) || c == '-' || c == '_'; });
}

bool isReservedId(std::string_view id) {
    if (id == "batch" || id == "terminate" || id == "terminateAll") return true;
    if (id.size() != 67 || !id.starts_with("cf_")) return false;
    return std::all_of(id.begin() + 3, id.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

bool isWorkflowName(std::string_view name) {
    return matchesNamePattern(name, 64);
}

bool isNewInstanceId(std::string_view id) {
    return matchesNamePattern(id, 100) && !isReservedId(id);
}

bool isInstanceId(std::string_view id) {
    if (id.empty() || id.size() > 271) return false;
    constexpr std::string_view others = ", */#_-";
    return std::all_of(id.begin(), id.end(),
                       [&](char c) { return isAlnum(c) || others.find(c) != std::string_view::npos; });
}

bool isEventType(std::string_view type) {
    return matchesNamePattern(type, 100);
}

bool isScriptName(std::string_view name) {
    if (name.empty() || name.size() > 255) return false;
    if (name.find_first_not_of('.') == std::string_view::npos) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool isStepName(std::string_view utf8) {
    std::size_t units = 0;
    for (const char raw : utf8) {
        const auto c = static_cast<unsigned char>(raw);
        if (c < 0x20) return false;
        if ((c & 0xC0U) != 0x80U) units += c >= 0xF0U ? 2 : 1;  // four-byte sequences are surrogate pairs
    }
    return units <= 256;
}

}  // namespace stepwell::api
