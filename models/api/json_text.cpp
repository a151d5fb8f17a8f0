#include "models/api/json_text.h"

namespace stepwell::api {

void appendJsonEscape(std::string& out, char c) {
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    out += "\\u00";
    out += hex[static_cast<unsigned char>(c) >> 4U];
    out += hex[static_cast<unsigned char>(c) & 15U];
}

void appendJsonText(std::string& out, std::string_view text) {
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, start, i - start);
        appendJsonEscape(out, text[i]);
        start = i + 1;
    }
    out.append(text, start, text.size() - start);
}

void appendJsonString(std::string& out, std::string_view text) {
    out += '"';
    appendJsonText(out, text);
    out += '"';
}

}  // namespace stepwell::api
