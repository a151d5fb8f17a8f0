#include "models/sites_model.h"

#include "models/backend.h"
#include "models/poll_pace.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

namespace stepwell {

namespace {

constexpr std::chrono::milliseconds refreshInterval{500};
constexpr std::chrono::seconds pollInterval{5};
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;

std::vector<ListModel::Column> columns() {
    return {{QStringLiteral("Site")},
            {QStringLiteral("Address")},
            {QStringLiteral("Last deployment")},
            {QStringLiteral("Size"), right},
            {QStringLiteral("Deployments"), right},
            {QStringLiteral("Requests"), right}};
}

QVariant numberOf(const std::optional<std::int64_t>& number) {
    return number ? QVariant(static_cast<qlonglong>(*number)) : QVariant();
}

std::optional<std::int64_t> deploymentsOf(const api::SiteProject& project) {
    if (!project.productionCount && !project.previewCount) return std::nullopt;
    return project.productionCount.value_or(0) + project.previewCount.value_or(0);
}

}  // namespace

SitesModel::SitesModel(QObject* parent)
    : ListModel(columns(), parent)
    , m_refresh(
          refreshInterval, [this] { inBackground(m_backend, rowCount() > 0, [this] { load(); }); }, this) {
    m_poll.setInterval(pollInterval);
    connect(&m_poll, &QTimer::timeout, this, [this] { m_refresh.request(); });
}

void SitesModel::setBackend(Backend* backend) {
    m_backend = backend;
    ++m_generation;
    m_inFlight = false;
    m_refresh.clear();
    beginResetModel();
    m_rows.clear();
    endResetModel();
    setState(LoadState::idle);
    if (backend) m_refresh.request();
}

void SitesModel::refresh() {
    if (m_backend) load();
}

void SitesModel::setActive(bool active) {
    m_refresh.setActive(active);
    if (!active) return m_poll.stop();
    if (state() != LoadState::idle) m_refresh.request();
    m_poll.start();
}

int SitesModel::rowOf(const QString& name) const {
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const auto& row) { return toQt(row.name) == name; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

bool SitesModel::tellsRequests() const {
    return std::any_of(m_rows.begin(), m_rows.end(),
                       [](const auto& row) { return row.requests.has_value(); });
}

void SitesModel::load() {
    if (!m_backend) return;
    if (m_inFlight) return m_refresh.request();
    m_inFlight = true;
    if (state() != LoadState::ready) setState(LoadState::loading);
    m_backend->siteProjects(this, [this, generation = m_generation](auto answer) {
        if (generation != m_generation) return;
        m_inFlight = false;
        if (!answer) return setState(LoadState::failed, answer.error());
        const auto byName = [](const auto& a, const auto& b) { return a.name < b.name; };
        std::sort(answer->begin(), answer->end(), byName);
        merge(m_rows, std::move(*answer), byName);
        setState(LoadState::ready);
    });
}

QVariant SitesModel::display(const api::SiteProject& row, int column) const {
    const QLocale locale(QLocale::English);
    switch (column) {
    case Name:
        return toQt(row.name);
    case Address:
        return row.live ? toQt(row.url) : tr("nothing is live");
    case Deployed:
        return row.latest && row.latest->createdOn ? relativeTime(*row.latest->createdOn, now())
                                                   : tr("never");
    case Size:
        return row.live && row.live->bytes ? sizeText(*row.live->bytes) : QStringLiteral("–");
    case Deployments: {
        const auto count = deploymentsOf(row);
        return count ? locale.toString(static_cast<qlonglong>(*count)) : QStringLiteral("–");
    }
    default:
        return row.requests ? locale.toString(static_cast<qlonglong>(row.requests->total))
                            : QStringLiteral("–");
    }
}

QVariant SitesModel::tip(const api::SiteProject& row, int column) const {
    if (column == Deployed && row.latest && row.latest->createdOn)
        return toQt(api::toIso(*row.latest->createdOn));
    if (column == Size && row.live && row.live->files)
        return tr("%1 files, %2 bytes").arg(*row.live->files).arg(row.live->bytes.value_or(0));
    if (column == Deployments && row.productionCount)
        return tr("%1 of production, %2 previews")
            .arg(*row.productionCount)
            .arg(row.previewCount.value_or(0));
    if (column == Requests && row.requests)
        return tr("Since the engine started; %1 failed").arg(row.requests->errors);
    return {};
}

QVariant SitesModel::value(int at, int column, int role) const {
    const auto& row = m_rows[static_cast<std::size_t>(at)];
    switch (role) {
    case Qt::DisplayRole:
        return display(row, column);
    case Qt::ToolTipRole:
        return tip(row, column);
    case NameRole:
        return toQt(row.name);
    case UrlRole:
        return row.live ? toQt(row.url) : QString();
    case BranchRole:
        return row.latest ? toQt(row.latest->branch) : QString();
    case DeployedRole:
        return row.latest ? toQt(row.latest->createdOn) : QVariant();
    case BytesRole:
        return row.live ? numberOf(row.live->bytes) : QVariant();
    case FilesRole:
        return row.live ? numberOf(row.live->files) : QVariant();
    case CountRole:
        return numberOf(deploymentsOf(row));
    case RequestsRole:
        return row.requests ? QVariant(static_cast<qlonglong>(row.requests->total)) : QVariant();
    default:
        return {};
    }
}

}  // namespace stepwell
