#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Text of URLs and rule files, read as browsers and JavaScript read it. All text is UTF-8.
namespace stepwell::engine::pages {

/// White space goes by JavaScript: also the byte-order mark, the no-break space and their like.
std::string_view trimmed(std::string_view text);
std::vector<std::string_view> words(std::string_view text);
/// The front of the text, up to white space that a `#` follows.
std::string_view withoutComment(std::string_view text);

/// Length as JavaScript counts it.
std::size_t utf16Length(std::string_view text);
bool isUtf8(std::string_view text);

std::string lowered(std::string_view ascii);
bool equalsIgnoringCase(std::string_view left, std::string_view right);

/// What lies behind the host of a URL, as a URL parser writes it: dot segments resolved, what may not stand
/// in a URL escaped, escapes that are there left alone.
struct UrlTail {
    std::string path;      ///< begins with `/`
    std::string query;     ///< with its `?`; empty when nothing follows that
    std::string fragment;  ///< with its `#`
};

/// In URLs of the web a backslash is a slash; in those of rule files it is not.
enum class Backslash { isSlash, isText };

/// `text` without a slash in front gets one.
UrlTail parseUrlTail(std::string_view text, Backslash backslash);

/// Undoes every escape once; nothing when an escape is broken or gives no UTF-8.
std::optional<std::string> percentDecoded(std::string_view text);
/// Escapes each segment of a path as JavaScript's encodeURIComponent does.
std::string escapedSegments(std::string_view path);
/// A run of slashes, backslashes, white space and `%2F`, `%5C`, `%09` in front becomes one slash: no browser
/// takes what follows for a host.
std::string collapsedFront(std::string_view path);

}  // namespace stepwell::engine::pages
