#include "app/engine/graphql/print.h"

#include "app/engine/graphql/unicode.h"
#include "models/api/json_text.h"

namespace stepwell::engine::graphql {

namespace {

template <class Items, class Write>
void appendList(std::string& out, const Items& items, Write write) {
    bool first = true;
    for (const auto& item : items) {
        if (!first) out += ", ";
        first = false;
        write(item);
    }
}

void append(std::string& out, const Value& value) {
    switch (value.kind) {
    case Value::Kind::variable:
        out += '$' + value.text;
        break;
    case Value::Kind::integer:
    case Value::Kind::real:
    case Value::Kind::enumeration:
        out += value.text;
        break;
    case Value::Kind::string:
        appendQuoted(out, value.text);
        break;
    case Value::Kind::boolean:
        out += value.truth ? "true" : "false";
        break;
    case Value::Kind::null:
        out += "null";
        break;
    case Value::Kind::list:
        out += '[';
        appendList(out, value.items, [&](const Value& item) { append(out, item); });
        out += ']';
        break;
    case Value::Kind::object:
        out += '{';
        appendList(out, value.members, [&](const Value::Member& member) {
            out += member.name + ": ";
            append(out, member.value);
        });
        out += '}';
        break;
    }
}

constexpr bool isPlain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

}  // namespace

std::string print(const Value& value) {
    std::string text;
    append(text, value);
    return text;
}

void appendQuoted(std::string& out, std::string_view text) {
    out += '"';
    std::size_t from = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        if (isPlain(text[at])) {
            ++at;
            continue;
        }
        out += text.substr(from, at - from);
        const auto length = utf8Length(text.substr(at));
        if (length > 1)
            out += text.substr(at, length);
        else if (length == 1)
            api::appendJsonEscape(out, text[at]);
        else
            out += "\xEF\xBF\xBD";
        at += std::max<std::size_t>(length, 1);
        from = at;
    }
    out += text.substr(from);
    out += '"';
}

}  // namespace stepwell::engine::graphql
