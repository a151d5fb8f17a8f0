#include "models/import/config_file.h"

#include "models/text.h"

#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <sstream>

namespace stepwell {

using nlohmann::json;

namespace {

/// Line, column and line text of a byte position.
Problem problemAt(const std::string& text, std::size_t byte, const QString& file) {
    byte = std::min(byte, text.size());
    const auto before = text.begin() + static_cast<std::ptrdiff_t>(byte);
    const auto lineStart = byte == 0 ? std::string::npos : text.rfind('\n', byte - 1);
    const auto first = lineStart == std::string::npos ? 0 : lineStart + 1;
    Problem problem;
    problem.file = file;
    problem.line = static_cast<int>(std::count(text.begin(), before, '\n')) + 1;
    problem.column = static_cast<int>(toQt(std::string_view(text).substr(first, byte - first)).size()) + 1;
    problem.lineText = toQt(std::string_view(text).substr(first, text.find('\n', first) - first)).trimmed();
    return problem;
}

/// Tells code from strings and comments, byte by byte.
class JsoncScanner {
  public:
    enum class Kind { code, string, comment };

    Kind step(char c, char next) {
        if (m_string) return stepInString(c);
        if (m_line) {
            m_line = c != '\n';
            return Kind::comment;
        }
        if (m_block) {
            m_block = !(c == '/' && m_last == '*');
            m_last = m_block ? c : ' ';
            return Kind::comment;
        }
        m_string = c == '"';
        m_line = c == '/' && next == '/';
        m_block = c == '/' && next == '*';
        m_last = ' ';
        if (m_string) return Kind::string;
        return m_line || m_block ? Kind::comment : Kind::code;
    }

  private:
    Kind stepInString(char c) {
        const bool escaped = std::exchange(m_escaped, !m_escaped && c == '\\');
        if (c == '"' && !escaped) m_string = false;
        return Kind::string;
    }

    bool m_string = false;
    bool m_escaped = false;
    bool m_line = false;
    bool m_block = false;
    char m_last = ' ';
};

/// What nlohmann says about a syntax error, without its own preface: "unexpected '}'; expected string
/// literal".
QString plainReason(const json::parse_error& error) {
    const auto text = toQt(error.what());
    const auto cut = text.indexOf(QStringLiteral(" - "));
    return cut < 0 ? QStringLiteral("This is not valid JSON.") : text.mid(cut + 3);
}

json toJson(const toml::node& node) {
    if (const auto* table = node.as_table()) {
        auto result = json::object();
        for (const auto& [key, value] : *table)
            result[std::string(key.str())] = toJson(value);
        return result;
    }
    if (const auto* array = node.as_array()) {
        auto result = json::array();
        for (const auto& value : *array)
            result.push_back(toJson(value));
        return result;
    }
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* flag = node.as_boolean()) return flag->get();
    std::ostringstream stream;
    if (const auto* date = node.as_date()) stream << date->get();
    if (const auto* clock = node.as_time()) stream << clock->get();
    if (const auto* both = node.as_date_time()) stream << both->get();
    return stream.str();
}

}  // namespace

std::string withoutTrailingCommas(std::string text) {
    JsoncScanner scanner;
    std::size_t comma = std::string::npos;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto kind = scanner.step(text[i], i + 1 < text.size() ? text[i + 1] : '\0');
        if (kind == JsoncScanner::Kind::comment) continue;
        const char c = text[i];
        if (kind == JsoncScanner::Kind::code && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) continue;
        if (kind == JsoncScanner::Kind::code && (c == '}' || c == ']') && comma != std::string::npos)
            text[comma] = ' ';
        comma = kind == JsoncScanner::Kind::code && c == ',' ? i : std::string::npos;
    }
    return text;
}

const QStringList& configFileNames() {
    static const QStringList names{QStringLiteral("wrangler.jsonc"), QStringLiteral("wrangler.json"),
                                   QStringLiteral("wrangler.toml")};
    return names;
}

std::vector<Problem> readConfigFile(const QString& path, json& result) {
    constexpr qint64 largest = 1024 * 1024;
    const auto name = QFileInfo(path).fileName();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {{QStringLiteral("The file cannot be read: %1.").arg(file.errorString()), name, 0, 0, {}}};
    if (file.size() > largest)
        return {
            {QStringLiteral("The file is larger than 1 MiB, which is no configuration."), name, 0, 0, {}}};
    auto text = file.readAll().toStdString();
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return name.endsWith(QLatin1String(".toml")) ? parseToml(text, name, result)
                                                 : parseJsonc(text, name, result);
}

std::vector<Problem> parseJsonc(const std::string& text, const QString& file, json& result) {
    try {
        result = json::parse(withoutTrailingCommas(text), nullptr, true, true);
    } catch (const json::parse_error& error) {
        auto problem = problemAt(text, error.byte > 0 ? error.byte - 1 : 0, file);
        problem.text = plainReason(error);
        return {problem};
    } catch (const json::exception& error) {
        return {{toQt(error.what()), file, 0, 0, {}}};
    }
    if (result.is_object()) return {};
    return {{QStringLiteral("The file must hold one JSON object."), file, 1, 1, {}}};
}

std::vector<Problem> parseToml(const std::string& text, const QString& file, json& result) {
    try {
        result = toJson(toml::parse(text));
        return {};
    } catch (const toml::parse_error& error) {
        const auto& at = error.source().begin;
        Problem problem{
            toQt(error.description()), file, static_cast<int>(at.line), static_cast<int>(at.column), {}};
        std::istringstream lines(text);
        std::string line;
        for (int i = 0; i < problem.line && std::getline(lines, line);)
            ++i;
        problem.lineText = toQt(line).trimmed();
        return {problem};
    }
}

}  // namespace stepwell
