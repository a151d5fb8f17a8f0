#include "models/backends/store_key.h"
#include "models/client/parse.h"
#include "models/client/parse_access.h"
#include "models/http_backend_private.h"
#include "models/text.h"

namespace stepwell {

namespace {

using client::Routes;
using namespace std::chrono_literals;

Routes::Dialect dialectOf(BackendKind kind) {
    if (kind == BackendKind::wranglerDev) return Routes::Dialect::explorer;
    return kind == BackendKind::cloudflare ? Routes::Dialect::cloudflare : Routes::Dialect::stepwell;
}

client::LinkPolicy policyOf(const BackendAddress& address) {
    client::LinkPolicy policy;
    // An engine beside us that does not answer is down: its window says so at once.
    if (address.kind != BackendKind::thisMachine) policy.tries = 3;
    if (address.kind == BackendKind::cloudflare) {
        policy.requests = client::Budget::Limit{"REST", 1'200, 300s};
        policy.graphql = client::Budget::Limit{"GraphQL", 300, 300s};
    }
    // Promotions and deploys go their own way, and count with the rest.
    policy.budgets = client::sharedBudgets(address.apiBase, address.token, policy.requests, policy.graphql);
    return policy;
}

QString sentence(const api::Error& error) {
    return toQt(error.message);
}

}  // namespace

HttpBackend::Private::Private(HttpBackend* backend, BackendAddress where)
    : q(backend)
    , post(std::make_shared<Post>(backend))
    , address(std::move(where))
    , routes(address.apiBase, address.account, dialectOf(address.kind))
    , support(defaultSupport(address.kind))
    , trust(address.apiBase, address.account, {address.caFile, address.pinnedKey})
    , link(std::make_unique<client::Link>(client::Trust{address.caFile, address.pinnedKey}, policyOf(address),
                                          address.store)) {
    link->onChange([post = post, owner = q] { post->send([owner] { owner->d->takeState(); }); });
    takeState();
}

client::Request HttpBackend::Private::request(std::string method, std::string url) const {
    client::Request result;
    result.method = std::move(method);
    result.url = std::move(url);
    result.bearerToken = address.token;
    result.background = q->isBackground();
    if (address.store && result.method == "GET") result.storeKey = storeKeyOf(result.url);
    return result;
}

client::Request HttpBackend::Private::request(std::string method, std::string url, std::string body) const {
    auto result = request(std::move(method), std::move(url));
    result.body = std::move(body);
    return result;
}

void HttpBackend::Private::note(Feature feature, const api::Error* error) {
    if (address.kind == BackendKind::thisMachine) return;
    auto table = support;
    const bool isRefused = error != nullptr && error->http == 403;
    if (error == nullptr)
        grant(table, address.kind, feature);
    else if (isRefused)
        refuse(table, address.kind, feature, sentence(*error));
    else if (error->code == api::code::noRoute && isExtraFeature(feature) &&
             supportOf(table, feature).available)
        supportOf(table, feature) = {false, tr("This backend has no such thing")};
    setSupport(table);
    if (isRefused && address.kind == BackendKind::stepwell) askPermissions();
}

void HttpBackend::Private::setSupport(const SupportTable& table) {
    if (table == support) return;
    support = table;
    emit q->supportChanged();
}

void HttpBackend::Private::askPermissions() {
    call<std::map<std::string, std::string>>(
        request("GET", routes.own("access/self")), q,
        [this](const api::Result<std::map<std::string, std::string>>& permissions) {
            // Older engines know one token, which may do everything.
            if (!permissions) return;
            auto table = defaultSupport(address.kind);
            applyPermissions(table, address.kind, *permissions);
            setSupport(table);
        },
        client::parsePermissions);
}

void HttpBackend::Private::takeState() {
    const auto state = link->state();
    Freshness now;
    now.shownFrom = state.shownFrom;
    now.reason = state.reachable && state.shownFrom ? tr("The backend takes no more requests for now")
                                                    : toQt(state.reason);
    std::vector<RequestBudget> counted;
    for (const auto& budget : state.budgets)
        counted.push_back(
            {toQt(budget.name), budget.used, budget.allowed, budget.window, budget.blockedUntil});
    const bool isBack = freshness.shownFrom && !now.shownFrom;
    const bool freshnessIsNews = now != std::exchange(freshness, now);
    const bool budgetsAreNews = counted != std::exchange(budgets, counted);
    if (freshnessIsNews) emit q->freshnessChanged();
    if (budgetsAreNews) emit q->budgetsChanged();
    // Everything that is shown is old.
    if (isBack) emit q->liveReset();
}

void HttpBackend::Private::healthOfLink(QObject* context, Done<api::EngineHealth> done) const {
    api::EngineHealth health;
    health.version = "Cloudflare";
    const auto state = link->state();
    if (!state.reachable)
        return deliverTo<api::EngineHealth>(context, std::move(done))(
            api::fail(0, api::code::transport, state.reason));
    if (state.answered) return deliverTo<api::EngineHealth>(context, std::move(done))(std::move(health));
    call(request("GET", routes.verifyToken()), context, std::move(done),
         [health](const client::Response& response) -> api::Result<api::EngineHealth> {
             const auto answer = client::parseNothing(response);
             // Tokens of accounts are unknown there, and that is an answer too.
             const bool isBad = response.status == 401 || response.status >= 500;
             if (!answer && isBad) return api::fail(answer.error());
             return health;
         });
}

Support HttpBackend::support(Feature feature) const {
    return supportOf(d->support, feature);
}

Freshness HttpBackend::freshness() const {
    return d->freshness;
}

std::vector<RequestBudget> HttpBackend::budgets() const {
    return d->budgets;
}

std::optional<ListCut> HttpBackend::listCut(PagedList list) const {
    return d->cuts[static_cast<std::size_t>(list)];
}

}  // namespace stepwell
