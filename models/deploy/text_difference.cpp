#include "models/deploy/text_difference.h"

#include "models/site/archive_name.h"
#include "models/text.h"

#include <algorithm>

namespace stepwell {

namespace {

using Kind = DifferenceLine::Kind;
using Lines = std::vector<std::string_view>;

constexpr std::size_t mostShown = 2'000;
constexpr std::size_t longestLine = 400;
constexpr int mostEdits = 1'000;  ///< beyond it a line-by-line difference tells nobody anything

Lines linesOf(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

struct Step {
    Kind kind;
    std::string_view text;
};

/// The shortest way from one list to the other (Myers). Empty when it takes more than `mostEdits` edits.
class ShortestEdit {
  public:
    ShortestEdit(const Lines& before, const Lines& after)
        : m_before(before)
        , m_after(after)
        , m_n(static_cast<int>(before.size()))
        , m_m(static_cast<int>(after.size())) {}

    std::vector<Step> steps() {
        const int most = std::min(m_n + m_m, mostEdits);
        std::vector<int> reach(static_cast<std::size_t>(2 * most + 3), 0);
        const auto at = [&](int k) -> int& { return reach[static_cast<std::size_t>(k + most + 1)]; };
        for (int edits = 0; edits <= most; ++edits) {
            m_trail.push_back(
                std::vector<int>(reach.begin() + most + 1 - edits - 1, reach.begin() + most + 1 + edits + 2));
            for (int k = -edits; k <= edits; k += 2) {
                const bool down = k == -edits || (k != edits && at(k - 1) < at(k + 1));
                int x = down ? at(k + 1) : at(k - 1) + 1;
                x = slide(x, x - k);
                at(k) = x;
                if (x >= m_n && x - k >= m_m) return walkBack(edits);
            }
        }
        return {};
    }

  private:
    int slide(int x, int y) const {
        while (x < m_n && y < m_m &&
               m_before[static_cast<std::size_t>(x)] == m_after[static_cast<std::size_t>(y)]) {
            ++x;
            ++y;
        }
        return x;
    }

    std::vector<Step> walkBack(int edits) const {
        std::vector<Step> steps;
        int x = m_n;
        int y = m_m;
        const auto same = [&](int untilX, int untilY) {
            for (; x > untilX && y > untilY; --x, --y)
                steps.push_back({Kind::same, m_before[static_cast<std::size_t>(x - 1)]});
        };
        for (; edits > 0; --edits) {
            const auto& reach = m_trail[static_cast<std::size_t>(edits)];
            const auto at = [&](int k) { return reach[static_cast<std::size_t>(k + edits + 1)]; };
            const int k = x - y;
            const bool down = k == -edits || (k != edits && at(k - 1) < at(k + 1));
            const int fromX = down ? at(k + 1) : at(k - 1);
            const int fromY = fromX - (down ? k + 1 : k - 1);
            same(down ? fromX : fromX + 1, down ? fromY + 1 : fromY);
            if (down)
                steps.push_back({Kind::added, m_after[static_cast<std::size_t>(y - 1)]});
            else
                steps.push_back({Kind::removed, m_before[static_cast<std::size_t>(x - 1)]});
            x = fromX;
            y = fromY;
        }
        same(0, 0);
        std::reverse(steps.begin(), steps.end());
        return steps;
    }

    const Lines& m_before;
    const Lines& m_after;
    int m_n;
    int m_m;
    std::vector<std::vector<int>> m_trail;  ///< what was reached before each number of edits
};

std::vector<Step> allReplaced(const Lines& before, const Lines& after) {
    std::vector<Step> steps;
    for (const auto line : before)
        steps.push_back({Kind::removed, line});
    for (const auto line : after)
        steps.push_back({Kind::added, line});
    return steps;
}

QString shownLine(std::string_view line) {
    const bool isLong = line.size() > longestLine;
    return toQt(line.substr(0, longestLine)).replace(u'\t', QStringLiteral("    ")) +
           (isLong ? QStringLiteral("…") : QString());
}

}  // namespace

std::vector<DifferenceLine> textDifference(std::string_view before, std::string_view after, int context) {
    const auto left = linesOf(before);
    const auto right = linesOf(after);
    auto steps = ShortestEdit(left, right).steps();
    if (steps.empty() && before != after) steps = allReplaced(left, right);
    std::vector<bool> shown(steps.size(), false);
    const auto count = static_cast<int>(steps.size());
    for (int i = 0; i < count; ++i)
        if (steps[static_cast<std::size_t>(i)].kind != Kind::same)
            for (int j = std::max(0, i - context); j <= std::min(count - 1, i + context); ++j)
                shown[static_cast<std::size_t>(j)] = true;
    std::vector<DifferenceLine> result;
    int skipped = 0;
    for (std::size_t i = 0; i < steps.size() && result.size() < mostShown; ++i) {
        if (!shown[i]) {
            ++skipped;
            continue;
        }
        if (skipped > 0) result.push_back({Kind::skipped, {}, std::exchange(skipped, 0)});
        result.push_back({steps[i].kind, shownLine(steps[i].text), 0});
    }
    if (skipped > 0 && !result.empty()) result.push_back({Kind::skipped, {}, skipped});
    return result;
}

bool isShownAsText(std::string_view bytes) {
    constexpr std::size_t looked = 8'192;
    auto start = bytes.substr(0, looked);
    // The cut may go through a character.
    if (bytes.size() > looked)
        while (!start.empty() && (static_cast<unsigned char>(start.back()) & 0x80U) != 0)
            start.remove_suffix(1);
    const bool isPlain = std::all_of(start.begin(), start.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 || c == '\n' || c == '\r' || c == '\t' || c == '\f';
    });
    return isPlain && site::isUtf8(start);
}

}  // namespace stepwell
