#include "models/visible_text.h"

namespace stepwell {
namespace {

bool isUnseen(QChar letter) {
    switch (letter.category()) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        // Zero width joiners belong to the writing of words and of emoji.
        return letter != QChar(0x200D) && letter != QChar(0x200C);
    default:
        return false;
    }
}

}  // namespace

QString visibleText(const QString& text) {
    QString shown;
    shown.reserve(text.size());
    for (const QChar letter : text) {
        if (isUnseen(letter))
            shown += QStringLiteral("\\u%1").arg(letter.unicode(), 4, 16, QLatin1Char('0'));
        else
            shown += letter;
    }
    return shown;
}

}  // namespace stepwell
