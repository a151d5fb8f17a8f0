#include "models/import/bundler.h"

#include <QRegularExpression>

namespace stepwell {

namespace {

/// esbuild counts columns in bytes from 0; people count characters from 1.
int columnOf(int bytes, const QString& line) {
    return static_cast<int>(QString::fromUtf8(line.toUtf8().left(bytes)).size()) + 1;
}

/// What esbuild advises is about its own options; this is about the project.
QString withAdvice(const QString& text) {
    static const QRegularExpression unresolved(QStringLiteral("^Could not resolve \"([^\"]+)\""));
    const auto match = unresolved.match(text);
    if (!match.hasMatch()) return text;
    const auto path = match.captured(1);
    if (path.startsWith(u'.') || path.startsWith(u'/'))
        return text + QStringLiteral(". Check the path: there is no such file.");
    return text + QStringLiteral(". Run \"npm install\" in the project folder, or check the name.");
}

}  // namespace

EsbuildReport parseEsbuildReport(const QString& text) {
    static const QRegularExpression head(QStringLiteral(R"(^\S+ \[(ERROR|WARNING)\] (.*)$)"));
    static const QRegularExpression place(QStringLiteral(R"(^    (\S.*):(\d+):(\d+):$)"));
    static const QRegularExpression source(QStringLiteral(R"(^ +\d+ │ (.*)$)"));
    EsbuildReport report;
    Problem* current = nullptr;
    int column = 0;
    for (const auto& line : text.split(u'\n')) {
        if (const auto match = head.match(line); match.hasMatch()) {
            auto& list = match.captured(1) == QLatin1String("ERROR") ? report.errors : report.warnings;
            list.push_back({withAdvice(match.captured(2)), {}, 0, 0, {}});
            current = &list.back();
        } else if (const auto at = place.match(line); at.hasMatch() && current && current->file.isEmpty()) {
            current->file = at.captured(1);
            current->line = at.captured(2).toInt();
            column = at.captured(3).toInt();
            current->column = column + 1;
        } else if (const auto code = source.match(line);
                   code.hasMatch() && current && current->lineText.isEmpty()) {
            current->lineText = code.captured(1);
            current->column = columnOf(column, current->lineText);
        }
    }
    return report;
}

}  // namespace stepwell
