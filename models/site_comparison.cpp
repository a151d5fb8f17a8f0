#include "models/site_comparison.h"

#include "models/text.h"

#include <algorithm>
#include <unordered_map>

namespace stepwell {

namespace {

using Kind = SiteFileDifference::Kind;
using Files = std::vector<api::SiteFile>;
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;

void sortByPath(Files& files) {
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
}

/// Each removed file is the origin of at most one that came.
void joinMoves(std::vector<SiteFileDifference>& rows, Files gone, const Files& came) {
    std::unordered_multimap<std::string, std::size_t> byKey;
    for (std::size_t at = 0; at < gone.size(); ++at)
        byKey.emplace(gone[at].key, at);
    std::vector<bool> moved(gone.size());
    for (const auto& file : came) {
        const auto from = byKey.find(file.key);
        if (from == byKey.end()) {
            rows.push_back({Kind::added, file.path, {}, 0, file.size});
            continue;
        }
        const auto& origin = gone[from->second];
        rows.push_back({Kind::moved, file.path, origin.path, origin.size, file.size});
        moved[from->second] = true;
        byKey.erase(from);
    }
    for (std::size_t at = 0; at < gone.size(); ++at)
        if (!moved[at]) rows.push_back({Kind::removed, gone[at].path, {}, gone[at].size, 0});
}

QString wordOf(Kind kind) {
    switch (kind) {
    case Kind::added:
        return QObject::tr("Added");
    case Kind::changed:
        return QObject::tr("Changed");
    case Kind::moved:
        return QObject::tr("Moved");
    case Kind::removed:
        break;
    }
    return QObject::tr("Removed");
}

}  // namespace

std::int64_t SiteComparison::count(Kind kind) const {
    return std::count_if(rows.begin(), rows.end(), [kind](const auto& row) { return row.kind == kind; });
}

SiteComparison compareSites(Files before, Files after) {
    sortByPath(before);
    sortByPath(after);
    SiteComparison result;
    Files gone;
    Files came;
    auto old = before.begin();
    auto fresh = after.begin();
    while (old != before.end() || fresh != after.end()) {
        const int order = old == before.end()    ? 1
                          : fresh == after.end() ? -1
                                                 : old->path.compare(fresh->path);
        if (order <= 0) result.bytesBefore += old->size;
        if (order >= 0) result.bytesAfter += fresh->size;
        if (order == 0 && old->key == fresh->key)
            ++result.same;
        else if (order == 0)
            result.rows.push_back({Kind::changed, fresh->path, {}, old->size, fresh->size});
        else if (order < 0)
            gone.push_back(*old);
        else
            came.push_back(*fresh);
        if (order <= 0) ++old;
        if (order >= 0) ++fresh;
    }
    joinMoves(result.rows, std::move(gone), came);
    std::stable_sort(result.rows.begin(), result.rows.end(), [](const auto& a, const auto& b) {
        return a.kind != b.kind ? a.kind < b.kind : a.path < b.path;
    });
    return result;
}

SiteComparisonModel::SiteComparisonModel(QObject* parent)
    : ListModel({{tr("Change")}, {tr("File")}, {tr("Before"), right}, {tr("After"), right}}, parent) {}

void SiteComparisonModel::setComparison(SiteComparison comparison) {
    beginResetModel();
    m_comparison = std::move(comparison);
    endResetModel();
    setState(LoadState::ready);
}

QVariant SiteComparisonModel::value(int at, int column, int role) const {
    const auto& row = m_comparison.rows[static_cast<std::size_t>(at)];
    if (role == KindRole) return static_cast<int>(row.kind);
    if (role == Qt::ToolTipRole && column == Path)
        return row.from.empty() ? toQt(row.path) : tr("%1, was %2").arg(toQt(row.path), toQt(row.from));
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Change:
        return wordOf(row.kind);
    case Path:
        return row.from.empty() ? toQt(row.path) : tr("%1 ← %2").arg(toQt(row.path), toQt(row.from));
    case Before:
        return row.kind == Kind::added ? QString() : sizeText(row.sizeBefore);
    default:
        return row.kind == Kind::removed ? QString() : sizeText(row.sizeAfter);
    }
}

}  // namespace stepwell
