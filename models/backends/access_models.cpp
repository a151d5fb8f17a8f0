#include "models/backends/access_models.h"

#include "models/text.h"

#include <QDateTime>

namespace stepwell {

namespace {

QVariant stamp(const std::optional<api::Time>& time) {
    return time ? QVariant(QDateTime::fromMSecsSinceEpoch(time->time_since_epoch().count())) : QVariant();
}

/// "workflows: edit, pages: read"
QString permissionsText(const AccessToken& token) {
    QStringList parts;
    for (const auto& [product, level] : token.permissions)
        if (level != "none") parts << QStringLiteral("%1: %2").arg(toQt(product), toQt(level));
    return parts.join(QStringLiteral(", "));
}

}  // namespace

TokensModel::TokensModel(AccessService& access, QObject* parent)
    : ListModel({{tr("Token")}, {tr("May")}, {tr("State")}, {tr("Ends")}, {tr("Last used")}}, parent)
    , m_access(access) {}

void TokensModel::refresh() {
    const int generation = ++m_generation;
    if (m_rows.empty()) setState(LoadState::loading);
    m_access.tokens(this, [this, generation](api::Result<std::vector<AccessToken>> answer) {
        if (generation != m_generation) return;
        if (!answer) return setState(LoadState::failed, answer.error());
        beginResetModel();
        m_rows = std::move(*answer);
        endResetModel();
        setState(LoadState::ready);
    });
}

const AccessToken* TokensModel::at(int row) const {
    return row >= 0 && row < rows() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

QVariant TokensModel::value(int row, int column, int role) const {
    const auto& token = m_rows[static_cast<std::size_t>(row)];
    if (role == IdRole) return toQt(token.id);
    if (role == ActiveRole) return token.status == "active";
    if (role == TimeRole)
        return column == Expires    ? stamp(token.expires)
               : column == LastUsed ? stamp(token.lastUsed)
                                    : QVariant();
    if (role == Qt::ToolTipRole && column == Name) return tr("Id %1").arg(toQt(token.id));
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Name:
        return token.name.empty() ? toQt(token.id) : toQt(token.name);
    case Permissions:
        return permissionsText(token);
    case State:
        return toQt(token.status);
    case Expires:
        return token.expires ? QString() : tr("never");
    case LastUsed:
        return token.lastUsed ? QString() : tr("never");
    default:
        return {};
    }
}

AuditModel::AuditModel(AccessService& access, QObject* parent)
    : ListModel({{tr("When")}, {tr("What")}, {tr("On")}, {tr("Who")}, {tr("From")}, {tr("Result")}}, parent)
    , m_access(access) {}

void AuditModel::load(const AuditQuery& query) {
    const int generation = ++m_generation;
    m_query = query;
    if (m_rows.empty()) setState(LoadState::loading);
    m_access.audit(query, this, [this, generation](api::Result<AuditPage> answer) {
        if (generation != m_generation) return;
        if (!answer) return setState(LoadState::failed, answer.error());
        beginResetModel();
        m_rows = std::move(answer->rows);
        m_total = answer->total;
        endResetModel();
        setState(LoadState::ready);
    });
}

const AuditEntry* AuditModel::at(int row) const {
    return row >= 0 && row < rows() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

QVariant AuditModel::value(int row, int column, int role) const {
    const auto& entry = m_rows[static_cast<std::size_t>(row)];
    if (role == TimeRole) return column == When ? stamp(entry.when) : QVariant();
    if (role == SucceededRole) return entry.succeeded ? QVariant(*entry.succeeded) : QVariant();
    if (role == Qt::ToolTipRole && column == Action)
        return QStringLiteral("%1 %2").arg(toQt(entry.method), toQt(entry.path));
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Action:
        return toQt(entry.action);
    case Resource:
        return entry.resourceId.empty()
                   ? toQt(entry.resource)
                   : QStringLiteral("%1 %2").arg(toQt(entry.resource), toQt(entry.resourceId));
    case Who:
        return entry.actorName.empty() ? toQt(entry.actorId) : toQt(entry.actorName);
    case From:
        return entry.address.empty() ? toQt(entry.face)
                                     : QStringLiteral("%1 · %2").arg(toQt(entry.face), toQt(entry.address));
    case Result:
        if (!entry.succeeded) return tr("not known");
        if (*entry.succeeded) return tr("done");
        return entry.status ? tr("refused (%1)").arg(*entry.status) : tr("refused");
    default:
        return {};
    }
}

}  // namespace stepwell
