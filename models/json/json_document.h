#pragma once

#include "models/api/error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::json {

enum class Kind : std::uint8_t { object, array, string, number, boolean, null };

/// One value of a document. Nodes are in the order of the text; the children of a node follow it directly and
/// end where `end` says.
struct Node {
    Kind kind = Kind::null;
    std::uint16_t depth = 0;
    std::uint32_t parent = 0;    ///< of the root: itself
    std::uint32_t end = 0;       ///< the node after the last one inside this one
    std::uint32_t children = 0;  ///< members or elements
    std::uint32_t position = 0;  ///< among its siblings, from 0
    std::uint32_t keyFrom = 0;   ///< the key with its quotes; empty in arrays and for the root
    std::uint32_t keySize = 0;
    std::uint32_t textFrom = 0;  ///< the value as it is written, brackets and quotes included
    std::uint32_t textSize = 0;
};

/// JSON text with its structure. Keeps the order of members, double keys and the exact text of numbers, since
/// it never turns them into anything else. A value; safe to make on any thread.
class Document {
  public:
    /// Texts beyond 64 MiB and values nested deeper than 1,000 are refused. The error says where.
    static api::Result<Document> parse(std::string text);

    const std::string& text() const { return text_; }
    const std::vector<Node>& nodes() const { return nodes_; }
    const Node& node(std::uint32_t index) const { return nodes_.at(index); }

    /// As written: "12.50", "\"a\\n\"".
    std::string_view raw(std::uint32_t index) const;
    /// The key with its quotes.
    std::string_view rawKey(std::uint32_t index) const;
    /// The key as it reads, escapes resolved.
    std::string key(std::uint32_t index) const;
    /// What copying the value gives: a string without quotes and escapes, anything else as it is written,
    /// objects and arrays indented by two spaces.
    std::string copyText(std::uint32_t index) const;
    /// "$.items[3].name", with brackets and quotes for keys that are no identifiers.
    std::string path(std::uint32_t index) const;
    bool isContainer(std::uint32_t index) const;

  private:
    friend class Parser;
    std::string text_;
    std::vector<Node> nodes_;
};

/// Resolves the escapes of a JSON string with its quotes. Lone surrogates become U+FFFD.
std::string unescape(std::string_view quoted);
/// Indents by two spaces, numbers and keys as they are. Gives back text that is no JSON as it came.
std::string indented(const std::string& text);
/// On one line: `{ "cartId": "f3", "n": 2 }`, at most about `most` bytes.
std::string oneLine(const std::string& text, std::size_t most);

}  // namespace stepwell::json
