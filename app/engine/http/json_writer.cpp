#include "app/engine/http/json_writer.h"

#include "app/engine/http/text.h"
#include "models/api/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace stepwell::engine::http {

namespace {

bool needsEscape(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
}

/// Appends the character at the front of `rest` and returns its length in bytes.
std::size_t appendCharacter(std::string& out, std::string_view rest) {
    if (static_cast<unsigned char>(rest[0]) < 0x80) {
        api::appendJsonEscape(out, rest[0]);
        return 1;
    }
    const auto length = utf8Length(rest);
    if (length == 0) {
        out += "\xEF\xBF\xBD";
        return 1;
    }
    out += rest.substr(0, length);
    return length;
}

template <class Number>
void appendNumber(std::string& out, Number value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

}  // namespace

void JsonWriter::separate() {
    if (text_.empty()) return;
    const char last = text_.back();
    if (last != '{' && last != '[' && last != ':') text_ += ',';
}

void JsonWriter::quoted(std::string_view value) {
    text_ += '"';
    std::size_t from = 0;
    std::size_t at = 0;
    while (at < value.size()) {
        if (!needsEscape(value[at])) {
            ++at;
            continue;
        }
        text_ += value.substr(from, at - from);
        at += appendCharacter(text_, value.substr(at));
        from = at;
    }
    text_ += value.substr(from);
    text_ += '"';
}

void JsonWriter::name(std::string_view key) {
    separate();
    quoted(key);
    text_ += ':';
}

JsonWriter& JsonWriter::object() {
    separate();
    text_ += '{';
    return *this;
}

JsonWriter& JsonWriter::object(std::string_view key) {
    name(key);
    text_ += '{';
    return *this;
}

JsonWriter& JsonWriter::endObject() {
    text_ += '}';
    return *this;
}

JsonWriter& JsonWriter::array() {
    separate();
    text_ += '[';
    return *this;
}

JsonWriter& JsonWriter::array(std::string_view key) {
    name(key);
    text_ += '[';
    return *this;
}

JsonWriter& JsonWriter::endArray() {
    text_ += ']';
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
    separate();
    quoted(value);
    return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
    separate();
    appendNumber(text_, value);
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view key, std::string_view value) {
    name(key);
    quoted(value);
    return *this;
}

JsonWriter& JsonWriter::number(std::string_view key, std::int64_t value) {
    name(key);
    appendNumber(text_, value);
    return *this;
}

JsonWriter& JsonWriter::real(std::string_view key, double value) {
    if (!std::isfinite(value)) return null(key);
    name(key);
    appendNumber(text_, value);
    return *this;
}

JsonWriter& JsonWriter::flag(std::string_view key, bool value) {
    name(key);
    text_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::flag(std::string_view key, std::optional<bool> value) {
    return value ? flag(key, *value) : null(key);
}

JsonWriter& JsonWriter::null(std::string_view key) {
    name(key);
    text_ += "null";
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view key, std::string_view json) {
    name(key);
    text_ += json;
    return *this;
}

JsonWriter& JsonWriter::time(std::string_view key, api::Time value) {
    name(key);
    text_ += '"';
    text_ += api::toIso(value);
    text_ += '"';
    return *this;
}

JsonWriter& JsonWriter::time(std::string_view key, std::optional<api::Time> value) {
    return value ? time(key, *value) : null(key);
}

}  // namespace stepwell::engine::http
