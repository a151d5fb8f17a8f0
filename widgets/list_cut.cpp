#include "widgets/list_cut.h"

#include "widgets/format.h"

#include <QObject>

namespace stepwell {

QString cutText(const std::optional<ListCut>& cut) {
    if (!cut) return {};
    const QString first = format::number(cut->listed);
    return cut->total < 0
               ? QObject::tr("the first %1 are listed, there are more").arg(first)
               : QObject::tr("the first %1 of about %2 are listed").arg(first, format::number(cut->total));
}

QString withCut(const QString& counted, const std::optional<ListCut>& cut) {
    return cut ? QObject::tr("%1: %2; open others by link").arg(counted, cutText(cut)) : counted;
}

QString cutSentence(const QString& what, const std::optional<ListCut>& cut) {
    return cut ? QObject::tr("Of the %1 %2.").arg(what, cutText(cut)) : QString();
}

}  // namespace stepwell
