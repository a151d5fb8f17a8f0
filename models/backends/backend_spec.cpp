#include "models/backends/backend_spec.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>
#include <QUrl>
#include <QUuid>

namespace stepwell {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("BackendSpec", text);
}

QString problemOfAddress(const QString& apiBase, BackendKind kind) {
    const QUrl url(apiBase, QUrl::StrictMode);
    const bool web = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (url.isValid() && web && !url.host().isEmpty() && url.userInfo().isEmpty()) return {};
    if (kind == BackendKind::wranglerDev)
        return tr("The address of wrangler dev starts with http://, for example http://127.0.0.1:8787");
    return tr("The API URL starts with http:// or https:// and usually ends in /client/v4");
}

bool isThisMachine(const QString& host) {
    static const QRegularExpression loopback(QStringLiteral("^127(\\.[0-9]{1,3}){3}$"));
    return host == QLatin1String("localhost") || host.endsWith(QLatin1String(".localhost")) ||
           host == QLatin1String("::1") || loopback.match(host).hasMatch();
}

QString problemOfPlainHttp(const BackendSpec& spec) {
    if (QUrl(spec.apiBase).scheme() != QLatin1String("http")) return {};
    if (!spec.caFile.isEmpty() || !spec.pinnedSha256.isEmpty())
        return tr(
            "A certificate authority or a pinned key counts over https:// alone: use that, or leave both "
            "empty");
    if (tokenIsReadable(spec) && !spec.plainHttp)
        return tr("Over http:// anybody on the way can read the token: use https://, or agree to that");
    return {};
}

}  // namespace

BackendSpec newBackendSpec(BackendKind kind) {
    BackendSpec spec;
    spec.kind = kind;
    spec.id = kind == BackendKind::thisMachine ? localBackendId
                                               : QUuid::createUuid().toString(QUuid::WithoutBraces);
    switch (kind) {
    case BackendKind::thisMachine:
        spec.name = tr("This machine");
        break;
    case BackendKind::stepwell:
        break;
    case BackendKind::wranglerDev:
        spec.name = tr("wrangler dev");
        spec.apiBase = QStringLiteral("http://127.0.0.1:8787/cdn-cgi/local/explorer/api");
        break;
    case BackendKind::cloudflare:
        spec.name = tr("Cloudflare");
        spec.apiBase = cloudflareApiBase;
        spec.production = true;
        break;
    }
    return spec;
}

QString problemOf(const BackendSpec& spec) {
    static const QRegularExpression pin(QStringLiteral("^sha256//[A-Za-z0-9+/]{43}=$"));
    if (spec.kind == BackendKind::thisMachine) return {};
    if (spec.name.trimmed().isEmpty()) return tr("Give it a name");
    if (auto problem = problemOfAddress(spec.apiBase, spec.kind); !problem.isEmpty()) return problem;
    if (auto problem = problemOfPlainHttp(spec); !problem.isEmpty()) return problem;
    if (spec.kind != BackendKind::wranglerDev && spec.account.trimmed().isEmpty())
        return tr("Press Test to choose an account, or type its id");
    if (!spec.caFile.isEmpty() && !QFileInfo(spec.caFile).isReadable())
        return tr("The file of the certificate authority, %1, cannot be read").arg(spec.caFile);
    if (!spec.pinnedSha256.isEmpty() && !pin.match(spec.pinnedSha256).hasMatch())
        return tr("A pinned key looks like sha256// and 44 characters of Base64 behind it");
    return {};
}

QString completeApiBase(const QString& typed, BackendKind kind) {
    const QString trimmed = typed.trimmed();
    const QUrl url(trimmed, QUrl::StrictMode);
    const bool isBare = url.path().isEmpty() || url.path() == QLatin1String("/");
    if (kind != BackendKind::stepwell || !problemOfAddress(trimmed, kind).isEmpty() || !isBare ||
        url.hasQuery() || url.hasFragment())
        return trimmed;
    return trimmed + (trimmed.endsWith('/') ? "client/v4" : "/client/v4");
}

QString toText(BackendKind kind) {
    switch (kind) {
    case BackendKind::thisMachine:
        return QStringLiteral("thisMachine");
    case BackendKind::wranglerDev:
        return QStringLiteral("wranglerDev");
    case BackendKind::cloudflare:
        return QStringLiteral("cloudflare");
    case BackendKind::stepwell:
        break;
    }
    return QStringLiteral("stepwell");
}

BackendKind backendKindFrom(const QString& text) {
    for (const auto kind : {BackendKind::thisMachine, BackendKind::wranglerDev, BackendKind::cloudflare})
        if (text == toText(kind)) return kind;
    return BackendKind::stepwell;
}

BackendKind guessBackendKind(const QString& apiBase) {
    const QUrl url(apiBase);
    if (url.host() == QLatin1String("api.cloudflare.com") ||
        url.host().endsWith(QLatin1String(".cloudflare.com")))
        return BackendKind::cloudflare;
    return url.path().startsWith(QLatin1String("/cdn-cgi/")) ? BackendKind::wranglerDev
                                                             : BackendKind::stepwell;
}

bool isSameOrigin(const QString& oneUrl, const QString& otherUrl) {
    const QUrl one(oneUrl.trimmed(), QUrl::StrictMode);
    const QUrl other(otherUrl.trimmed(), QUrl::StrictMode);
    if (!one.isValid() || !other.isValid() || one.host().isEmpty()) return false;
    const auto portOf = [](const QUrl& url) {
        return url.port(url.scheme() == QLatin1String("https") ? 443 : 80);
    };
    return one.scheme() == other.scheme() && one.host() == other.host() && portOf(one) == portOf(other);
}

bool tokenIsReadable(const BackendSpec& spec) {
    const bool hasToken = spec.kind == BackendKind::stepwell || spec.kind == BackendKind::cloudflare;
    const QUrl url(spec.apiBase);
    return hasToken && url.scheme() == QLatin1String("http") && !url.host().isEmpty() &&
           !isThisMachine(url.host());
}

QString secretKeyOf(const BackendSpec& spec) {
    return spec.secretKey.isEmpty() ? spec.id : spec.secretKey;
}

}  // namespace stepwell
