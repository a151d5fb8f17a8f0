#include "models/json/json_document.h"

#include "models/json/json_parser.h"

#include <algorithm>

namespace stepwell::json {
namespace {

constexpr std::size_t largest = 64U << 20U;

void appendUtf8(std::string& out, std::uint32_t point) {
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | (point >> 6));
        put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        put(0xE0 | (point >> 12));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | (point >> 18));
        put(0x80 | ((point >> 12) & 0x3F));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

std::uint32_t hexAt(std::string_view text, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4 && i < text.size(); ++i) {
        const char c = text[i];
        const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    return value;
}

/// Reads `uXXXX`, with the second half of a pair; `at` is on the u and ends behind the last digit.
std::uint32_t codePoint(std::string_view text, std::size_t& at) {
    const std::uint32_t first = hexAt(text, at + 1);
    at += 5;
    if (first < 0xD800 || first > 0xDFFF) return first;
    const bool pair = first < 0xDC00 && at + 5 < text.size() && text[at] == '\\' && text[at + 1] == 'u';
    const std::uint32_t second = pair ? hexAt(text, at + 2) : 0;
    if (second < 0xDC00 || second > 0xDFFF) return 0xFFFD;
    at += 6;
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

bool isIdentifier(std::string_view text) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    };
    if (text.empty() || !letter(text.front())) return false;
    return std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// Writes nodes again, indented or on one line.
class Writer {
  public:
    Writer(const Document& document, bool indent, std::size_t most)
        : document_(document)
        , indent_(indent)
        , most_(most) {}

    std::string run(std::uint32_t index) {
        base_ = document_.node(index).depth;
        std::vector<std::uint32_t> open;
        const std::uint32_t end = document_.node(index).end;
        for (std::uint32_t i = index; i < end && out_.size() < most_; ++i) {
            closeUntil(open, i);
            begin(i, i == index);
            if (document_.isContainer(i) && document_.node(i).children > 0) open.push_back(i);
        }
        if (out_.size() < most_) closeUntil(open, end);
        return std::move(out_);
    }

  private:
    void closeUntil(std::vector<std::uint32_t>& open, std::uint32_t at) {
        while (!open.empty() && document_.node(open.back()).end <= at) {
            const Node& node = document_.node(open.back());
            lineBreak(node.depth);
            out_ += node.kind == Kind::object ? '}' : ']';
            open.pop_back();
        }
    }

    void begin(std::uint32_t index, bool isRoot) {
        const Node& node = document_.node(index);
        if (!isRoot) {
            if (node.position > 0) out_ += ',';
            lineBreak(node.depth);
            if (node.keySize > 0) out_.append(document_.rawKey(index)).append(": ");
        }
        if (!document_.isContainer(index))
            out_ += document_.raw(index);
        else if (node.children == 0)
            out_ += node.kind == Kind::object ? "{}" : "[]";
        else
            out_ += node.kind == Kind::object ? '{' : '[';
    }

    void lineBreak(std::uint16_t depth) {
        if (!indent_) {
            out_ += ' ';
            return;
        }
        out_ += '\n';
        out_.append(2U * static_cast<std::size_t>(depth - base_), ' ');
    }

    const Document& document_;
    bool indent_;
    std::size_t most_;
    std::uint16_t base_ = 0;
    std::string out_;
};

}  // namespace

api::Result<Document> Document::parse(std::string text) {
    if (text.size() > largest)
        return api::fail(0, api::code::tooLarge, "The JSON text is larger than 64 MiB.");
    Document document;
    document.text_ = std::move(text);
    document.nodes_.reserve(document.text_.size() / 16 + 4);
    const std::string problem = Parser(document).run();
    if (!problem.empty()) return api::fail(0, api::code::badBody, "Not valid JSON: " + problem + ".");
    return document;
}

std::string_view Document::raw(std::uint32_t index) const {
    const Node& node = nodes_.at(index);
    return std::string_view(text_).substr(node.textFrom, node.textSize);
}

std::string_view Document::rawKey(std::uint32_t index) const {
    const Node& node = nodes_.at(index);
    return std::string_view(text_).substr(node.keyFrom, node.keySize);
}

std::string Document::key(std::uint32_t index) const {
    return unescape(rawKey(index));
}

bool Document::isContainer(std::uint32_t index) const {
    const Kind kind = nodes_.at(index).kind;
    return kind == Kind::object || kind == Kind::array;
}

std::string Document::copyText(std::uint32_t index) const {
    if (nodes_.at(index).kind == Kind::string) return unescape(raw(index));
    if (!isContainer(index)) return std::string(raw(index));
    return Writer(*this, true, std::string::npos).run(index);
}

std::string Document::path(std::uint32_t index) const {
    std::vector<std::uint32_t> way;
    for (std::uint32_t at = index; at != nodes_.at(at).parent; at = nodes_.at(at).parent)
        way.push_back(at);
    std::string result = "$";
    for (auto step = way.rbegin(); step != way.rend(); ++step) {
        const Node& node = nodes_.at(*step);
        if (node.keySize == 0)
            result += '[' + std::to_string(node.position) + ']';
        else if (const std::string name = key(*step); isIdentifier(name))
            result += '.' + name;
        else
            result.append("[").append(rawKey(*step)).append("]");
    }
    return result;
}

std::string unescape(std::string_view quoted) {
    std::string out;
    if (quoted.size() < 2) return out;
    const std::string_view text = quoted.substr(1, quoted.size() - 2);
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '\\' || at + 1 >= text.size()) {
            out.push_back(text[at++]);
            continue;
        }
        ++at;
        switch (text[at]) {
        case 'u':
            appendUtf8(out, codePoint(text, at));
            continue;
        case 'n':
            out.push_back('\n');
            break;
        case 't':
            out.push_back('\t');
            break;
        case 'r':
            out.push_back('\r');
            break;
        case 'b':
            out.push_back('\b');
            break;
        case 'f':
            out.push_back('\f');
            break;
        default:
            out.push_back(text[at]);
        }
        ++at;
    }
    return out;
}

std::string indented(const std::string& text) {
    const auto document = Document::parse(text);
    return document ? Writer(*document, true, std::string::npos).run(0) : text;
}

std::string oneLine(const std::string& text, std::size_t most) {
    const auto document = Document::parse(text);
    std::string line = document ? Writer(*document, false, most).run(0) : text;
    std::replace(line.begin(), line.end(), '\n', ' ');
    if (line.size() <= most) return line;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(line.at(end)) & 0xC0) == 0x80)
        --end;
    return line.substr(0, end) + "…";
}

}  // namespace stepwell::json
