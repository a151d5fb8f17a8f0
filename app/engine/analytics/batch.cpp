#include "app/engine/analytics/batch.h"

#include "app/engine/analytics/bytes.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stepwell::engine::analytics {

namespace {

/// The last day of the year 9999: no clock shows more, but a file may.
constexpr std::int64_t lastTime = 253'402'214'400'000;

// Most ids are UUIDs, which take 16 bytes instead of 36.
// How a text lies among others: its length above these.
constexpr std::uint64_t asUuid = 0;
constexpr std::uint64_t asText = 1;

}  // namespace

Batch slice(const Batch& batch, std::size_t from, std::size_t to) {
    Batch part;
    part.table = batch.table;
    part.rows = to - from;
    const auto cut = [&](const std::vector<std::int64_t>& values) {
        return std::vector<std::int64_t>(values.begin() + static_cast<std::ptrdiff_t>(from),
                                         values.begin() + static_cast<std::ptrdiff_t>(to));
    };
    part.times = cut(batch.times);
    for (const auto& column : batch.columns) {
        auto& data = part.columns.emplace_back();
        data.values = cut(column.values);
        std::vector<std::int64_t> codes(column.words.size(), -1);
        if (column.words.empty()) continue;
        for (auto& value : data.values) {
            auto& code = codes[static_cast<std::size_t>(value)];
            if (code < 0) {
                code = static_cast<std::int64_t>(data.words.size());
                data.words.push_back(column.words[static_cast<std::size_t>(value)]);
            }
            value = code;
        }
    }
    return part;
}

BatchBuilder::BatchBuilder(TableId table)
    : m_codes(tableSpec(table).columns.size()) {
    m_batch.table = table;
    m_batch.columns.resize(tableSpec(table).columns.size());
}

void BatchBuilder::row(std::int64_t time) {
    m_batch.times.push_back(std::clamp<std::int64_t>(time, 0, lastTime));
    ++m_batch.rows;
}

std::int64_t BatchBuilder::code(Column column, std::string_view text) {
    std::string uuid;
    if (packUuid(text, uuid)) return codeOfUuid(column, uuid);
    auto& codes = m_codes[column].texts;
    const auto known = codes.find(text);
    if (known != codes.end()) return known->second;
    auto& words = m_batch.columns[column].words;
    const auto next = static_cast<std::int64_t>(words.size());
    words.emplace_back(text);
    codes.emplace(text, next);
    return next;
}

std::int64_t BatchBuilder::codeOfUuid(Column column, std::string_view bytes) {
    Uuid uuid{};
    std::memcpy(uuid.data(), bytes.data(), std::min(bytes.size(), sizeof uuid));
    auto& words = m_batch.columns[column].words;
    const auto next = static_cast<std::int64_t>(words.size());
    const auto [known, isNew] = m_codes[column].uuids.try_emplace(uuid, next);
    if (isNew) words.push_back(unpackUuid(bytes));
    return known->second;
}

void BatchBuilder::word(Column column, std::string_view text) {
    value(column, code(column, text));
}

void BatchBuilder::append(const Batch& other) {
    m_batch.times.insert(m_batch.times.end(), other.times.begin(), other.times.end());
    for (std::size_t i = 0; i < other.columns.size(); ++i) {
        const auto& from = other.columns[i];
        auto& values = m_batch.columns[i].values;
        if (from.words.empty()) {
            values.insert(values.end(), from.values.begin(), from.values.end());
            continue;
        }
        std::vector<std::int64_t> codes;
        codes.reserve(from.words.size());
        for (const auto& word : from.words)
            codes.push_back(code(static_cast<Column>(i), word));
        for (const auto value : from.values)
            values.push_back(codes[static_cast<std::size_t>(value)]);
    }
    m_batch.rows += other.rows;
}

Batch BatchBuilder::take() {
    Batch empty;
    empty.table = m_batch.table;
    empty.columns.resize(m_batch.columns.size());
    for (auto& codes : m_codes) {
        codes.texts.clear();
        codes.uuids.clear();
    }
    return std::exchange(m_batch, std::move(empty));
}

void BatchBuilder::clear() {
    for (auto& codes : m_codes) {
        codes.texts.clear();
        codes.uuids.clear();
    }
    m_batch.rows = 0;
    m_batch.times.clear();
    for (auto& column : m_batch.columns) {
        column.words.clear();
        column.values.clear();
    }
}

RowSorter::RowSorter() {
    for (const auto& table : allTables())
        m_builders.emplace_back(table.id);
}

/// The builder is asked for each word of a chunk once, not for each row.
std::int64_t RowSorter::codeOf(BatchBuilder& builder, Column column, const MetricReader::Word& word) {
    auto& codes = m_codes[static_cast<std::size_t>(builder.table())][column];
    if (word.number >= codes.size()) codes.resize(word.number + 1);
    auto& known = codes[word.number];
    if (known.chunk != m_chunk)
        known = {m_chunk,
                 word.isUuid ? builder.codeOfUuid(column, word.text) : builder.code(column, word.text)};
    return known.code;
}

bool RowSorter::take(std::string_view chunk) {
    ++m_chunk;
    MetricReader reader(chunk);
    std::array<MetricReader::Word, mostMetricColumns> words;
    std::array<std::int64_t, mostMetricColumns> integers{};
    while (reader.next()) {
        const auto& columns = tableSpec(reader.table()).columns;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (columns[i].kind == ColumnKind::word)
                words[i] = reader.word();
            else
                integers[i] = reader.integer();
        }
        if (!reader.ok()) break;
        auto& builder = of(reader.table());
        builder.row(reader.time().time_since_epoch().count());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto column = static_cast<Column>(i);
            if (columns[i].kind == ColumnKind::word) {
                builder.value(column, codeOf(builder, column, words[i]));
                continue;
            }
            const bool isNone = integers[i] < 0 && !columns[i].isSketched;
            builder.value(column, isNone ? 0 : std::max(integers[i], absent));
        }
    }
    return reader.ok();
}

void RowSorter::clear() {
    ++m_chunk;
    for (auto& builder : m_builders)
        builder.clear();
}

std::size_t RowSorter::rows() const {
    std::size_t rows = 0;
    for (const auto& builder : m_builders)
        rows += builder.rows();
    return rows;
}

std::string writeWords(const ColumnData& column) {
    std::string out;
    ByteWriter writer(out);
    writer.number(column.words.size());
    for (const auto& word : column.words) {
        std::string packed;
        if (packUuid(word, packed)) {
            writer.number(asUuid);
            out += packed;
        } else {
            writer.number(asText + word.size());
            out += word;
        }
    }
    writeColumn(out, column.values);
    return out;
}

bool readWords(std::string_view bytes, std::size_t rows, ColumnData& column) {
    ByteReader reader(bytes);
    const auto count = reader.number();
    if (!reader.ok() || count > bytes.size()) return false;
    column.words.clear();
    column.words.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto length = reader.number();
        if (length == asUuid)
            column.words.push_back(unpackUuid(reader.raw(uuidBytes)));
        else
            column.words.emplace_back(reader.raw(length - asText));
        if (!reader.ok()) return false;
    }
    if (!readColumn(reader.rest(), rows, column.values)) return false;
    const auto limit = static_cast<std::uint64_t>(column.words.size());
    return std::all_of(column.values.begin(), column.values.end(),
                       [limit](std::int64_t code) { return static_cast<std::uint64_t>(code) < limit; });
}

}  // namespace stepwell::engine::analytics
