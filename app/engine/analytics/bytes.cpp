#include "app/engine/analytics/bytes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace stepwell::engine::analytics {

namespace {

static_assert(std::endian::native == std::endian::little, "packed numbers are little-endian");

/// Stored.
enum class Form : std::uint8_t { same = 0, packed = 1, varints = 2, differences = 3, runs = 4 };

std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

/// Without overflow: what does not fit wraps, both when it is written and when it is read.
std::int64_t minus(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

std::int64_t plus(std::int64_t a, std::uint64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + b);
}

std::size_t varintBytes(std::uint64_t value) {
    return (static_cast<std::size_t>(std::bit_width(value | 1)) * 9 + 64) / 64;  // seven bits a byte
}

int bitsOf(std::int64_t least, std::int64_t most) {
    return std::bit_width(static_cast<std::uint64_t>(minus(most, least)));
}

void writePacked(std::string& out, std::span<const std::int64_t> values, std::int64_t least, int bits) {
    ByteWriter writer(out);
    writer.signedNumber(least);
    writer.byte(static_cast<std::uint8_t>(bits));
    const std::size_t size = (values.size() * static_cast<std::size_t>(bits) + 7) / 8;
    const std::size_t start = out.size();
    out.resize(start + size + sizeof(std::uint64_t));
    char* to = out.data() + start;
    std::uint64_t piece = 0;
    int used = 0;
    for (const auto value : values) {
        const auto rest = static_cast<std::uint64_t>(minus(value, least));
        piece |= rest << used;
        used += bits;
        if (used < 64) continue;
        std::memcpy(to, &piece, sizeof piece);
        to += sizeof piece;
        used -= 64;
        piece = used > 0 ? rest >> (bits - used) : 0;
    }
    if (used > 0) std::memcpy(to, &piece, sizeof piece);
    out.resize(start + size);
}

bool readPacked(ByteReader& reader, std::size_t count, std::vector<std::int64_t>& values) {
    const auto least = reader.signedNumber();
    const unsigned bits = reader.byte();
    if (bits > 64) return false;
    const auto bytes = reader.raw((count * bits + 7) / 8);
    if (!reader.ok()) return false;
    values.resize(count);
    const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
    // Eight bytes at once hold any number of up to 57 bits, whatever bit it begins at.
    constexpr unsigned mostAtOnce = 57;
    std::size_t i = 0;
    const std::size_t quick =
        bits == 0 || bits > mostAtOnce || bytes.size() < 8 ? 0 : (bytes.size() - 8) * 8 / bits;
    for (; i < std::min(count, quick); ++i) {
        std::uint64_t piece = 0;
        std::memcpy(&piece, bytes.data() + i * bits / 8, sizeof piece);
        values[i] = plus(least, (piece >> (i * bits % 8)) & mask);
    }
    for (; i < count; ++i) {
        std::uint64_t value = 0;
        for (unsigned bit = 0; bit < bits; ++bit) {
            const auto at = i * bits + bit;
            const auto byte = static_cast<std::uint8_t>(bytes[at / 8]);
            value |= static_cast<std::uint64_t>((byte >> (at % 8)) & 1) << bit;
        }
        values[i] = plus(least, value);
    }
    return true;
}

bool readVarints(ByteReader& reader, std::size_t count, bool areDifferences,
                 std::vector<std::int64_t>& values) {
    if (reader.rest().size() < count) return false;  // each takes a byte at least
    values.resize(count);
    std::int64_t last = 0;
    for (auto& value : values) {
        const auto read = reader.signedNumber();
        last = areDifferences ? plus(last, static_cast<std::uint64_t>(read)) : read;
        value = last;
    }
    return reader.ok();
}

bool readRuns(ByteReader& reader, std::size_t count, std::vector<std::int64_t>& values) {
    values.clear();
    values.reserve(count);
    while (values.size() < count) {
        const auto value = reader.signedNumber();
        const auto length = reader.number();
        if (!reader.ok() || length == 0 || length > count - values.size()) return false;
        values.insert(values.end(), length, value);
    }
    return true;
}

void writeRuns(ByteWriter& writer, std::span<const std::int64_t> values) {
    for (std::size_t i = 0; i < values.size();) {
        std::size_t end = i + 1;
        while (end < values.size() && values[end] == values[i])
            ++end;
        writer.signedNumber(values[i]);
        writer.number(end - i);
        i = end;
    }
}

/// Bytes that each form would take.
std::array<std::size_t, 5> sizes(std::span<const std::int64_t> values, std::int64_t least, int bits) {
    std::size_t varints = 0;
    std::size_t differences = 0;
    std::size_t runs = 0;
    std::int64_t last = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        varints += varintBytes(zigzag(values[i]));
        differences += varintBytes(zigzag(minus(values[i], last)));
        if (i == 0 || values[i] != last) runs += varintBytes(zigzag(values[i])) + 2;
        last = values[i];
    }
    const auto packed =
        varintBytes(zigzag(least)) + 1 + (values.size() * static_cast<std::size_t>(bits) + 7) / 8;
    return {bits == 0 ? 0 : SIZE_MAX, packed, varints, differences, runs};
}

}  // namespace

void ByteWriter::number(std::uint64_t value) {
    while (value >= 0x80) {
        m_out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    m_out.push_back(static_cast<char>(value));
}

void ByteWriter::signedNumber(std::int64_t value) {
    number(zigzag(value));
}

void ByteWriter::text(std::string_view value) {
    number(value.size());
    m_out += value;
}

std::uint64_t ByteReader::longNumber() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && m_at != m_end; shift += 7) {
        const auto byte = static_cast<std::uint8_t>(*m_at++);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
    fail();
    return 0;
}

std::string_view ByteReader::text() {
    return raw(number());
}

std::string_view ByteReader::raw(std::uint64_t size) {
    if (size > static_cast<std::uint64_t>(m_end - m_at)) {
        fail();
        return {};
    }
    const std::string_view bytes(m_at, size);
    m_at += size;
    return bytes;
}

std::uint8_t ByteReader::byte() {
    const auto bytes = raw(1);
    return bytes.empty() ? 0 : static_cast<std::uint8_t>(bytes.front());
}

void ByteReader::fail() {
    m_ok = false;
    m_at = m_end;
}

void writeColumn(std::string& out, std::span<const std::int64_t> values) {
    ByteWriter writer(out);
    if (values.empty()) return writer.byte(static_cast<std::uint8_t>(Form::varints));
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const int bits = bitsOf(*least, *most);
    const auto bytes = sizes(values, *least, bits);
    const auto form = static_cast<Form>(std::min_element(bytes.begin(), bytes.end()) - bytes.begin());
    writer.byte(static_cast<std::uint8_t>(form));
    if (form == Form::same) return writer.signedNumber(values.front());
    if (form == Form::packed) return writePacked(out, values, *least, bits);
    if (form == Form::runs) return writeRuns(writer, values);
    std::int64_t last = 0;
    for (const auto value : values) {
        writer.signedNumber(form == Form::differences ? minus(value, last) : value);
        last = value;
    }
}

bool readColumn(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& values) {
    ByteReader reader(bytes);
    switch (static_cast<Form>(reader.byte())) {
    case Form::same: {
        const auto value = reader.signedNumber();
        values.assign(count, value);
        return reader.ok();
    }
    case Form::packed:
        return readPacked(reader, count, values);
    case Form::varints:
        return readVarints(reader, count, false, values);
    case Form::differences:
        return readVarints(reader, count, true, values);
    case Form::runs:
        return readRuns(reader, count, values);
    }
    return false;
}

}  // namespace stepwell::engine::analytics
