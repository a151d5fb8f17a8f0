// A _headers file behind the path of a request: the first line is the path, the rest the file.
#include "app/engine/pages/headers_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace stepwell::engine::pages;

namespace {

constexpr std::size_t mostRules = 101, mostMessages = 1001;

void require(bool holds) {
    if (!holds) std::abort();
}

bool canBeSent(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        return c == '\x7F' || (static_cast<unsigned char>(c) < 0x20U && c != '\t');
    });
}

void checkRule(const HeaderRule& rule) {
    require(rule.path.starts_with('/') || rule.path.starts_with("https://"));
    require(!rule.set.empty() || !rule.removed.empty());
    for (const auto& [name, value] : rule.set)
        require(!name.empty() && name.find_first_of(" :\t") == std::string::npos && canBeSent(name) &&
                canBeSent(value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(input.find('\n'), input.size());
    const auto file = parseHeadersFile(input.substr(std::min(end + 1, input.size())));
    require(file.rules.size() <= mostRules && file.invalid.size() <= mostMessages);
    for (const auto& rule : file.rules)
        checkRule(rule);
    const HeaderRules rules(file.rules);
    for (const auto& match : rules.match("site.localhost:8790", input.substr(0, end)))
        require(match.set.size() <= match.rule->set.size());
    return 0;
}
