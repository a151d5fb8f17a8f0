#include "app/engine/analytics/groups.h"

#include <algorithm>
#include <numeric>

namespace stepwell::engine::analytics {

namespace {

constexpr std::size_t firstSlots = 256;

double average(const Group& group, std::size_t measure) {
    return static_cast<double>(group.measures[measure].sum) / static_cast<double>(group.count);
}

/// Below, equal or above 0, with nothing before everything.
template <class T>
int compared(const T& a, const T& b) {
    return a < b ? -1 : (b < a ? 1 : 0);
}

std::optional<double> quantileOf(const Group& group, const Order& order) {
    const auto& quantiles = group.measures[order.index].quantiles;
    return quantiles.empty() ? std::nullopt : std::optional(quantiles[order.quantile]);
}

int compared(const Group& a, const Group& b, const Order& order) {
    switch (order.by) {
    case Order::By::bucket:
        return compared(a.bucket, b.bucket);
    case Order::By::key:
        return compared(a.key[order.index], b.key[order.index]);
    case Order::By::count:
        return compared(a.count, b.count);
    case Order::By::sum:
        return compared(a.measures[order.index].sum, b.measures[order.index].sum);
    case Order::By::average:
        return compared(average(a, order.index), average(b, order.index));
    case Order::By::least:
        return compared(a.measures[order.index].least, b.measures[order.index].least);
    case Order::By::greatest:
        return compared(a.measures[order.index].greatest, b.measures[order.index].greatest);
    case Order::By::quantile:
        return compared(quantileOf(a, order), quantileOf(b, order));
    }
    return 0;
}

bool comesBefore(const Group& a, const Group& b, const std::vector<Order>& orders) {
    for (const auto& order : orders)
        if (const int sign = compared(a, b, order); sign != 0) return (sign < 0) != order.isDescending;
    if (const int sign = compared(a.bucket, b.bucket); sign != 0) return sign < 0;
    return a.key < b.key;
}

}  // namespace

std::int64_t QueryWords::number(const std::string& text) {
    const auto known = m_numbers.find(text);
    if (known != m_numbers.end()) return known->second;
    std::int64_t number = firstOwn + static_cast<std::int64_t>(m_own.size());
    if (const auto found = m_dictionary.find(text))
        number = *found;
    else
        m_own.push_back(text);
    m_numbers.emplace(text, number);
    return number;
}

std::string QueryWords::text(std::int64_t number) const {
    if (number >= firstOwn) return m_own[static_cast<std::size_t>(number - firstOwn)];
    return m_dictionary.text(static_cast<std::uint32_t>(number));
}

Groups::Groups(const Query& query, const TableSpec& table, const Dictionary& dictionary)
    : m_query(query)
    , m_table(table)
    , m_words(dictionary)
    , m_width(query.groupBy.size() + 1)
    , m_bucket(query.bucket ? lengthOf(*query.bucket).count() : 0) {
    const CellShape shape(table);
    const auto positionIn = [](const std::vector<Column>& columns,
                               Column column) -> std::optional<std::size_t> {
        const auto at = std::find(columns.begin(), columns.end(), column);
        if (at == columns.end()) return std::nullopt;
        return static_cast<std::size_t>(at - columns.begin());
    };
    for (const auto& asked : query.measures) {
        Measure measure;
        measure.column = asked.column;
        measure.position = *positionIn(shape.measures, asked.column);
        measure.sketched = positionIn(shape.sketched, asked.column);
        m_parts.sums[measure.position] = true;
        if (measure.sketched) m_parts.extremes[*measure.sketched] = true;
        if (measure.sketched && !asked.quantiles.empty()) {
            measure.asked = m_sketchesAsked.size();
            m_sketchesAsked.push_back(*measure.sketched);
        }
        m_measures.push_back(measure);
    }
}

std::uint64_t Groups::hashOf(const std::int64_t* key) const {
    std::uint64_t hash = 0x9E3779B97F4A7C15;
    for (std::size_t i = 0; i < m_width; ++i) {
        hash ^= static_cast<std::uint64_t>(key[i]);
        hash *= 0xBF58476D1CE4E5B9;
        hash ^= hash >> 29;
    }
    return hash;
}

void Groups::grow() {
    m_slots.assign(std::max(firstSlots, m_slots.size() * 2), 0);
    const auto mask = m_slots.size() - 1;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        auto slot = hashOf(&m_keys[i * m_width]) & mask;
        while (m_slots[slot] != 0)
            slot = (slot + 1) & mask;
        m_slots[slot] = static_cast<std::uint32_t>(i + 1);
    }
}

std::size_t Groups::groupOf(const std::int64_t* key) {
    const auto isKeyOf = [&](std::size_t group) {
        return std::equal(key, key + m_width, m_keys.begin() + static_cast<std::ptrdiff_t>(group * m_width));
    };
    if (!m_counts.empty() && isKeyOf(m_last)) return m_last;
    if (m_counts.size() * 2 >= m_slots.size()) grow();
    const auto mask = m_slots.size() - 1;
    for (auto slot = hashOf(key) & mask;; slot = (slot + 1) & mask) {
        if (m_slots[slot] == 0) {
            m_last = m_counts.size();
            m_slots[slot] = static_cast<std::uint32_t>(m_last + 1);
            m_keys.insert(m_keys.end(), key, key + m_width);
            m_counts.push_back(0);
            m_sums.resize(m_sums.size() + m_measures.size());
            return m_last;
        }
        if (!isKeyOf(m_slots[slot] - 1)) continue;
        return m_last = m_slots[slot] - 1;
    }
}

