#include "widgets/json_editor.h"

#include <nlohmann/json.hpp>

#include <QRegularExpression>

namespace stepwell {
namespace {

/// The parser's own words without its position and error number, which are shown in our form.
QString readable(const char* what) {
    QString text = QString::fromUtf8(what);
    static const QRegularExpression prefix(QStringLiteral("^\\[json\\.exception[^\\]]*\\] "));
    static const QRegularExpression position(QStringLiteral("^parse error( at line \\d+, column \\d+)?: "));
    static const QRegularExpression lead(QStringLiteral("^syntax error while parsing [^-]*- "));
    text.remove(prefix).remove(position).remove(lead);
    const auto lastRead = text.indexOf(QLatin1String("; last read:"));
    if (lastRead >= 0) {
        const auto expected = text.indexOf(QLatin1String("; expected"), lastRead);
        text = text.left(lastRead) + (expected >= 0 ? text.mid(expected) : QString());
    }
    return text;
}

JsonProblem problemAt(const std::string& utf8, std::size_t byte, const char* what) {
    const std::size_t end = std::min(byte == 0 ? 0 : byte - 1, utf8.size());
    const auto before = QString::fromUtf8(utf8.data(), static_cast<qsizetype>(end));
    const auto line = static_cast<int>(before.count(QLatin1Char('\n'))) + 1;
    const auto column = static_cast<int>(before.size() - (before.lastIndexOf(QLatin1Char('\n')) + 1)) + 1;
    return {line, column, readable(what)};
}

}  // namespace

JsonProblem checkJson(const QString& text) {
    if (text.trimmed().isEmpty()) return {};
    const std::string utf8 = text.toStdString();
    try {
        [[maybe_unused]] const auto value = nlohmann::json::parse(utf8);
        return {};
    } catch (const nlohmann::json::parse_error& error) {
        return problemAt(utf8, error.byte, error.what());
    } catch (const nlohmann::json::exception& error) {
        return {1, 1, readable(error.what())};
    }
}

}  // namespace stepwell
