#include "models/worker_versions_model.h"

#include "models/text.h"

#include <algorithm>

namespace stepwell {

namespace {

constexpr std::size_t shortId = 8;

std::vector<ListModel::Column> columns() {
    return {{QStringLiteral("Version")}, {QStringLiteral("Deployed")}, {QStringLiteral("Uploaded")},
            {QStringLiteral("By")},      {QStringLiteral("Message")},  {QStringLiteral("Id")}};
}

bool isSame(const api::WorkerVersion& a, const api::WorkerVersion& b) {
    return a.id == b.id;
}

QString orDash(const std::string& text) {
    return text.empty() ? QStringLiteral("–") : toQt(text);
}

}  // namespace

WorkerVersionsModel::WorkerVersionsModel(QObject* parent)
    : ListModel(columns(), parent) {}

void WorkerVersionsModel::show(const WorkerFeed& feed) {
    const auto& fresh = feed.versions();
    if (!fresh.value) {
        if (fresh.error) return setState(LoadState::failed, fresh.error);
        return setState(LoadState::loading);
    }
    const auto& list = *fresh.value;
    const auto added = list.size() - std::min(list.size(), m_versions.size());
    // Versions only come on top, so that rows keep their place and what is selected stays selected.
    const bool grew = list.size() >= m_versions.size() &&
                      std::equal(m_versions.begin(), m_versions.end(),
                                 list.begin() + static_cast<std::ptrdiff_t>(added), isSame);
    if (!grew)
        beginResetModel();
    else if (added > 0)
        beginInsertRows({}, 0, static_cast<int>(added) - 1);
    m_versions = list;
    m_deployments = feed.deployments().value.value_or(std::vector<api::WorkerDeployment>{});
    if (!grew)
        endResetModel();
    else if (added > 0)
        endInsertRows();
    if (!m_versions.empty()) emit dataChanged(index(0, 0), index(rows() - 1, ColumnCount - 1));
    setState(LoadState::ready);
}

void WorkerVersionsModel::clear() {
    beginResetModel();
    m_versions.clear();
    m_deployments.clear();
    endResetModel();
    setState(LoadState::idle);
}

QString WorkerVersionsModel::idAt(int row) const {
    return row >= 0 && row < rows() ? toQt(m_versions[static_cast<std::size_t>(row)].id) : QString();
}

QString WorkerVersionsModel::nameAt(int row) const {
    if (row < 0 || row >= rows()) return {};
    const auto& version = m_versions[static_cast<std::size_t>(row)];
    return version.number > 0 ? QStringLiteral("v%1").arg(version.number)
                              : toQt(version.id.substr(0, shortId));
}

int WorkerVersionsModel::shareOf(const api::WorkerVersion& version) const {
    if (m_deployments.empty()) return 0;
    for (const auto& share : m_deployments.front().shares)
        if (share.version == version.id) return share.percentage;
    return 0;
}

QString WorkerVersionsModel::deployedText(const api::WorkerVersion& version) const {
    const int share = shareOf(version);
    if (share == 0) return QStringLiteral("–");
    return share == 100 ? tr("now") : tr("now, %1 %").arg(share);
}

QVariant WorkerVersionsModel::timeOf(const api::WorkerVersion& version, int column) const {
    if (column == Created) return toQt(version.createdOn);
    return column == Deployed && shareOf(version) > 0 ? toQt(m_deployments.front().createdOn) : QVariant();
}

QVariant WorkerVersionsModel::value(int row, int column, int role) const {
    const auto& version = m_versions[static_cast<std::size_t>(row)];
    if (role == IdRole) return toQt(version.id);
    if (role == ShareRole) return shareOf(version);
    if (role == TimeRole) return timeOf(version, column);
    if (role == Qt::ToolTipRole && column == Id) return toQt(version.id);
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Number:
        return nameAt(row);
    case Deployed:
        return deployedText(version);
    case Created:
        return version.createdOn ? relativeTime(*version.createdOn, now()) : QStringLiteral("–");
    case Source:
        return orDash(version.source);
    case Message:
        return orDash(version.message);
    default:
        return toQt(version.id.substr(0, shortId));
    }
}

}  // namespace stepwell
