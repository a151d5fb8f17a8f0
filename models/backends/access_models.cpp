#include "models/backends/access_models.h"

#include "models/text.h"

#include <QDateTime>

namespace stepwell {

namespace {

QVariant stamp(const std::optional<api::Time>& time) {
    return time ? QVariant(QDateTime::fromMSecsSinceEpoch(time->time_since_epoch().count())) : QVariant();
}

/// A word of the API as the window writes words: "send_event" is "Send event".
QString asWords(const std::string& word) {
    QString text = toQt(word).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

}  // namespace

QString permissionsText(const std::map<std::string, std::string>& permissions) {
    QStringList parts;
    for (const auto& [level, words] :
         {std::pair{"edit", QObject::tr("Edit: %1")}, std::pair{"read", QObject::tr("Read: %1")}}) {
        QStringList products;
        for (const auto& [product, granted] : permissions)
            if (granted == level) products << productName(product);
        if (!products.isEmpty()) parts << words.arg(products.join(QStringLiteral(", ")));
    }
    return parts.join(QStringLiteral(" · "));
}

QString productName(const std::string& product) {
    if (product == "workflows") return QObject::tr("Workflows");
    if (product == "workers") return QObject::tr("Workers");
    if (product == "pages") return QObject::tr("Sites");
    if (product == "analytics") return QObject::tr("Analytics");
    if (product == "account") return QObject::tr("Tokens and audit log");
    return toQt(product);
}

QString actionWords(const std::string& action) {
    return asWords(action);
}

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
    if (role == Qt::ToolTipRole && column == Permissions) return permissionsText(token.permissions);
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Name:
        return token.name.empty() ? toQt(token.id) : toQt(token.name);
    case Permissions:
        return permissionsText(token.permissions);
    case State:
        return asWords(token.status);
    case Expires:
        return token.expires ? QString() : tr("Never");
    case LastUsed:
        return token.lastUsed ? QString() : tr("Never");
    default:
        return {};
    }
}

AuditModel::AuditModel(AccessService& access, QObject* parent)
    : ListModel({{tr("When")}, {tr("What")}, {tr("On")}, {tr("Who")}, {tr("From")}, {tr("Result")}}, parent)
    , m_access(access) {}

void AuditModel::load(const AuditQuery& query) {
    const int generation = ++m_generation;
    m_asked = query;
    if (m_rows.empty()) setState(LoadState::loading);
    m_access.audit(query, this, [this, generation, query](api::Result<AuditPage> answer) {
        if (generation != m_generation) return;
        if (!answer) return setState(LoadState::failed, answer.error());
        beginResetModel();
        m_rows = std::move(answer->rows);
        m_query = query;
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
    if (role == Qt::ToolTipRole && column == Resource) return value(row, column, Qt::DisplayRole);
    if (role == Qt::ToolTipRole && column == Who && !entry.actorId.empty())
        return tr("Id %1").arg(toQt(entry.actorId));
    if (role != Qt::DisplayRole) return {};
    switch (column) {
    case Action:
        return actionWords(entry.action);
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
        if (!entry.succeeded) return tr("Not known");
        if (*entry.succeeded) return tr("Done");
        return entry.status ? tr("Refused (%1)").arg(*entry.status) : tr("Refused");
    default:
        return {};
    }
}

}  // namespace stepwell
