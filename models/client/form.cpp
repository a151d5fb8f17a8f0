#include "models/client/form.h"

#include <algorithm>
#include <strings.h>

namespace stepwell::client {

namespace {

constexpr std::size_t mostParts = 1'000;
constexpr std::size_t largestHead = 8 * 1024;
constexpr std::size_t longestBoundary = 200;

tl::unexpected<api::Error> malformed(const std::string& what) {
    return api::fail(0, api::code::badBody, "The backend sent a form that cannot be read: " + what + ".");
}

std::string lowered(std::string_view text) {
    std::string low(text);
    for (char& c : low)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return low;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// Takes what stands before the next `;` that is in no quotes.
std::string_view nextItem(std::string_view& rest) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (quoted || rest[end] != ';'); ++end) {
        if (rest[end] == '"') quoted = !quoted;
        if (rest[end] == '\\' && quoted) ++end;
    }
    end = std::min(end, rest.size());
    const auto item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trimmed(item);
}

std::string unquoted(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
    value = value.substr(1, value.size() - 2);
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size() && (value[i + 1] == '"' || value[i + 1] == '\\')) ++i;
        text += value[i];
    }
    return text;
}

/// A parameter behind the first item of a header; empty when there is none.
std::string parameterOf(std::string_view header, std::string_view name) {
    nextItem(header);
    while (!header.empty()) {
        const auto item = nextItem(header);
        const auto equals = item.find('=');
        if (equals != std::string_view::npos && lowered(trimmed(item.substr(0, equals))) == name)
            return unquoted(trimmed(item.substr(equals + 1)));
    }
    return {};
}

/// Form encoders write `"`, CR and LF of a name so and leave every other `%` alone.
std::string decoded(std::string name) {
    for (const auto& [escape, character] :
         {std::pair{"%22", '"'}, std::pair{"%0D", '\r'}, std::pair{"%0A", '\n'}})
        for (auto at = name.find(escape); at != std::string::npos; at = name.find(escape, at + 1))
            name.replace(at, 3, 1, character);
    return name;
}

Part partFrom(std::string_view head) {
    Part part;
    while (!head.empty()) {
        const auto end = std::min(head.find("\r\n"), head.size());
        auto line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto name = lowered(trimmed(line.substr(0, colon)));
        line.remove_prefix(colon + 1);
        if (name == "content-type") part.contentType = lowered(nextItem(line));
        if (name != "content-disposition") continue;
        part.name = decoded(parameterOf(line, "name"));
        part.fileName = decoded(parameterOf(line, "filename"));
    }
    return part;
}

/// Takes the part at the front of `rest`, with the boundary that ends it.
api::Result<Part> nextPart(std::string_view& rest, const std::string& delimiter) {
    const bool bare = rest.starts_with("\r\n");
    const auto headEnd = bare ? 0 : rest.substr(0, largestHead).find("\r\n\r\n");
    if (headEnd == std::string_view::npos) return malformed("the headers of a part do not end within 8 KiB");
    auto part = partFrom(rest.substr(0, headEnd));
    if (part.name.empty()) return malformed("a part has no name");
    rest.remove_prefix(headEnd + (bare ? 2 : 4));
    const auto end = rest.find(delimiter);
    if (end == std::string_view::npos) return malformed("\"" + part.name + "\" is cut off");
    part.bytes = std::string(rest.substr(0, end));
    rest.remove_prefix(end + delimiter.size());
    return part;
}

}  // namespace

std::string headerOf(const Response& response, const char* name) {
    const auto found =
        std::find_if(response.headers.begin(), response.headers.end(),
                     [name](const Header& header) { return strcasecmp(header.name.c_str(), name) == 0; });
    return found == response.headers.end() ? std::string() : found->value;
}

api::Result<std::vector<Part>> parseForm(const Response& response) {
    std::string_view type = response.contentType;
    const auto boundary = parameterOf(type, "boundary");
    if (lowered(nextItem(type)) != "multipart/form-data") return malformed("it is no multipart/form-data");
    if (boundary.empty() || boundary.size() > longestBoundary) return malformed("it names no boundary");
    const auto delimiter = "\r\n--" + boundary;
    std::string_view rest = response.body;
    // The first one may stand at the very front, without its line break.
    const auto first = rest.starts_with(std::string_view(delimiter).substr(2)) ? 0 : rest.find(delimiter);
    if (first == std::string_view::npos) return malformed("its boundary does not occur in it");
    rest.remove_prefix(first + delimiter.size() - (first == 0 ? 2 : 0));
    std::vector<Part> parts;
    while (!rest.starts_with("--")) {
        if (!rest.starts_with("\r\n")) return malformed("a boundary is not followed by a line break");
        if (parts.size() == mostParts) return malformed("it has more than 1,000 parts");
        rest.remove_prefix(2);
        auto part = nextPart(rest, delimiter);
        if (!part) return tl::unexpected(part.error());
        parts.push_back(std::move(*part));
    }
    return parts;
}

}  // namespace stepwell::client
