#pragma once

#include <QString>

#include <vector>

namespace stepwell {

/// An error or a warning of an import, with its place when there is one.
struct Problem {
    QString text;      ///< what is wrong and what to do
    QString file;      ///< as a person knows it; empty when the problem has no place
    int line = 0;      ///< from 1; 0 when unknown
    int column = 0;    ///< from 1, in characters; 0 when unknown
    QString lineText;  ///< the source line; empty when unknown
};

/// "src/index.ts:3:17: Unexpected "="".
QString toText(const Problem& problem);

}  // namespace stepwell
