#include "models/versions_model.h"

#include "models/backend.h"
#include "models/text.h"

#include <algorithm>

namespace stepwell {

namespace {

constexpr std::chrono::milliseconds refreshInterval{500};
constexpr std::size_t shortId = 8;

std::vector<ListModel::Column> columns() {
    return {{QStringLiteral("Version")},
            {QStringLiteral("Created")},
            {QStringLiteral("Id")},
            {QStringLiteral("Upload")}};
}

}  // namespace

VersionsModel::VersionsModel(QObject* parent)
    : ListModel(columns(), parent)
    , m_refresh(
          refreshInterval, [this] { load(); }, this) {}

void VersionsModel::setSource(Backend* backend, const std::string& workflow) {
    if (m_backend != nullptr) disconnect(m_backend, nullptr, this, nullptr);
    m_backend = backend;
    m_workflow = workflow;
    ++m_generation;
    beginResetModel();
    m_versions.clear();
    endResetModel();
    if (backend == nullptr || workflow.empty()) return setState(LoadState::idle);
    setState(LoadState::loading);
    connect(backend, &Backend::live, this, [this](const std::vector<api::LiveEvent>& events) {
        const auto isOurs = [this](const api::LiveEvent& event) {
            return event.workflow == m_workflow && event.type == "workflow_changed";
        };
        if (std::any_of(events.begin(), events.end(), isOurs)) m_refresh.request();
    });
    connect(backend, &Backend::liveReset, this, &VersionsModel::refresh);
    m_refresh.request();
}

void VersionsModel::refresh() {
    m_refresh.request();
}

void VersionsModel::setActive(bool active) {
    m_refresh.setActive(active);
}

void VersionsModel::load() {
    if (m_backend == nullptr || m_workflow.empty()) return;
    m_backend->versions(m_workflow, this,
                        [this, generation = ++m_generation](api::Result<std::vector<api::Version>> answer) {
                            if (generation == m_generation) take(std::move(answer));
                        });
}

void VersionsModel::take(api::Result<std::vector<api::Version>> answer) {
    if (!answer) return setState(LoadState::failed, answer.error());
    auto& fresh = *answer;
    const auto isSame = [](const api::Version& a, const api::Version& b) { return a.id == b.id; };
    // Versions only come on top, so that rows keep their place and what is selected stays selected.
    const auto added = fresh.size() - std::min(fresh.size(), m_versions.size());
    const bool grew = fresh.size() >= m_versions.size() &&
                      std::equal(m_versions.begin(), m_versions.end(),
                                 fresh.begin() + static_cast<std::ptrdiff_t>(added), isSame);
    if (grew && added > 0) {
        beginInsertRows({}, 0, static_cast<int>(added) - 1);
        m_versions = std::move(fresh);
        endInsertRows();
    } else if (!grew) {
        beginResetModel();
        m_versions = std::move(fresh);
        endResetModel();
    } else {
        m_versions = std::move(fresh);
        if (!m_versions.empty()) emit dataChanged(index(0, 0), index(rows() - 1, ColumnCount - 1));
    }
    setState(LoadState::ready);
}

const api::Version* VersionsModel::at(int row) const {
    return row >= 0 && row < rows() ? &m_versions[static_cast<std::size_t>(row)] : nullptr;
}

int VersionsModel::rowOf(const std::string& id) const {
    const auto found = std::find_if(m_versions.begin(), m_versions.end(),
                                    [&](const api::Version& version) { return version.id == id; });
    return found == m_versions.end() ? -1 : static_cast<int>(found - m_versions.begin());
}

QVariant VersionsModel::value(int row, int column, int role) const {
    const auto& version = m_versions[static_cast<std::size_t>(row)];
    if (role == IdRole) return toQt(version.id);
    if (role == CreatedRole) return toQt(version.createdOn);
    if (role == Qt::ToolTipRole && column == Id) return toQt(version.id);
    if (role == Qt::ToolTipRole && column == ScriptVersion) return toQt(version.scriptVersionId);
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Number:
        return version.number > 0 ? QStringLiteral("v%1").arg(version.number) : QStringLiteral("–");
    case Created:
        return version.createdOn ? relativeTime(*version.createdOn, now()) : QStringLiteral("–");
    case Id:
        return toQt(version.id.substr(0, shortId));
    default:
        return version.scriptVersionId.empty() ? QStringLiteral("–")
                                               : toQt(version.scriptVersionId.substr(0, shortId));
    }
}

}  // namespace stepwell
