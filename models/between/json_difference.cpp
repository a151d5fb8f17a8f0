#include "models/between/json_difference.h"

#include "models/api/json_text.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::between {

namespace {

using Json = nlohmann::json;
using Kind = JsonChange::Kind;

constexpr std::size_t mostChanges = 1'000;
constexpr std::size_t longestText = 300;

std::string shown(const Json& value) {
    auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() <= longestText) return text;
    std::size_t end = longestText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;  // not within a character
    return text.substr(0, end) + "…";
}

bool isPlainKey(const std::string& key) {
    const auto plain = [](char c) {
        return (std::isalnum(static_cast<unsigned char>(c)) != 0) || c == '_' || c == '$';
    };
    return !key.empty() && std::all_of(key.begin(), key.end(), plain);
}

std::string below(const std::string& path, const std::string& key) {
    if (isPlainKey(key)) return path.empty() ? key : path + '.' + key;
    std::string text = path + '[';
    api::appendJsonString(text, key);
    return text + ']';
}

std::string below(const std::string& path, std::size_t index) {
    return path + '[' + std::to_string(index) + ']';
}

class Walk {
  public:
    explicit Walk(JsonDifference& result)
        : m_result(result) {}

    void compare(const Json& before, const Json& after, const std::string& path) {
        if (m_result.cut || before == after) return;
        if (before.is_object() && after.is_object()) return objects(before, after, path);
        if (before.is_array() && after.is_array()) return lists(before, after, path);
        add({Kind::changed, path, shown(before), shown(after)});
    }

  private:
    void objects(const Json& before, const Json& after, const std::string& path) {
        for (const auto& [key, value] : before.items()) {
            const auto other = after.find(key);
            if (other == after.end())
                add({Kind::removed, below(path, key), shown(value), {}});
            else
                compare(value, *other, below(path, key));
        }
        for (const auto& [key, value] : after.items())
            if (!before.contains(key)) add({Kind::added, below(path, key), {}, shown(value)});
    }

    void lists(const Json& before, const Json& after, const std::string& path) {
        const auto shorter = std::min(before.size(), after.size());
        std::size_t start = 0;
        while (start < shorter && before[start] == after[start])
            ++start;
        std::size_t tail = 0;
        while (tail < shorter - start && before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
            ++tail;
        const auto endBefore = before.size() - tail;
        const auto endAfter = after.size() - tail;
        const auto both = std::min(endBefore, endAfter);
        for (auto i = start; i < both; ++i)
            compare(before[i], after[i], below(path, i));
        for (auto i = both; i < endBefore; ++i)
            add({Kind::removed, below(path, i), shown(before[i]), {}});
        for (auto i = both; i < endAfter; ++i)
            add({Kind::added, below(path, i), {}, shown(after[i])});
    }

    void add(JsonChange change) {
        if (m_result.changes.size() >= mostChanges)
            m_result.cut = true;
        else
            m_result.changes.push_back(std::move(change));
    }

    JsonDifference& m_result;
};

std::string cutText(std::string_view text) {
    return shown(Json(std::string(text)));
}

}  // namespace

JsonDifference jsonDifference(std::string_view before, std::string_view after) {
    JsonDifference result;
    if (before == after) return result;
    const auto left = parseBounded<Json>(before);
    const auto right = parseBounded<Json>(after);
    if (left.is_discarded() || right.is_discarded()) {
        result.isJson = false;
        result.changes.push_back({Kind::changed, {}, cutText(before), cutText(after)});
        return result;
    }
    Walk(result).compare(left, right, {});
    return result;
}

}  // namespace stepwell::between
