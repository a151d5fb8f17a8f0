#include "models/api/multipart.h"

#include "models/api/ascii_text.h"

#include <algorithm>
#include <optional>

namespace stepwell::api {

namespace {

constexpr std::size_t mostParts = 1'000;
constexpr std::size_t largestHead = 8 * 1024;
constexpr std::size_t mostHeaders = 16;
constexpr std::size_t longestBoundary = 70;

auto malformed(const std::string& what) {
    return fail(400, code::badBody, "The multipart/form-data body is malformed: " + what + ".");
}

std::string partLabel(std::size_t index) {
    return "part " + std::to_string(index + 1);
}

/// Takes the next `;`-separated item; a quoted string may hold semicolons.
std::string_view nextItem(std::string_view& rest) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest.size(); ++end) {
        if (quoted && rest[end] == '\\') {
            ++end;
        } else if (rest[end] == '"') {
            quoted = !quoted;
        } else if (rest[end] == ';' && !quoted) {
            break;
        }
    }
    end = std::min(end, rest.size());
    const auto item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trimmed(item);
}

std::string unquoted(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
    value = value.substr(1, value.size() - 2);
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        // Only an escaped quote loses its backslash: browsers send backslashes of file names as they are.
        if (value[i] == '\\' && i + 1 < value.size() && (value[i + 1] == '"' || value[i + 1] == '\\')) ++i;
        out += value[i];
    }
    return out;
}

std::optional<std::string> parameter(std::string_view header, std::string_view name) {
    nextItem(header);
    while (!header.empty()) {
        const auto item = nextItem(header);
        const auto equals = item.find('=');
        if (equals == std::string_view::npos) continue;
        if (equalsIgnoringCase(trimmed(item.substr(0, equals)), name))
            return unquoted(trimmed(item.substr(equals + 1)));
    }
    return std::nullopt;
}

/// Form encoders write `"`, CR and LF of a name as %22, %0D and %0A and leave every other `%` alone.
std::string decodeName(std::string name) {
    for (const auto& [escape, character] :
         {std::pair{"%22", '"'}, std::pair{"%0D", '\r'}, std::pair{"%0A", '\n'}})
        for (auto at = name.find(escape); at != std::string::npos; at = name.find(escape, at + 1))
            name.replace(at, 3, 1, character);
    return name;
}

Result<FormPart> parseHead(std::string_view head, std::size_t index) {
    FormPart part;
    bool named = false;
    for (std::size_t lines = 0; !head.empty(); ++lines) {
        if (lines == mostHeaders) return malformed(partLabel(index) + " has too many headers");
        const auto end = std::min(head.find("\r\n"), head.size());
        const auto line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos)
            return malformed(partLabel(index) + " has a header without a colon");
        const auto name = trimmed(line.substr(0, colon));
        auto value = trimmed(line.substr(colon + 1));
        if (equalsIgnoringCase(name, "content-disposition")) {
            if (auto field = parameter(value, "name")) {
                part.name = decodeName(std::move(*field));
                named = true;
            }
            part.filename = decodeName(parameter(value, "filename").value_or(""));
        } else if (equalsIgnoringCase(name, "content-type")) {
            part.contentType = lowered(nextItem(value));
        }
    }
    if (!named) return malformed(partLabel(index) + " has no name");
    return part;
}

/// Reads the part that starts at the front of `rest` and leaves `rest` behind the delimiter that ends it.
Result<FormPart> nextPart(std::string_view& rest, const std::string& delimiter, std::size_t index) {
    // The head of a part without headers is just the empty line.
    const bool bare = rest.substr(0, 2) == "\r\n";
    const auto headEnd = bare ? 0 : rest.substr(0, largestHead).find("\r\n\r\n");
    if (headEnd == std::string_view::npos)
        return malformed("the headers of " + partLabel(index) + " do not end within 8 KiB");
    auto part = parseHead(rest.substr(0, headEnd), index);
    if (!part) return part;
    rest.remove_prefix(headEnd + (bare ? 2 : 4));
    const auto end = rest.find(delimiter);
    if (end == std::string_view::npos) return malformed(partLabel(index) + " does not end with the boundary");
    part->body = rest.substr(0, end);
    rest.remove_prefix(end + delimiter.size());
    return part;
}

}  // namespace

Result<std::vector<FormPart>> parseMultipart(std::string_view contentType, std::string_view body) {
    auto kind = contentType;
    if (!equalsIgnoringCase(nextItem(kind), "multipart/form-data"))
        return fail(415, code::badBody, "The body must be multipart/form-data.");
    const auto boundary = parameter(contentType, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > longestBoundary)
        return malformed("its Content-Type names no boundary of 1 to 70 characters");
    const std::string delimiter = "\r\n--" + *boundary;

    // The first delimiter may stand at the very front, without its line break.
    auto rest = body;
    if (rest.substr(0, delimiter.size() - 2) == std::string_view(delimiter).substr(2)) {
        rest.remove_prefix(delimiter.size() - 2);
    } else {
        const auto start = rest.find(delimiter);
        if (start == std::string_view::npos) return malformed("the boundary does not occur in it");
        rest.remove_prefix(start + delimiter.size());
    }

    std::vector<FormPart> parts;
    while (rest.substr(0, 2) != "--") {
        if (rest.substr(0, 2) != "\r\n") return malformed("a boundary is not followed by a line break");
        if (parts.size() == mostParts) return malformed("it has more than 1,000 parts");
        rest.remove_prefix(2);
        auto part = nextPart(rest, delimiter, parts.size());
        if (!part) return tl::unexpected(part.error());
        parts.push_back(std::move(*part));
    }
    return parts;
}

}  // namespace stepwell::api
