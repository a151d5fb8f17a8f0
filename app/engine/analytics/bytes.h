#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// How numbers and texts lie in blobs.
namespace stepwell::engine::analytics {

/// Writes to the end of a blob. Numbers are LEB128: seven bits a byte, lowest first.
class ByteWriter {
  public:
    explicit ByteWriter(std::string& out)
        : m_out(out) {}
    void number(std::uint64_t value);
    void signedNumber(std::int64_t value);  ///< small ones of either sign take few bytes
    void text(std::string_view value);
    void byte(std::uint8_t value) { m_out.push_back(static_cast<char>(value)); }

  private:
    std::string& m_out;
};

/// Reads foreign bytes: after the first thing that cannot be, `ok` is false and all else is 0 or empty.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes)
        : m_at(bytes.data())
        , m_end(bytes.data() + bytes.size()) {}
    std::uint64_t number() {
        if (m_at != m_end && static_cast<std::uint8_t>(*m_at) < 0x80)
            return static_cast<std::uint8_t>(*m_at++);
        if (m_end - m_at > 1 && static_cast<std::uint8_t>(m_at[1]) < 0x80) {
            const auto low = static_cast<std::uint64_t>(static_cast<std::uint8_t>(m_at[0]) & 0x7F);
            const auto high = static_cast<std::uint64_t>(static_cast<std::uint8_t>(m_at[1]));
            m_at += 2;
            return low | high << 7;
        }
        return longNumber();
    }
    std::int64_t signedNumber() {
        const auto value = number();
        return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    std::string_view text();
    std::string_view raw(std::uint64_t size);
    std::uint8_t byte();
    bool ok() const { return m_ok; }
    bool atEnd() const { return m_at == m_end; }
    std::string_view rest() const { return {m_at, static_cast<std::size_t>(m_end - m_at)}; }

  private:
    std::uint64_t longNumber();
    void fail();

    const char* m_at;
    const char* m_end;
    bool m_ok = true;
};

/// A column of numbers in the shortest of some forms: all the same; runs; bits above the least; or varints,
/// of the numbers or of their differences.
void writeColumn(std::string& out, std::span<const std::int64_t> values);
/// Reads `count` numbers; false when the bytes are not a column of so many.
bool readColumn(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& values);

}  // namespace stepwell::engine::analytics
