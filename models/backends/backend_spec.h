#pragma once

#include "models/backends/backend_kind.h"

#include <QString>

namespace stepwell {

/// A backend as it is saved: everything but its secret.
struct BackendSpec {
    QString id;  ///< stable and random; localBackendId for this machine
    BackendKind kind = BackendKind::stepwell;
    QString name;             ///< "This machine"
    QString apiBase;          ///< "https://host/client/v4"; of wrangler dev the root of the explorer API
    QString account;          ///< its id; wrangler dev has none
    QString accountName;      ///< as the backend calls it; empty: unknown
    QString colour;           ///< "#rrggbb"; empty: that of its kind
    bool production = false;  ///< mistakes cost: coloured, and asks once more before a destructive verb
    QString caFile;           ///< PEM of a private CA; empty: the system's
    QString pinnedSha256;     ///< "sha256//BASE64" of the server's public key; empty: none
    bool plainHttp = false;   ///< the person agreed that the token goes readable over http:// to another host
    QString secretKey;        ///< under which name the keychain holds its token; empty: its id

    friend bool operator==(const BackendSpec&, const BackendSpec&) = default;
};

inline const QString localBackendId = QStringLiteral("local");
inline const QString cloudflareApiBase = QStringLiteral("https://api.cloudflare.com/client/v4");

/// With an id of its own and the defaults of its kind: address, name, production.
BackendSpec newBackendSpec(BackendKind kind);

/// What somebody typed as the address of an engine, with the path of its API where they gave host and port
/// alone.
QString completeApiBase(const QString& typed, BackendKind kind);

/// What is wrong with it, as a sentence for the person who enters it; empty when fine.
QString problemOf(const BackendSpec& spec);

/// "thisMachine", "stepwell", "wranglerDev", "cloudflare": as it is saved.
QString toText(BackendKind kind);
/// Of what is saved; `stepwell` for what nobody knows.
BackendKind backendKindFrom(const QString& text);
/// By its address: Cloudflare's host, the path of the explorer API, else a Stepwell.
BackendKind guessBackendKind(const QString& apiBase);

/// Same scheme, host and port: a token that was meant for one may go to the other. False when either is none.
bool isSameOrigin(const QString& oneUrl, const QString& otherUrl);
/// It has a token, and that would be sent over http:// to another machine, where anybody in between reads it.
bool tokenIsReadable(const BackendSpec& spec);

/// The name under which SecretStore holds the token.
QString secretKeyOf(const BackendSpec& spec);

}  // namespace stepwell
