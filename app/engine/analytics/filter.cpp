#include "app/engine/analytics/filter.h"

#include <algorithm>
#include <iterator>

namespace stepwell::engine::analytics {

namespace {

constexpr int deepest = 64;

tl::unexpected<api::Error> bad(const std::string& what) {
    return api::fail(400, api::code::badBody, what);
}

bool takesMany(Operator op) {
    return op == Operator::in || op == Operator::notIn;
}

bool isLike(Operator op) {
    return op == Operator::like || op == Operator::notLike;
}

/// Greedy from the left: a text between two % that was found at its first place leaves the most for the rest.
bool matches(std::string_view text, std::string_view pattern) {
    const auto first = pattern.find('%');
    if (first == std::string_view::npos) return text == pattern;
    if (!text.starts_with(pattern.substr(0, first))) return false;
    text.remove_prefix(first);
    pattern.remove_prefix(first + 1);
    for (;;) {
        const auto next = pattern.find('%');
        if (next == std::string_view::npos) return text.ends_with(pattern);
        const auto at = text.find(pattern.substr(0, next));
        if (at == std::string_view::npos) return false;
        text.remove_prefix(at + next);
        pattern.remove_prefix(next + 1);
    }
}

template <class T>
bool compare(Operator op, const T& value, const T& other) {
    switch (op) {
    case Operator::eq:
        return value == other;
    case Operator::neq:
        return value != other;
    case Operator::gt:
        return value > other;
    case Operator::lt:
        return value < other;
    case Operator::geq:
        return value >= other;
    case Operator::leq:
        return value <= other;
    default:
        return false;
    }
}

std::int64_t floorTo(std::int64_t time, std::int64_t length) {
    const auto rest = time % length;
    return time - (rest < 0 ? rest + length : rest);
}

std::int64_t ceilTo(std::int64_t time, std::int64_t length) {
    const auto floor = floorTo(time, length);
    return floor == time ? floor : floor + length;
}

/// Far enough on both sides that nothing overflows.
constexpr std::int64_t farTime = std::int64_t{1} << 60;

}  // namespace

Filter Filter::all(std::vector<Filter> parts) {
    Filter filter;
    filter.kind = Kind::all;
    filter.parts = std::move(parts);
    return filter;
}

Filter Filter::any(std::vector<Filter> parts) {
    Filter filter;
    filter.kind = Kind::any;
    filter.parts = std::move(parts);
    return filter;
}

Filter Filter::column(Column column, Operator op, std::vector<Value> values) {
    Filter filter;
    filter.kind = Kind::condition;
    filter.field = {column};
    filter.op = op;
    filter.values = std::move(values);
    return filter;
}

Filter Filter::time(Grain grain, Operator op, std::vector<Value> values) {
    Filter filter = column(0, op, std::move(values));
    filter.field = {grain};
    return filter;
}

api::Result<CompiledFilter> CompiledFilter::compile(const Filter& filter, const TableSpec& table) {
    auto top = build(filter, table, 0);
    if (!top) return tl::unexpected(top.error());
    CompiledFilter compiled;
    compiled.m_top = std::move(*top);
    compiled.takeTimes(compiled.m_top);
    compiled.note(compiled.m_top);
    return compiled;
}

api::Result<CompiledFilter::Node> CompiledFilter::build(const Filter& filter, const TableSpec& table,
                                                        int depth) {
    if (depth > deepest) return bad("the filter is nested more than " + std::to_string(deepest) + " deep");
    if (filter.kind == Filter::Kind::condition) return condition(filter, table);
    Node node;
    node.kind = filter.kind;
    for (const auto& part : filter.parts) {
        auto built = build(part, table, depth + 1);
        if (!built) return built;
        if (node.kind == Filter::Kind::all && built->kind == Filter::Kind::all)
            std::move(built->parts.begin(), built->parts.end(), std::back_inserter(node.parts));
        else
            node.parts.push_back(std::move(*built));
    }
    return node;
}

api::Result<CompiledFilter::Node> CompiledFilter::condition(const Filter& filter, const TableSpec& table) {
    Node node;
    node.kind = Filter::Kind::condition;
    node.field = filter.field;
    node.op = filter.op;
    const auto* column = std::get_if<Column>(&filter.field.of);
    if (column != nullptr && *column >= table.columns.size())
        return bad("table " + std::string(table.name) + " has no column " + std::to_string(*column));
    const std::string name(column != nullptr ? table.columns[*column].name : "time");
    const bool isWord = column != nullptr && table.columns[*column].kind == ColumnKind::word;
    if (isLike(filter.op) && !isWord) return bad(name + " is no text: it cannot be compared with a pattern");
    if (!takesMany(filter.op) && filter.values.size() != 1)
        return bad("the condition on " + name + " needs one value");
    for (const auto& value : filter.values) {
        const auto* text = std::get_if<std::string>(&value);
        if ((text != nullptr) != isWord)
            return bad(name + " is compared with " +
                       (isWord ? "a text, not a number" : "a number, not a text"));
        if (text != nullptr)
            node.texts.push_back(*text);
        else
            node.numbers.push_back(std::get<std::int64_t>(value));
    }
    if (column == nullptr)
        for (auto& number : node.numbers)
            number = std::clamp(number, -farTime, farTime);
    std::sort(node.numbers.begin(), node.numbers.end());
    std::sort(node.texts.begin(), node.texts.end());
    node.texts.erase(std::unique(node.texts.begin(), node.texts.end()), node.texts.end());
    return node;
}

/// Conditions on times that hold for everything narrow the range, and are not asked of each row.
void CompiledFilter::takeTimes(Node& top) {
    if (top.kind == Filter::Kind::condition) {
        if (takeTime(top)) top = Node{};
        return;
    }
    if (top.kind != Filter::Kind::all) return;
    std::erase_if(top.parts, [this](Node& part) {
        if (part.kind == Filter::Kind::condition) return takeTime(part);
        takeTimes(part);
        return false;
    });
}

bool CompiledFilter::takeTime(const Node& node) {
    const auto* grain = std::get_if<Grain>(&node.field.of);
    if (grain == nullptr) return false;
    const auto length = lengthOf(*grain).count();
    const auto narrow = [this](std::int64_t begin, std::int64_t end) {
        m_from = std::max(m_from, begin);
        m_to = std::min(m_to, end);
    };
    if (node.numbers.empty()) return false;
    const auto value = node.numbers.front();
    const auto floor = floorTo(value, length);
    const auto ceil = ceilTo(value, length);
    switch (node.op) {
    case Operator::eq:
        narrow(value, floor == value ? value + length : value);
        return true;
    case Operator::geq:
        narrow(ceil, INT64_MAX);
        return true;
    case Operator::gt:
        narrow(floor + length, INT64_MAX);
        return true;
    case Operator::lt:
        narrow(0, ceil);
        return true;
    case Operator::leq:
        narrow(0, floor + length);
        return true;
    default:
        return false;
    }
}

void CompiledFilter::note(const Node& node) {
    for (const auto& part : node.parts)
        note(part);
    if (node.kind != Filter::Kind::condition) return;
    if (const auto* column = std::get_if<Column>(&node.field.of))
        m_uses[*column] = true;
    else
        m_grain = std::min(m_grain, std::get<Grain>(node.field.of));
}

bool CompiledFilter::holds(const Node& node, std::int64_t value) {
    if (node.op == Operator::in) return std::binary_search(node.numbers.begin(), node.numbers.end(), value);
    if (node.op == Operator::notIn)
        return !std::binary_search(node.numbers.begin(), node.numbers.end(), value);
    return compare(node.op, value, node.numbers.front());
}

bool CompiledFilter::holds(const Node& node, std::string_view text) {
    switch (node.op) {
    case Operator::in:
        return std::binary_search(node.texts.begin(), node.texts.end(), text, std::less<>());
    case Operator::notIn:
        return !std::binary_search(node.texts.begin(), node.texts.end(), text, std::less<>());
    case Operator::like:
        return matches(text, node.texts.front());
    case Operator::notLike:
        return !matches(text, node.texts.front());
    default:
        return compare(node.op, text, std::string_view(node.texts.front()));
    }
}

void CompiledFilter::narrow(const FilterInput& input, std::vector<std::uint8_t>& mask) const {
    ask(m_top, input, mask);
}

void CompiledFilter::ask(const Node& node, const FilterInput& input, std::vector<std::uint8_t>& mask) {
    if (node.kind == Filter::Kind::condition) return askCondition(node, input, mask);
    if (node.kind == Filter::Kind::all) {
        for (const auto& part : node.parts)
            ask(part, input, mask);
        return;
    }
    std::vector<std::uint8_t> either(mask.size(), 0);
    for (const auto& part : node.parts) {
        auto one = mask;
        ask(part, input, one);
        for (std::size_t i = 0; i < either.size(); ++i)
            either[i] |= one[i];
    }
    mask = std::move(either);
}

void CompiledFilter::askCondition(const Node& node, const FilterInput& input,
                                  std::vector<std::uint8_t>& mask) {
    if (const auto* grain = std::get_if<Grain>(&node.field.of)) {
        const auto length = lengthOf(*grain).count();
        for (std::size_t i = 0; i < mask.size(); ++i)
            if (mask[i] != 0) mask[i] = holds(node, floorTo(input.times[i], length)) ? 1 : 0;
        return;
    }
    const auto column = std::get<Column>(node.field.of);
    const auto values = input.columns[column];
    if (values.empty()) {
        std::fill(mask.begin(), mask.end(), 0);
        return;
    }
    if (!node.texts.empty() || isLike(node.op) || input.words[column] != nullptr)
        return askWords(node, input, column, mask);
    if (values.size() == 1) {
        if (!holds(node, values.front())) std::fill(mask.begin(), mask.end(), 0);
        return;
    }
    for (std::size_t i = 0; i < mask.size(); ++i)
        mask[i] &= holds(node, std::max<std::int64_t>(0, values[i])) ? 1 : 0;  // no value is told as 0
}

/// Each word is compared once, not each row.
void CompiledFilter::askWords(const Node& node, const FilterInput& input, Column column,
                              std::vector<std::uint8_t>& mask) {
    const auto values = input.columns[column];
    std::vector<std::int8_t> ofBatch;
    auto* known = &node.known;
    if (const auto* words = input.words[column]) {
        for (const auto& word : *words)
            ofBatch.push_back(holds(node, word) ? 1 : 0);
        known = &ofBatch;
    } else if (known->size() < input.dictionary->size()) {
        known->resize(input.dictionary->size(), -1);
    }
    const auto answer = [&](std::int64_t value) -> std::uint8_t {
        if (static_cast<std::uint64_t>(value) >= known->size()) return 0;  // a damaged file
        auto& one = (*known)[static_cast<std::size_t>(value)];
        if (one < 0) one = holds(node, input.dictionary->text(static_cast<std::uint32_t>(value))) ? 1 : 0;
        return static_cast<std::uint8_t>(one);
    };
    if (values.size() == 1) {
        if (answer(values.front()) == 0) std::fill(mask.begin(), mask.end(), 0);
        return;
    }
    for (std::size_t i = 0; i < mask.size(); ++i)
        if (mask[i] != 0) mask[i] = answer(values[i]);
}

std::optional<std::vector<std::string>> CompiledFilter::onlyWords(Column column) const {
    const auto names = [column](const Node& node) {
        const auto* of = std::get_if<Column>(&node.field.of);
        return node.kind == Filter::Kind::condition && of != nullptr && *of == column &&
               (node.op == Operator::eq || node.op == Operator::in);
    };
    if (names(m_top)) return m_top.texts;
    if (m_top.kind != Filter::Kind::all) return std::nullopt;
    const auto found = std::find_if(m_top.parts.begin(), m_top.parts.end(), names);
    if (found == m_top.parts.end()) return std::nullopt;
    return found->texts;
}

bool CompiledFilter::mayBe(Column column, const std::string& word) const {
    const auto rulesOut = [&](const Node& node) {
        const auto* of = std::get_if<Column>(&node.field.of);
        return node.kind == Filter::Kind::condition && of != nullptr && *of == column && !holds(node, word);
    };
    if (rulesOut(m_top)) return false;
    return m_top.kind != Filter::Kind::all || std::none_of(m_top.parts.begin(), m_top.parts.end(), rulesOut);
}

}  // namespace stepwell::engine::analytics
