#include "app/engine/api/gate.h"

#include "app/engine/api/change_record.h"
#include "app/engine/http/envelope.h"

namespace stepwell::engine::rest {

namespace {

using access::Identity;
using access::Need;
using access::TokenState;

/// The original's: "Please wait and consider throttling your request speed".
constexpr int throttled = 971;

http::Admission refusedBy(http::Response response) {
    http::Admission admission;
    admission.refusal = std::move(response);
    return admission;
}

http::Response refusal(int status, int code, std::string message) {
    return http::failure({status, code, std::move(message)});
}

api::Error authentication(int status, const std::string& message) {
    return {status, api::code::authentication, message};
}

api::Error noCredential() {
    return authentication(401, "Authentication error: the request has no token. Send the header "
                               "Authorization: Bearer TOKEN with the token of the data folder, or one made "
                               "with stepwelld token create.");
}

api::Error wrongCredential() {
    return authentication(401, "Authentication error: the token is wrong. Use the one in the token file of "
                               "the data folder, or one made with stepwelld token create.");
}

api::Error overToken(const access::Token& token, TokenState state) {
    if (state == TokenState::disabled)
        return authentication(401, "Authentication error: this token was revoked at " +
                                       api::toIso(token.revoked.value_or(api::Time{})) + ".");
    return authentication(401, "Authentication error: this token has expired at " +
                                   api::toIso(token.expires.value_or(api::Time{})) + ".");
}

std::string inSeconds(access::Seconds wait) {
    return "again in " + std::to_string(wait.count()) + " s.";
}

Need needOf(const http::Router::Match& match, const http::Request& head) {
    // What there is here is nothing for strangers either.
    if (match.route == nullptr) return access::need::anyToken;
    return match.route->needOf ? match.route->needOf(head) : match.route->need;
}

const std::string* accountIn(const http::Request& head) {
    const auto& path = head.path;
    const bool below = path.size() >= 4 && path[0] == "client" && path[1] == "v4" && path[2] == "accounts";
    return below ? &path[3] : nullptr;
}

http::Admission refuse(const http::Route* route, const api::Error& error,
                       std::optional<access::Seconds> wait) {
    auto response = route != nullptr && route->refusal ? route->refusal(error) : http::failure(error);
    if (error.http == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (wait) response.headers.emplace_back("Retry-After", std::to_string(wait->count()));
    return refusedBy(std::move(response));
}

}  // namespace

Gate::Gate(Options options, access::Access& access)
    : m_options(std::move(options))
    , m_hosts(m_options.listenHost, m_options.publicNames, m_options.sitesDomain)
    , m_access(access) {}

http::Admission Gate::admit(http::Request& head) {
    const auto credential = std::exchange(head.credential, {});
    // Before anything else: no route of ours is reached under the name of a Worker.
    if (const auto name = m_hosts.workerOf(head.host)) {
        http::Admission admission;
        admission.connect = worker(*name);
        return admission;
    }
    // A custom domain cannot be a name that the API has.
    if (auto admission = siteOf(head)) return std::move(*admission);
    if (auto refused = wrongPlace(head)) return refusedBy(std::move(*refused));
    auto match = router.find(head.method, head.path);
    const auto need = needOf(match, head);
    if (need.who() != Need::Who::anyone) {
        auto refused = unknownCaller(credential, head, match);
        if (!refused) refused = overLimit(head);
        if (!refused) refused = overToken(head, need);
        if (!refused) refused = foreignAccount(head, need);
        if (!refused) refused = forbidden(head, need);
        if (refused) {
            const bool worthNoting = head.identity && refused->error.http != 429;
            if (match.route != nullptr && worthNoting) record(head, *match.route, refused->error.http);
            return refuse(match.route, refused->error, refused->retryAfter);
        }
    }
    if (match.route == nullptr) return refusedBy(noRoute(head));
    return letIn(head, std::move(match), need);
}

std::optional<http::Admission> Gate::siteOf(const http::Request& head) const {
    if (!site || m_hosts.isExactly(head.host)) return std::nullopt;
    return site(head);
}

std::optional<http::Response> Gate::wrongPlace(const http::Request& head) const {
    if (!m_hosts.allowsHost(head.host)) return http::failure(unknownHost(head.host));
    if (head.origin && !m_hosts.allowsOrigin(*head.origin))
        return refusal(403, api::code::authentication,
                       "The Origin header names another site; only local pages may ask.");
    if (!head.wellFormed)
        return refusal(400, api::code::noRoute, "The path or the query of the request is not a valid URL.");
    return std::nullopt;
}

api::Error Gate::unknownHost(const std::string& host) const {
    constexpr std::size_t longestShown = 260;
    return authentication(
        403, "The Host header \"" + host.substr(0, longestShown) +
                 "\" names another server. Use 127.0.0.1, localhost or the address this engine listens on. "
                 "If it is a name of this server, start stepwelld with --public-name NAME; if sites and "
                 "Workers are to be below it, with --sites-domain NAME.");
}

/// Finds out who asks. A wrong credential slows down its address; none at all tries nothing.
std::optional<Gate::Refused> Gate::unknownCaller(const std::string& credential, http::Request& head,
                                                 const http::Router::Match& match) {
    head.identity = callerOf(credential, head, match);
    if (const auto wait = m_access.braked(head.remote, head.identity.get()))
        return Refused{{429, throttled,
                        "Too many wrong tokens came from the address " + head.remote +
                            ": nothing is taken from it for a while. Try " + inSeconds(*wait)},
                       wait};
    if (head.identity) return std::nullopt;
    const bool none = credential.empty() && !head.queryValue("token");
    // Credentials of a route's own are signed, and expire while uploads go on: nobody guesses with them.
    const bool guessed = !none && (match.route == nullptr || !match.route->issuer);
    if (guessed) m_access.wrongCredential(head.remote);
    return Refused{none ? noCredential() : wrongCredential(), std::nullopt};
}

access::IdentityPtr Gate::callerOf(const std::string& credential, const http::Request& head,
                                   const http::Router::Match& match) {
    if (match.route != nullptr && match.route->issuer) {
        const auto issuer = match.route->issuer(credential);
        return issuer ? m_access.byId(*issuer) : nullptr;
    }
    if (auto found = m_access.identify(credential)) return found;
    // Browsers cannot send a header with a WebSocket: such routes take a token in the query.
    if (match.route == nullptr || !match.route->admits) return nullptr;
    const std::string token(head.queryValue("token").value_or(""));
    if (token.empty()) return nullptr;
    if (auto found = m_access.identify(token)) return found;
    const auto issuer = match.route->admits(token, match.params);
    // As it is now, and not as it was when it asked for the ticket.
    return issuer ? m_access.byId(issuer->token.id) : nullptr;
}

std::optional<Gate::Refused> Gate::overLimit(const http::Request& head) {
    const auto wait = m_access.tooMuch(*head.identity, head.remote);
    if (!wait) return std::nullopt;
    return Refused{{429, throttled,
                    "Please wait and consider throttling your request speed: the requests that are allowed "
                    "within five minutes are used up. Try " +
                        inSeconds(*wait)},
                   wait};
}

std::optional<Gate::Refused> Gate::overToken(const http::Request& head, Need need) const {
    const auto& token = head.identity->token;
    const auto state = stateOf(token, m_options.now());
    if (state == TokenState::active || need.who() == Need::Who::knownToken) return std::nullopt;
    return Refused{rest::overToken(token, state), std::nullopt};
}

std::optional<Gate::Refused> Gate::foreignAccount(const http::Request& head, Need need) const {
    const auto& own = head.identity->token.account;
    const auto* const named = accountIn(head);
    if (named != nullptr && *named != m_options.account)
        return Refused{authentication(403, "There is no account \"" + *named +
                                               "\" here: this engine has one, \"" + m_options.account +
                                               "\". Ask for that one, or the engine that has \"" + *named +
                                               "\"."),
                       std::nullopt};
    if (own.empty() || own == m_options.account) return std::nullopt;
    if (named == nullptr && need.who() != Need::Who::permitted) return std::nullopt;
    return Refused{authentication(403, "Authentication error: this token is for the account \"" + own +
                                           "\", and this engine has one account, \"" + m_options.account +
                                           "\": use a token that was made for that one."),
                   std::nullopt};
}

std::optional<Gate::Refused> Gate::forbidden(const http::Request& head, Need need) const {
    if (need.metBy(head.identity->token.permissions)) return std::nullopt;
    return Refused{authentication(403, "Authentication error: this token may not do this; it needs the "
                                       "permission \"" +
                                           need.name() + "\"."),
                   std::nullopt};
}

http::Response Gate::noRoute(const http::Request& head) const {
    const auto allowed = router.allowed(head.path);
    if (allowed.empty())
        return refusal(404, api::code::noRoute,
                       "Could not route to this path: there is no such endpoint here.");
    if (head.method == http::Method::options) {
        http::Response response;
        response.status = 204;
        response.headers.emplace_back("Allow", allowed);
        return response;
    }
    auto response = refusal(405, api::code::noRoute,
                            "Could not route to this path with " + std::string(toString(head.method)) +
                                "; it takes " + allowed + ".");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

http::Admission Gate::letIn(http::Request& head, http::Router::Match match, Need need) {
    head.params = std::move(match.params);
    head.place = address.placeFor(head.host, head.secure);
    if (head.identity) m_access.noteUse(*head.identity);
    http::Admission admission;
    admission.bodyLimit = match.route->bodyLimit;
    admission.handler = match.route->handler;
    admission.sink = match.route->sink;
    if (head.identity)
        admission.watch.streaming = [this, who = head.identity, need](std::function<bool()> isOpen,
                                                                      std::function<void()> close) {
            m_access.opened(who, need, {std::move(isOpen), std::move(close)});
        };
    const auto& ledger = m_access.ledger();
    if (!ledger || !changesSomething(*match.route)) return admission;
    if (!ledger->hasRoom())
        return refuse(match.route,
                      {507, api::code::storage,
                       "Nothing can be changed: the audit log, which has to tell of it, cannot be written. "
                       "Is the disk full?"},
                      std::nullopt);
    const auto change = std::make_shared<ChangeRecord>(ledger, entryOf(head, *match.route, m_options.now()));
    admission.watch.answered = [change](const http::Response& response) { change->ended(response); };
    admission.handler = [change, route = match.route](const http::ExchangePtr& exchange) {
        change->began(route->action ? route->action(exchange->request()) : std::string());
        route->noting ? route->noting(exchange, change) : route->handler(exchange);
    };
    return admission;
}

/// A change that somebody known was refused.
void Gate::record(const http::Request& head, const Route& route, int status) {
    if (!m_access.ledger() || !changesSomething(route)) return;
    auto entry = entryOf(head, route, m_options.now());
    entry.status = status;
    entry.outcome = false;
    m_access.ledger()->record(std::move(entry));
}

}  // namespace stepwell::engine::rest