void Groups::addExtremes(Sum& sum, std::int64_t least, std::int64_t greatest) {
    if (least == absent) return;
    sum.least = sum.least == absent ? least : std::min(sum.least, least);
    sum.greatest = std::max(sum.greatest, greatest);
}

void Groups::addRows(const Batch& batch, const std::vector<std::uint8_t>& mask) {
    std::vector<std::vector<std::int64_t>> numbers(m_query.groupBy.size());
    for (std::size_t k = 0; k < numbers.size(); ++k)
        for (const auto& word : batch.columns[m_query.groupBy[k]].words)
            numbers[k].push_back(m_words.number(word));
    std::vector<std::int64_t> key(m_width, 0);
    for (std::size_t i = 0; i < batch.rows; ++i) {
        if (mask[i] == 0) continue;
        if (m_bucket > 0) key[0] = batch.times[i] / m_bucket * m_bucket;
        for (std::size_t k = 0; k < numbers.size(); ++k) {
            const auto value = batch.columns[m_query.groupBy[k]].values[i];
            key[k + 1] = numbers[k].empty() ? value : numbers[k][static_cast<std::size_t>(value)];
        }
        const auto group = groupOf(key.data());
        ++m_counts[group];
        for (std::size_t m = 0; m < m_measures.size(); ++m) {
            const auto value = batch.columns[m_measures[m].column].values[i];
            if (value == absent) continue;
            auto& sum = m_sums[group * m_measures.size() + m];
            sum.sum += value;
            if (m_measures[m].sketched) addExtremes(sum, value, value);
            if (m_measures[m].asked) sum.sketch.add(sketch::bucketOf(value));
        }
    }
}

void Groups::addCells(const FilterInput& input, const CellBlock& block, const std::vector<std::uint8_t>& mask,
                      const std::vector<std::vector<std::string_view>>& sketches) {
    std::vector<std::int64_t> key(m_width, 0);
    for (std::size_t i = 0; i < block.count; ++i) {
        if (mask[i] == 0) continue;
        if (m_bucket > 0) key[0] = input.times[i] / m_bucket * m_bucket;
        for (std::size_t k = 0; k < m_query.groupBy.size(); ++k) {
            const auto values = input.columns[m_query.groupBy[k]];
            key[k + 1] = values.size() == 1 ? values.front() : values[i];
        }
        const auto group = groupOf(key.data());
        m_counts[group] += block.counts[i];
        for (std::size_t m = 0; m < m_measures.size(); ++m) {
            const auto& measure = m_measures[m];
            auto& sum = m_sums[group * m_measures.size() + m];
            sum.sum += block.sums[measure.position][i];
            if (measure.sketched)
                addExtremes(sum, block.least[*measure.sketched][i], block.greatest[*measure.sketched][i]);
            if (measure.asked) m_ok &= sum.sketch.add(sketches[*measure.asked][i]);
        }
    }
}

Group Groups::groupAt(std::size_t group) const {
    Group made;
    const auto* key = &m_keys[group * m_width];
    if (m_query.bucket) made.bucket = api::Time{api::Milliseconds{key[0]}};
    for (std::size_t k = 0; k < m_query.groupBy.size(); ++k) {
        const bool isWord = m_table.columns[m_query.groupBy[k]].kind == ColumnKind::word;
        made.key.push_back(isWord ? Value(m_words.text(key[k + 1])) : Value(key[k + 1]));
    }
    made.count = m_counts[group];
    for (std::size_t m = 0; m < m_measures.size(); ++m) {
        const auto& sum = m_sums[group * m_measures.size() + m];
        MeasureAnswer answer;
        answer.sum = sum.sum;
        if (m_measures[m].sketched && sum.least != absent) {
            answer.least = sum.least;
            answer.greatest = sum.greatest;
        }
        for (const auto q : m_query.measures[m].quantiles)
            if (const auto value = sum.sketch.quantile(q))
                answer.quantiles.push_back(std::min(std::max(*value, static_cast<double>(sum.least)),
                                                    static_cast<double>(sum.greatest)));
        made.measures.push_back(std::move(answer));
    }
    return made;
}

Answer Groups::answer() {
    Answer answer;
    answer.groups.reserve(m_counts.size());
    for (std::size_t i = 0; i < m_counts.size(); ++i)
        answer.groups.push_back(groupAt(i));
    const auto before = [this](const Group& a, const Group& b) { return comesBefore(a, b, m_query.order); };
    if (answer.groups.size() <= m_query.limit) {
        std::sort(answer.groups.begin(), answer.groups.end(), before);
        return answer;
    }
    const auto end = answer.groups.begin() + static_cast<std::ptrdiff_t>(m_query.limit);
    std::partial_sort(answer.groups.begin(), end, answer.groups.end(), before);
    answer.groups.resize(m_query.limit);
    answer.isCut = true;
    return answer;
}

}  // namespace stepwell::engine::analytics
