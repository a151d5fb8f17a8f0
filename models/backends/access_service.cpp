#include "models/backends/access_service.h"

#include "models/client/parse.h"
#include "models/client/routes.h"
#include "models/client/shared_budgets.h"

#include <nlohmann/json.hpp>

#include <QPointer>

namespace stepwell {

namespace {

using json = nlohmann::ordered_json;
using namespace client::detail;

/// The longest that a click waits for its turn.
constexpr std::chrono::seconds patience{5};

AccessToken tokenFrom(const json& item) {
    AccessToken token;
    token.id = text(item, "id");
    token.name = text(item, "name");
    token.status = text(item, "status");
    if (const auto& given = at(item, "permissions"); given.is_object())
        for (const auto& [product, level] : given.items())
            if (level.is_string()) token.permissions[product] = level.get<std::string>();
    token.issued = time(item, "issued_on");
    token.expires = time(item, "expires_on");
    token.lastUsed = time(item, "last_used_on");
    return token;
}

AuditEntry entryFrom(const json& item) {
    AuditEntry entry;
    const auto& action = at(item, "action");
    const auto& actor = at(item, "actor");
    const auto& resource = at(item, "resource");
    const auto& metadata = at(item, "metadata");
    entry.id = text(item, "id");
    entry.when = time(item, "when");
    entry.action = text(action, "type");
    if (const auto& result = at(action, "result"); result.is_boolean()) entry.succeeded = result.get<bool>();
    entry.actorId = text(actor, "id");
    entry.actorName = text(actor, "name");
    entry.address = text(actor, "ip");
    entry.resource = text(resource, "type");
    entry.resourceId = text(resource, "id");
    entry.face = text(item, "interface");
    entry.method = text(metadata, "method");
    entry.path = text(metadata, "path");
    if (const auto& status = at(metadata, "status"); status.is_number_integer())
        entry.status = status.get<int>();
    return entry;
}

api::Result<std::vector<AccessToken>> parseTokens(const client::Response& response) {
    const auto whole = envelope(response, aList);
    if (!whole) return api::fail(whole.error());
    std::vector<AccessToken> tokens;
    for (const auto& item : at(*whole, "result"))
        if (item.is_object()) tokens.push_back(tokenFrom(item));
    return tokens;
}

api::Result<CreatedAccessToken> parseCreated(const client::Response& response) {
    const auto whole = envelope(response, keyed("value"));
    if (!whole) return api::fail(whole.error());
    const auto& result = at(*whole, "result");
    return CreatedAccessToken{tokenFrom(result), text(result, "value")};
}

api::Result<AuditPage> parseAudit(const client::Response& response) {
    const auto whole = envelope(response, aList);
    if (!whole) return api::fail(whole.error());
    AuditPage page;
    for (const auto& item : at(*whole, "result"))
        if (item.is_object()) page.rows.push_back(entryFrom(item));
    const auto& total = at(at(*whole, "result_info"), "total_count");
    page.total =
        total.is_number_integer() ? total.get<std::int64_t>() : static_cast<std::int64_t>(page.rows.size());
    return page;
}

std::string rootOf(const site::SiteAddress& address) {
    std::string base = address.apiBase;
    while (base.ends_with('/'))
        base.pop_back();
    return base + "/accounts/" + client::encoded(address.account);
}

class HttpAccessService final : public AccessService {
  public:
    explicit HttpAccessService(site::SiteAddress address)
        : m_address(std::move(address))
        , m_root(rootOf(m_address))
        , m_budgets(client::sharedBudgets(m_address.apiBase, m_address.token))
        , m_client(client::trustFor(m_address.apiBase, m_address.account)) {}

    void tokens(QObject* context, Done<std::vector<AccessToken>> done) override {
        send(request("GET", "/tokens"), context, std::move(done), &parseTokens);
    }

    void createToken(const NewAccessToken& token, QObject* context, Done<CreatedAccessToken> done) override {
        json body = {{"name", token.name}, {"permissions", json::object()}, {"expires_on", nullptr}};
        for (const auto& [product, level] : token.permissions)
            body["permissions"][product] = level;
        if (!token.expires.empty()) body["expires_on"] = token.expires;
        auto post = request("POST", "/tokens");
        post.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
        send(std::move(post), context, std::move(done), &parseCreated);
    }

    void revokeToken(const std::string& id, QObject* context, Done<void> done) override {
        send(request("DELETE", "/tokens/" + client::encoded(id)), context, std::move(done),
             &client::parseNothing);
    }

    void audit(const AuditQuery& query, QObject* context, Done<AuditPage> done) override {
        std::vector<std::pair<std::string, std::string>> pairs = {
            {"page", std::to_string(query.page)}, {"per_page", std::to_string(query.perPage)}};
        const auto add = [&pairs](const char* name, const std::string& value) {
            if (!value.empty()) pairs.emplace_back(name, value);
        };
        if (query.since) add("since", api::toIso(*query.since));
        if (query.before) add("before", api::toIso(*query.before));
        add("actor.id", query.actor);
        add("action.type", query.action);
        add("resource.type", query.resource);
        send(request("GET", "/audit_logs" + client::query(pairs)), context, std::move(done), &parseAudit);
    }

  private:
    client::Request request(std::string method, const std::string& path) const {
        client::Request made;
        made.method = std::move(method);
        made.url = m_root + path;
        made.bearerToken = m_address.token;
        made.once = !made.isRead();
        made.wantsHeaders = true;
        return made;
    }

    /// `parse` runs on the client's thread, `done` on that of `m_home`.
    template <class T, class Parse>
    void send(client::Request made, QObject* context, Done<T> done, Parse parse) {
        ask(std::move(made), [home = &m_home, guard = QPointer<QObject>(context), parse,
                              done = std::move(done)](api::Result<client::Response> response) {
            auto answer = response ? parse(*response) : api::Result<T>(api::fail(response.error()));
            QMetaObject::invokeMethod(
                home,
                [guard, done, answer = std::move(answer)] {
                    if (guard) done(answer);
                },
                Qt::QueuedConnection);
        });
    }

    /// Waits for its turn as clicks do: all that goes with this token counts.
    void ask(client::Request made, client::Callback done) {
        using client::Budget;
        const auto wait = m_budgets->tryTake(false, Budget::Urgency::click, Budget::Clock::now());
        if (wait > patience) {
            const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
            return done(
                api::fail(429, api::code::limited,
                          "The backend takes no more requests for now, and none was sent. Try again in " +
                              std::to_string(seconds) + " s."));
        }
        if (wait > Budget::Clock::duration::zero())
            return m_client.after(wait, [this, made = std::move(made), done = std::move(done)]() mutable {
                ask(std::move(made), std::move(done));
            });
        m_client.send(std::move(made), [budgets = m_budgets, done = std::move(done)](
                                           const api::Result<client::Response>& response) {
            if (response) client::heed(*budgets, *response);
            done(response);
        });
    }

    site::SiteAddress m_address;
    std::string m_root;
    std::shared_ptr<client::SharedBudgets> m_budgets;
    QObject m_home;           // answers come to its thread
    client::Client m_client;  // ends first, and with it what may still call
};

}  // namespace

std::unique_ptr<AccessService> makeAccessService(const site::SiteAddress& address) {
    return std::make_unique<HttpAccessService>(address);
}

}  // namespace stepwell
