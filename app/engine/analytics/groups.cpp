#include "app/engine/analytics/groups.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace stepwell::engine::analytics {

namespace {

constexpr std::size_t firstSlots = 256;

/// Numbers that order as the values do, so that groups are sorted by integers alone.
constexpr std::int64_t nothingRank = INT64_MIN;  ///< before everything

std::int64_t rankOf(double value) {
    const auto bits = std::bit_cast<std::int64_t>(value);
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

std::int64_t reversed(std::int64_t rank) {
    return ~rank;
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

/// Cells come sorted, so that the next one is mostly of the same group as the last, or of the group that was
/// made after it.
std::size_t Groups::groupOf(const std::int64_t* key) {
    if (!m_counts.empty() && isKeyOf(m_last, key)) return m_last;
    if (m_last + 1 < m_counts.size() && isKeyOf(m_last + 1, key)) return ++m_last;
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
        if (isKeyOf(m_slots[slot] - 1, key)) return m_last = m_slots[slot] - 1;
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
    struct Source {
        const std::int64_t* values;
        std::size_t step;  // 0: one value for all cells
    };
    std::vector<Source> sources;
    for (const auto column : m_query.groupBy)
        sources.push_back({input.columns[column].data(), input.columns[column].size() == 1 ? 0U : 1U});
    for (std::size_t i = 0; i < block.count; ++i) {
        if (mask[i] == 0) continue;
        if (m_bucket > 0) key[0] = input.times[i] / m_bucket * m_bucket;
        for (std::size_t k = 0; k < sources.size(); ++k)
            key[k + 1] = sources[k].values[i * sources[k].step];
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
    made.key.reserve(m_query.groupBy.size());
    made.measures.reserve(m_measures.size());
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
        answer.quantiles.reserve(m_query.measures[m].quantiles.size());
        sum.sketch.quantiles(m_query.measures[m].quantiles, answer.quantiles);
        for (auto& value : answer.quantiles)
            value =
                std::min(std::max(value, static_cast<double>(sum.least)), static_cast<double>(sum.greatest));
        made.measures.push_back(std::move(answer));
    }
    return made;
}

/// Of each group, the place of its word among those of all groups; integers stand for themselves.
std::vector<std::int64_t> Groups::wordRanks(std::size_t key) const {
    std::vector<std::int64_t> ranks(m_counts.size());
    for (std::size_t i = 0; i < ranks.size(); ++i)
        ranks[i] = m_keys[i * m_width + key + 1];
    if (m_table.columns[m_query.groupBy[key]].kind != ColumnKind::word) return ranks;
    std::unordered_map<std::int64_t, std::int64_t> places;
    std::vector<std::pair<std::string, std::int64_t>> words;
    for (const auto number : ranks)
        if (places.emplace(number, 0).second) words.emplace_back(m_words.text(number), number);
    std::sort(words.begin(), words.end());
    for (std::size_t i = 0; i < words.size(); ++i)
        places[words[i].second] = static_cast<std::int64_t>(i);
    for (auto& rank : ranks)
        rank = places[rank];
    return ranks;
}

std::vector<std::int64_t> Groups::ranksBy(const Order& order) const {
    if (order.by == Order::By::count) return m_counts;
    if (order.by == Order::By::key) return wordRanks(order.index);
    std::vector<std::int64_t> ranks(m_counts.size(), nothingRank);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (order.by == Order::By::bucket) {
            ranks[i] = m_keys[i * m_width];
            continue;
        }
        const auto& sum = m_sums[i * m_measures.size() + order.index];
        const bool isKnown = m_measures[order.index].sketched && sum.least != absent;
        if (order.by == Order::By::sum) {
            ranks[i] = sum.sum;
        } else if (order.by == Order::By::average) {
            ranks[i] = rankOf(static_cast<double>(sum.sum) / static_cast<double>(m_counts[i]));
        } else if (order.by == Order::By::quantile) {
            const auto quantiles = groupAt(i).measures[order.index].quantiles;
            if (!quantiles.empty()) ranks[i] = rankOf(quantiles[order.quantile]);
        } else if (isKnown) {
            ranks[i] = order.by == Order::By::least ? sum.least : sum.greatest;
        }
    }
    return ranks;
}

/// Groups in order, up to the limit.
std::vector<std::uint32_t> Groups::sorted() const {
    std::vector<std::vector<std::int64_t>> ranks;
    for (const auto& order : m_query.order) {
        ranks.push_back(ranksBy(order));
        if (!order.isDescending) continue;
        std::transform(ranks.back().begin(), ranks.back().end(), ranks.back().begin(), reversed);
    }
    if (m_query.bucket) ranks.push_back(ranksBy({}));
    for (std::size_t k = 0; k < m_query.groupBy.size(); ++k)
        ranks.push_back(wordRanks(k));
    std::vector<std::uint32_t> groups(m_counts.size());
    std::iota(groups.begin(), groups.end(), 0U);
    const auto before = [&ranks](std::uint32_t a, std::uint32_t b) {
        for (const auto& rank : ranks)
            if (rank[a] != rank[b]) return rank[a] < rank[b];
        return false;
    };
    const auto shown = std::min(groups.size(), m_query.limit);
    if (shown == groups.size())
        std::sort(groups.begin(), groups.end(), before);
    else
        std::partial_sort(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(shown), groups.end(),
                          before);
    groups.resize(shown);
    return groups;
}

Answer Groups::answer() {
    Answer answer;
    answer.isCut = m_counts.size() > m_query.limit;
    const auto groups = sorted();
    answer.groups.reserve(groups.size());
    for (const auto group : groups)
        answer.groups.push_back(groupAt(group));
    return answer;
}

}  // namespace stepwell::engine::analytics
