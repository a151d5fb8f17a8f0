#include "app/engine/pages/early_hints.h"

#include "app/engine/pages/location.h"
#include "app/engine/pages/url_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t longestHeader = 8 * 1024;
constexpr std::size_t mostAttributes = 16;
constexpr std::string_view blanks = " \t\n\f\r";

struct Tag {
    std::string name;  ///< in lower case
    std::vector<std::pair<std::string, std::string_view>> attributes;
    bool tooMany = false;

    std::optional<std::string_view> attribute(std::string_view wanted) const {
        for (const auto& [key, value] : attributes)
            if (key == wanted) return value;
        return std::nullopt;
    }
};

/// Goes from start tag to start tag, past comments and the text of elements that hold no elements.
class Tags {
  public:
    explicit Tags(std::string_view html)
        : rest_(html) {}

    std::optional<Tag> next() {
        while (skipTo("<")) {
            if (rest_.starts_with("!--")) {
                skipTo("-->");
            } else if (!rest_.empty() && isLetter(rest_.front())) {
                auto tag = readTag();
                skipRawText(tag.name);
                return tag;
            }
        }
        return std::nullopt;
    }

  private:
    static bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

    /// Behind the next `mark`; false, and at the end, when there is none.
    bool skipTo(std::string_view mark) {
        const auto at = rest_.find(mark);
        rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + mark.size());
        return at != std::string_view::npos;
    }

    std::string_view takeUntil(std::string_view stops) {
        const auto taken = rest_.substr(0, rest_.find_first_of(stops));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    void skip(std::string_view characters) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
    }

    std::string_view readValue() {
        skip(blanks);
        if (rest_.empty()) return {};
        const char quote = rest_.front();
        if (quote != '"' && quote != '\'') return takeUntil(" \t\n\f\r>");
        rest_.remove_prefix(1);
        const auto value = takeUntil({&quote, 1});
        rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
        return value;
    }

    Tag readTag() {
        Tag tag;
        tag.name = lowered(takeUntil(" \t\n\f\r/>"));
        for (;;) {
            skip(" \t\n\f\r/");
            if (rest_.empty() || rest_.front() == '>') return tag;
            // A `=` in front belongs to the name.
            const std::string_view start = rest_;
            rest_.remove_prefix(1);
            takeUntil(" \t\n\f\r/>=");
            auto name = lowered(start.substr(0, start.size() - rest_.size()));
            skip(blanks);
            std::string_view value;
            if (rest_.starts_with('=')) {
                rest_.remove_prefix(1);
                value = readValue();
            }
            if (tag.attribute(name)) continue;
            tag.tooMany = tag.attributes.size() == mostAttributes;
            if (!tag.tooMany) tag.attributes.emplace_back(std::move(name), value);
        }
    }

    void skipRawText(std::string_view name) {
        constexpr std::array<std::string_view, 8> raw = {"script", "style",    "textarea", "title",
                                                         "xmp",    "noframes", "iframe",   "noembed"};
        if (std::find(raw.begin(), raw.end(), name) == raw.end()) return;
        while (skipTo("</"))
            if (equalsIgnoringCase(rest_.substr(0, name.size()), name)) return;
    }

    std::string_view rest_;
};

bool isHint(std::string_view rel) {
    while (!rel.empty()) {
        rel.remove_prefix(std::min(rel.find_first_not_of(blanks), rel.size()));
        const auto word = rel.substr(0, rel.find_first_of(blanks));
        rel.remove_prefix(word.size());
        if (word == "preconnect" || word == "preload" || word == "modulepreload") return true;
    }
    return false;
}

/// A header cannot carry it, or it would end the part it stands in.
bool isUnsafe(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20U || c == '\x7F' || c == '"' || c == '<' || c == '>';
    });
}

/// The part of the header for one link; empty when it gives none.
std::string entryOf(const Tag& tag, const std::optional<std::string>& base) {
    const auto isPlain = [](const auto& attribute) {
        return attribute.first == "rel" || attribute.first == "as" || attribute.first == "href";
    };
    const auto rel = tag.attribute("rel"), href = tag.attribute("href"), as = tag.attribute("as");
    if (!rel || !href || rel->empty() || href->empty() || tag.tooMany || !isHint(*rel)) return {};
    if (href->starts_with("data:") || !std::all_of(tag.attributes.begin(), tag.attributes.end(), isPlain))
        return {};
    const auto target = base ? absoluteUrl(*href, *base) : std::string(*href);
    if (!target || isUnsafe(*target) || isUnsafe(*rel) || (as && isUnsafe(*as))) return {};
    auto entry = '<' + *target + ">; rel=\"" + std::string(*rel) + '"';
    if (as && !as->empty()) entry.append("; as=").append(*as);
    return entry;
}

}  // namespace

std::string linkHeaderOf(std::string_view html, std::string_view pageUrl) {
    std::vector<Tag> links;
    std::optional<std::string> base;
    Tags tags(html.substr(0, mostHtml));
    while (auto tag = tags.next()) {
        const auto href = tag->attribute("href");
        if (tag->name == "base" && href && !base) base = absoluteUrl(*href, pageUrl);
        if (tag->name == "link") links.push_back(std::move(*tag));
    }
    std::string header;
    for (const auto& link : links) {
        const auto entry = entryOf(link, base);
        if (entry.empty() || header.size() + entry.size() > longestHeader) continue;
        if (!header.empty()) header += ", ";
        header += entry;
    }
    return header;
}

}  // namespace stepwell::engine::pages
