#include "models/between/end_link.h"

namespace stepwell::between {

namespace {

constexpr std::chrono::milliseconds idleLimit{60'000};
/// Somebody waits, but not in front of a frozen window.
constexpr std::chrono::milliseconds patience{60'000};

client::Routes::Dialect dialectOf(BackendKind kind) {
    return kind == BackendKind::cloudflare ? client::Routes::Dialect::cloudflare
                                           : client::Routes::Dialect::stepwell;
}

client::LinkPolicy policyOf(const PromotionEnd& end) {
    client::LinkPolicy policy;
    policy.budgets = client::sharedBudgets(end.address.apiBase, end.address.token);
    if (end.kind == BackendKind::thisMachine) return policy;
    policy.tries = 3;
    policy.clickPatience = patience;
    return policy;
}

}  // namespace

EndLink::EndLink(const PromotionEnd& end, std::shared_ptr<const StopFlag> stop)
    : m_end(end)
    , m_routes(end.address.apiBase, end.address.account, dialectOf(end.kind))
    , m_link(client::trustFor(end.address.apiBase, end.address.account), policyOf(end), std::move(stop)) {}

client::Request EndLink::request(const char* method, std::string url, std::string body) const {
    client::Request result;
    result.method = method;
    result.url = std::move(url);
    result.body = std::move(body);
    result.bearerToken = m_end.address.token;
    result.timeout = std::chrono::milliseconds{0};  // a slow line is no failure, a silent one is
    result.idleTimeout = idleLimit;
    return result;
}

api::Error at(const PromotionEnd& end, api::Error error) {
    error.message = end.name + ": " + error.message;
    return error;
}

}  // namespace stepwell::between
