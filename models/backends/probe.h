#pragma once

#include "models/backends/backend_spec.h"
#include "models/backends/support.h"

#include <QList>
#include <QObject>

#include <functional>
#include <map>
#include <optional>

namespace stepwell {

/// What asking a backend about itself gave.
struct ProbeReport {
    enum class Token { none, active, disabled, expired, refused, unknown };

    BackendKind kind = BackendKind::stepwell;  ///< what really answers there
    bool reachable = false;
    QString apiBase;        ///< where it really answers, when that is not what was entered
    QString problem;        ///< why it is not of use as it is entered, with the remedy; empty when it is
    QString serverVersion;  ///< "stepwell 1.2.0"; empty: not told
    Token token = Token::unknown;
    QString tokenName;                      ///< as whoever made it called it; empty: not told
    QString tokenMay;                       ///< "edit Workflows, Workers; read Pages"; empty: not told
    std::optional<api::Time> tokenExpires;  ///< nothing: never, or not told
    struct Account {
        QString id;
        QString name;
        friend bool operator==(const Account&, const Account&) = default;
    };
    QList<Account> accounts;         ///< those that the token may see, at most 200
    SupportTable support = {};       ///< by feature
    QString serverKey;               ///< its public key, only told when its certificate is not trusted
    bool certificateTrusted = true;  ///< false: `problem` says why; `serverKey` may be pinned
    const Support& of(Feature feature) const { return support.at(static_cast<std::size_t>(feature)); }
};

/// Asks a backend who it is, whether the token holds, which accounts it may see and what it may do there, by
/// requests that change nothing. Runs beside the GUI thread for at most about 30 s; answers once on the
/// thread of `context`, or not at all when that is gone. An empty account: the first one there is.
void probe(const BackendSpec& spec, const QString& token, QObject* context,
           std::function<void(ProbeReport)> done);

}  // namespace stepwell
