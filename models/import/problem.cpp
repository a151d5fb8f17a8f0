#include "models/import/problem.h"

namespace stepwell {

QString toText(const Problem& problem) {
    if (problem.file.isEmpty()) return problem.text;
    QString place = problem.file;
    if (problem.line > 0) place += QStringLiteral(":%1").arg(problem.line);
    if (problem.line > 0 && problem.column > 0) place += QStringLiteral(":%1").arg(problem.column);
    return place + QStringLiteral(": ") + problem.text;
}

}  // namespace stepwell
