#include "models/api/content_type.h"

#include "models/api/content_type_table.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace stepwell::api {

namespace {

constexpr std::string_view unknownType = "application/octet-stream";
constexpr std::size_t longestExtension = 32;
constexpr std::string_view blanks = " \n";

/// Takes the next word off the front; empty at the end.
std::string_view nextWord(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const auto word = text.substr(0, text.find_first_of(blanks));
    text.remove_prefix(word.size());
    return word;
}

using Types = std::unordered_map<std::string_view, std::string_view>;

Types readTable() {
    Types types;
    auto rest = contentTypeTable;
    for (auto type = nextWord(rest); !type.empty(); type = nextWord(rest)) {
        for (bool last = false; !last;) {
            auto extension = nextWord(rest);
            last = extension.ends_with(';');
            if (last) extension.remove_suffix(1);
            types.emplace(extension, type);
        }
    }
    return types;
}

char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string_view contentTypeOf(std::string_view path) {
    static const Types types = readTable();
    const auto folder = path.find_last_of("/\\");
    const auto name = folder == std::string_view::npos ? path : path.substr(folder + 1);
    const auto dot = name.rfind('.');
    // A whole name counts as an extension at the top of a site only, with or without a leading dot.
    const bool nameOnly = dot == std::string_view::npos || dot == 0;
    if (nameOnly && folder != std::string_view::npos) return unknownType;
    const auto extension = dot == std::string_view::npos ? name : name.substr(dot + 1);
    if (extension.size() > longestExtension) return unknownType;
    std::array<char, longestExtension> lower{};
    std::transform(extension.begin(), extension.end(), lower.begin(), lowered);
    const auto found = types.find(std::string_view(lower.data(), extension.size()));
    return found == types.end() ? unknownType : found->second;
}

}  // namespace stepwell::api
