#pragma once

#include <QString>

#include <string_view>
#include <vector>

namespace stepwell {

/// A line of a difference as it is shown.
struct DifferenceLine {
    enum class Kind { same, removed, added, skipped } kind = Kind::same;
    QString text;     ///< of `skipped`: nothing
    int skipped = 0;  ///< equal lines that are not shown
};

/// Line by line, with `context` equal lines around what differs. At most 2,000 lines come out; texts that
/// have little in common come out as one block removed and one added. Pure; takes milliseconds for a
/// megabyte.
std::vector<DifferenceLine> textDifference(std::string_view before, std::string_view after, int context = 2);

/// Whether bytes are shown as text: UTF-8 without control characters at their start.
bool isShownAsText(std::string_view bytes);

}  // namespace stepwell
