#include "widgets/backends/backend_link.h"

#include <QUrlQuery>

namespace stepwell {
namespace {

const QString scheme = QStringLiteral("stepwell://");
constexpr int longest = 8'000;

QString hintOf(const BackendSpec& backend) {
    if (backend.kind == BackendKind::thisMachine) return {};
    QUrlQuery query;
    const auto add = [&query](const char* key, const QString& value) {
        if (!value.isEmpty())
            query.addQueryItem(QLatin1String(key), QString::fromLatin1(QUrl::toPercentEncoding(value)));
    };
    add("kind", toText(backend.kind));
    add("name", backend.name);
    add("api", backend.apiBase);
    add("account", backend.account);
    return QLatin1Char('#') + query.query(QUrl::FullyEncoded);
}

BackendSpec hintFrom(const QString& text) {
    BackendSpec hint;
    if (text.isEmpty()) return hint;
    const QUrlQuery query(text);
    const auto value = [&query](const char* key) {
        return query.queryItemValue(QLatin1String(key), QUrl::FullyDecoded);
    };
    hint = newBackendSpec(backendKindFrom(value("kind")));
    if (hint.kind == BackendKind::thisMachine) return {};
    hint.name = value("name");
    // Cloudflare is in one place: an address from a link would send a token somewhere else.
    if (hint.kind != BackendKind::cloudflare) hint.apiBase = value("api");
    hint.account = value("account");
    return hint;
}

}  // namespace

QString linkTo(const BackendSpec& backend, const Place& place) {
    const QString rest = linkOf(place).mid(scheme.size());
    return scheme + QString::fromLatin1(QUrl::toPercentEncoding(backend.id)) + QLatin1Char('/') + rest +
           hintOf(backend);
}

std::optional<BackendLink> backendLinkFrom(const QString& link) {
    const QString text = link.trimmed().left(longest);
    if (!text.startsWith(scheme)) return std::nullopt;
    if (placeFrom(text)) return BackendLink{{}, {}, text};
    const auto mark = text.indexOf(QLatin1Char('#'));
    const QString whole = mark < 0 ? text : text.left(mark);
    const QString hint = mark < 0 ? QString() : text.mid(mark + 1);
    const auto slash = whole.indexOf(QLatin1Char('/'), scheme.size());
    if (slash < 0) return std::nullopt;
    const QString id = QUrl::fromPercentEncoding(whole.mid(scheme.size(), slash - scheme.size()).toLatin1());
    BackendLink made{id, hintFrom(hint), scheme + whole.mid(slash + 1)};
    if (id.isEmpty() || !placeFrom(made.place)) return std::nullopt;
    return made;
}

}  // namespace stepwell
