#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

/// Writing and reading lines of the driver protocol, resources/driver/PROTOCOL.md.
namespace stepwell::engine {

/// Appends `text` with backslash, TAB, LF and CR escaped.
void appendEscaped(std::string& out, std::string_view text);
/// Reverses `appendEscaped`; an unknown escape stands for itself.
std::string unescaped(std::string_view field);

/// Appends one line to a buffer, field by field.
class LineWriter {
  public:
    LineWriter(std::string& out, std::string_view op)
        : m_out(out) {
        m_out += op;
    }
    ~LineWriter() { m_out += '\n'; }
    LineWriter(const LineWriter&) = delete;
    LineWriter& operator=(const LineWriter&) = delete;

    LineWriter& number(std::int64_t value) {
        std::array<char, 24> buffer{};
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
        m_out += '\t';
        m_out.append(buffer.data(), end);
        return *this;
    }
    LineWriter& text(std::string_view value) {
        m_out += '\t';
        appendEscaped(m_out, value);
        return *this;
    }

  private:
    std::string& m_out;
};

/// Takes a line apart from the left. Reading past the end gives empty fields and zeros.
class LineReader {
  public:
    explicit LineReader(std::string_view line)
        : m_rest(line) {}

    std::string_view raw() {
        const auto tab = m_rest.find('\t');
        const auto field = m_rest.substr(0, tab);
        m_rest = tab == std::string_view::npos ? std::string_view{} : m_rest.substr(tab + 1);
        return field;
    }
    std::string text() { return unescaped(raw()); }
    std::int64_t number() {
        const auto field = raw();
        std::int64_t value = 0;
        std::from_chars(field.data(), field.data() + field.size(), value);
        return value;
    }

  private:
    std::string_view m_rest;
};

}  // namespace stepwell::engine
