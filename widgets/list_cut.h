#pragma once

#include "models/backend.h"

#include <QString>

namespace stepwell {

/// "the first 10,000 of about 12,000 are shown"; empty: the list is whole.
QString cutText(const std::optional<ListCut>& cut);
/// `counted` ("10,000 sites"), and that there are more where the list was cut.
QString withCut(const QString& counted, const std::optional<ListCut>& cut);

/// For small print below a choice: "Of the workflows the first 10,000 of about 12,000 are listed." Empty: the
/// list is whole. `what`: "workflows".
QString cutSentence(const QString& what, const std::optional<ListCut>& cut);

}  // namespace stepwell
