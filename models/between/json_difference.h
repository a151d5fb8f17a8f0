#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::between {

/// One place where two JSON values differ.
struct JsonChange {
    enum class Kind { added, removed, changed } kind = Kind::changed;
    std::string path;    ///< "items[3].price"; empty: the whole value
    std::string before;  ///< JSON text, cut to 300 bytes; empty when added
    std::string after;   ///< empty when removed
    friend bool operator==(const JsonChange&, const JsonChange&) = default;
};

struct JsonDifference {
    std::vector<JsonChange> changes;  ///< in the order of keys and items, at most 1,000
    bool cut = false;                 ///< there are more
    bool isJson = true;  ///< false: one of the texts is no JSON, or nested deeper than 520 levels: the
                         ///< whole is compared
};

/// Objects are compared key by key, lists item by item: equal items at their start and end are left out
/// first, so that one item put in or taken out is told as one.
JsonDifference jsonDifference(std::string_view before, std::string_view after);

}  // namespace stepwell::between
