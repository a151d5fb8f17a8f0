#include "app/engine/analytics/batch.h"

#include "app/engine/analytics/bytes.h"

#include <algorithm>
#include <utility>

namespace stepwell::engine::analytics {

namespace {

/// Most ids are UUIDs, which take 16 bytes instead of 36.
constexpr std::size_t uuidText = 36;
constexpr std::size_t uuidBytes = 16;

/// The last day of the year 9999: no clock shows more, but a file may.
constexpr std::int64_t lastTime = 253'402'214'400'000;

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool isDash(std::size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

/// Nothing is written unless the text is a lowercase UUID.
bool packUuid(std::string_view text, std::string& out) {
    if (text.size() != uuidText) return false;
    const auto start = out.size();
    for (std::size_t i = 0; i < uuidText;) {
        const bool isSeparated = isDash(i);
        if (isSeparated && text[i] == '-') {
            ++i;
            continue;
        }
        const int high = hexDigit(text[i]);
        const int low = i + 1 < uuidText ? hexDigit(text[i + 1]) : -1;
        if (isSeparated || high < 0 || low < 0) {
            out.resize(start);
            return false;
        }
        out.push_back(static_cast<char>(high << 4 | low));
        i += 2;
    }
    return true;
}

std::string unpackUuid(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(uuidText);
    for (const char c : bytes) {
        if (isDash(text.size())) text.push_back('-');
        const auto byte = static_cast<std::uint8_t>(c);
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 0xF]);
    }
    return text;
}

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
    : m_codes(tableSpec(table).columns.size())
    , m_last(tableSpec(table).columns.size(), -1) {
    m_batch.table = table;
    m_batch.columns.resize(tableSpec(table).columns.size());
}

void BatchBuilder::row(std::int64_t time) {
    m_batch.times.push_back(std::clamp<std::int64_t>(time, 0, lastTime));
    ++m_batch.rows;
}

std::int64_t BatchBuilder::code(Column column, std::string_view text) {
    auto& codes = m_codes[column];
    const auto known = codes.find(text);
    if (known != codes.end()) return known->second;
    auto& words = m_batch.columns[column].words;
    const auto next = static_cast<std::int64_t>(words.size());
    words.emplace_back(text);
    codes.emplace(text, next);
    return next;
}

void BatchBuilder::word(Column column, std::string_view text) {
    m_last[column] = code(column, text);
    m_batch.columns[column].values.push_back(m_last[column]);
}

void BatchBuilder::sameWord(Column column) {
    if (m_last[column] < 0) m_last[column] = code(column, {});
    m_batch.columns[column].values.push_back(m_last[column]);
}

void BatchBuilder::integer(Column column, std::int64_t value) {
    m_batch.columns[column].values.push_back(value);
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
    for (auto& codes : m_codes)
        codes.clear();
    std::fill(m_last.begin(), m_last.end(), -1);
    return std::exchange(m_batch, std::move(empty));
}

RowSorter::RowSorter() {
    for (const auto& table : allTables())
        m_builders.emplace_back(table.id);
}

bool RowSorter::take(std::string_view chunk) {
    MetricReader reader(chunk);
    // What a row says to be the same as before means the row before in this chunk.
    std::array<std::array<std::string_view, mostMetricColumns>, metricTables> last{};
    std::array<MetricReader::Word, mostMetricColumns> words;
    std::array<std::int64_t, mostMetricColumns> integers{};
    std::array<bool, metricTables> isBegun{};
    while (reader.next()) {
        const auto& columns = tableSpec(reader.table()).columns;
        const auto number = static_cast<std::size_t>(reader.table());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (columns[i].kind == ColumnKind::word)
                words[i] = reader.word();
            else
                integers[i] = reader.integer();
        }
        if (!reader.ok()) break;
        auto& builder = m_builders[number];
        builder.row(reader.time().time_since_epoch().count());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto column = static_cast<Column>(i);
            if (columns[i].kind != ColumnKind::word) {
                const bool isNone = integers[i] < 0 && !columns[i].isSketched;
                builder.integer(column, isNone ? 0 : std::max(integers[i], absent));
                continue;
            }
            if (!words[i].isSame) last[number][i] = words[i].text;
            if (words[i].isSame && isBegun[number])
                builder.sameWord(column);
            else
                builder.word(column, last[number][i]);
        }
        isBegun[number] = true;
    }
    return reader.ok();
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
