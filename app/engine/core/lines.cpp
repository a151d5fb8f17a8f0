#include "app/engine/core/lines.h"

namespace stepwell::engine {

namespace {

char escapeLetter(char c) {
    switch (c) {
    case '\\':
        return '\\';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    default:
        return '\0';
    }
}

char unescapeLetter(char c) {
    switch (c) {
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    default:
        return c;
    }
}

}  // namespace

void appendEscaped(std::string& out, std::string_view text) {
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = escapeLetter(text[i]);
        if (letter == '\0') continue;
        out.append(text, start, i - start);
        out += '\\';
        out += letter;
        start = i + 1;
    }
    out.append(text, start, text.size() - start);
}

std::string unescaped(std::string_view field) {
    std::string out;
    auto slash = field.find('\\');
    if (slash == std::string_view::npos) return std::string(field);
    out.reserve(field.size());
    while (slash != std::string_view::npos && slash + 1 < field.size()) {
        out.append(field, 0, slash);
        out += unescapeLetter(field[slash + 1]);
        field.remove_prefix(slash + 2);
        slash = field.find('\\');
    }
    out.append(field);
    return out;
}

}  // namespace stepwell::engine
