#include "app/engine/api/body.h"

#include "models/api/duration.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine::rest {

namespace {

constexpr std::size_t deepest = 512;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Position behind the string that starts at `at`.
std::size_t skipString(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}

std::size_t skipSpace(std::string_view text, std::size_t at) {
    while (at < text.size() && isSpace(text[at]))
        ++at;
    return at;
}

/// Position behind the value that starts at `at`; `text` is valid JSON.
std::size_t skipValue(std::string_view text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = skipString(text, at);
            if (depth == 0) return at;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']' || isSpace(c))) return at;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at;
        if (depth == 0 && (c == '}' || c == ']')) return at;
    }
    return at;
}

/// The parser's own words for what is wrong, without its error id.
std::string complaint(std::string_view text) {
    try {
        const auto parsed = nlohmann::json::parse(text.begin(), text.end());
        return parsed.is_discarded() ? "not JSON" : "";
    } catch (const nlohmann::json::exception& error) {
        const std::string what = error.what();
        const auto end = what.find("] ");
        auto words = end == std::string::npos ? what : what.substr(end + 2);
        // The tail quotes what was read last, perhaps half a character of it; of a number that is too large
        // all digits are quoted.
        if (const auto quote = words.find("; last read"); quote != std::string::npos) words.resize(quote);
        constexpr std::size_t longest = 200;
        if (words.size() > longest) words = words.substr(0, longest) + "...";
        return words;
    }
}

}  // namespace

tl::unexpected<api::Error> badRequest(std::string message) {
    return api::fail(400, api::code::badBody, std::move(message));
}

api::Result<void> checkJson(std::string_view text, std::string_view what) {
    if (nestsDeeperThan(text, deepest))
        return badRequest(std::string(what) + " is nested deeper than 512 levels.");
    if (!nlohmann::json::accept(text.begin(), text.end()))
        return badRequest(std::string(what) + " is not valid JSON: " + complaint(text) + ".");
    return {};
}

std::string minified(std::string_view validJson) {
    std::string out;
    out.reserve(validJson.size());
    for (std::size_t at = 0; at < validJson.size();) {
        if (validJson[at] == '"') {
            const auto end = skipString(validJson, at);
            out += validJson.substr(at, end - at);
            at = end;
            continue;
        }
        if (!isSpace(validJson[at])) out += validJson[at];
        ++at;
    }
    return out;
}

api::Result<Members> membersOf(std::string_view text, std::string_view what) {
    if (auto checked = checkJson(text, what); !checked) return tl::unexpected(checked.error());
    auto at = skipSpace(text, 0);
    if (text[at] != '{') return badRequest(std::string(what) + " must be a JSON object.");
    Members members;
    at = skipSpace(text, at + 1);
    while (text[at] != '}') {
        if (text[at] == ',') at = skipSpace(text, at + 1);
        const auto nameEnd = skipString(text, at);
        auto name = stringValue(text.substr(at, nameEnd - at));
        at = skipSpace(text, skipSpace(text, nameEnd) + 1);
        const auto end = skipValue(text, at);
        members.emplace_back(name.value_or(""), text.substr(at, end - at));
        at = skipSpace(text, end);
    }
    return members;
}

std::optional<std::string_view> member(const Members& members, std::string_view name) {
    for (auto it = members.rbegin(); it != members.rend(); ++it)
        if (it->first == name) return it->second;
    return std::nullopt;
}

std::optional<std::string> stringValue(std::string_view json) {
    if (json.empty() || json.front() != '"') return std::nullopt;
    const auto value = parseBounded<nlohmann::json>(json);
    if (!value.is_string()) return std::nullopt;
    return value.get<std::string>();
}

api::Result<nlohmann::json> parseObject(std::string_view text, std::string_view what) {
    if (auto checked = checkJson(text, what); !checked) return tl::unexpected(checked.error());
    auto value = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    if (!value.is_object()) return badRequest(std::string(what) + " must be a JSON object.");
    return value;
}

api::Result<void> checkRetention(const nlohmann::json& retention, std::string_view what) {
    if (!retention.is_object()) return badRequest(std::string(what) + " must be an object.");
    for (const char* key : {"success_retention", "error_retention"}) {
        const auto it = retention.find(key);
        if (it == retention.end()) continue;
        const bool number = it->is_number() && it->get<double>() > 0;
        const auto duration = it->is_string() ? api::parseDuration(it->get<std::string>()) : std::nullopt;
        if (!number && !(duration && duration->count() > 0))
            return badRequest(std::string(what) + "." + key +
                              " must be a positive number of milliseconds or a duration like \"7 days\".");
    }
    return {};
}

}  // namespace stepwell::engine::rest
