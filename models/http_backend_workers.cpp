#include "models/client/bodies.h"
#include "models/client/parse.h"
#include "models/http_backend_private.h"
#include "models/limits.h"

namespace stepwell {

using client::query;
using client::Response;

namespace {

constexpr int logLinesPerCall = 500;

/// Finds out where a Worker answers: from the Worker itself where that route is known and tells, else from
/// the switch of the script and the name of the account.
class AddressFinder : public std::enable_shared_from_this<AddressFinder> {
  public:
    using Deliver = std::function<void(api::Result<api::WorkerAddress>)>;
    using Send = std::function<void(std::string url, client::Callback done)>;

    AddressFinder(client::Routes routes, std::string script, Send send, Deliver deliver)
        : m_routes(std::move(routes))
        , m_script(std::move(script))
        , m_send(std::move(send))
        , m_deliver(std::move(deliver)) {}

    void start() {
        ask(m_routes.worker(m_script), [this](const api::Result<api::WorkerAddress>& answer) {
            if (answer) return complete(*answer);
            if (answer.error().http != 404) return m_deliver(answer);
            ask(m_routes.script(m_script) + "/subdomain",
                [this](const api::Result<api::WorkerAddress>& older) {
                    older ? complete(*older) : m_deliver(older);
                });
        });
    }

  private:
    template <class Take>
    void ask(std::string url, Take take) {
        m_send(std::move(url), [self = shared_from_this(), take](const api::Result<Response>& response) {
            if (response)
                take(client::parseWorkerAddress(*response));
            else
                take(api::Result<api::WorkerAddress>(api::fail(response.error())));
        });
    }

    void complete(const api::WorkerAddress& address) {
        if (!address.enabled || !address.url.empty()) return m_deliver(address);
        m_send(m_routes.subdomain(), [self = shared_from_this(), address](const auto& response) {
            auto whole = address;
            const auto account = response ? client::parseSubdomain(*response) : std::string();
            if (account && !account->empty())
                whole.url = "https://" + self->m_script + "." + *account + ".workers.dev";
            self->m_deliver(whole);
        });
    }

    client::Routes m_routes;
    std::string m_script;
    Send m_send;
    Deliver m_deliver;
};

}  // namespace

void HttpBackend::workers(QObject* context, Done<std::vector<api::Worker>> done) {
    d->call(d->request("GET", d->routes.scripts()), context, std::move(done), client::parseWorkers);
}

void HttpBackend::workerAddress(const std::string& script, QObject* context, Done<api::WorkerAddress> done) {
    // Runs on the client thread too, where nothing of this object but its client lives long enough.
    const auto send = [link = d->link.get(), base = d->request("GET", {})](std::string url,
                                                                           client::Callback answered) {
        auto request = base;
        request.url = std::move(url);
        link->send(std::move(request), std::move(answered));
    };
    std::make_shared<AddressFinder>(d->routes, script, send,
                                    d->deliverTo<api::WorkerAddress>(context, std::move(done)))
        ->start();
}

void HttpBackend::workerBindings(const std::string& script, QObject* context,
                                 Done<std::vector<api::Binding>> done) {
    d->call(d->request("GET", d->routes.script(script) + "/settings"), context, std::move(done),
            client::parseBindings);
}

void HttpBackend::workerVersions(const std::string& script, QObject* context,
                                 Done<std::vector<api::WorkerVersion>> done) {
    const auto url =
        d->routes.script(script) + "/versions" + query({{"per_page", std::to_string(mostWorkerVersions)}});
    d->call(d->request("GET", url), context, std::move(done), client::parseWorkerVersions);
}

void HttpBackend::workerDeployments(const std::string& script, QObject* context,
                                    Done<std::vector<api::WorkerDeployment>> done) {
    d->call(d->request("GET", d->routes.deployments(script)), context, std::move(done),
            client::parseWorkerDeployments);
}

void HttpBackend::deployVersion(const std::string& script, const std::string& version, QObject* context,
                                Done<void> done) {
    d->call(d->request("POST", d->routes.deployments(script), client::deploymentBody(version)), context,
            std::move(done), client::parseNothing);
}

void HttpBackend::workerLogs(const std::string& script, std::int64_t after, QObject* context,
                             Done<std::vector<api::LogLine>> done) {
    const auto url = d->routes.own("logs") + query({{"script", script},
                                                    {"limit", std::to_string(logLinesPerCall)},
                                                    {"after", std::to_string(after)}});
    d->call(d->request("GET", url), context, std::move(done), client::parseLogs);
}

void HttpBackend::secretNames(const std::string& script, QObject* context,
                              Done<std::vector<std::string>> done) {
    d->call(d->request("GET", d->routes.secrets(script)), context, std::move(done), client::parseSecretNames);
}

void HttpBackend::putSecret(const std::string& script, const std::string& name, const std::string& text,
                            QObject* context, Done<void> done) {
    d->call(d->request("PUT", d->routes.secrets(script), client::secretBody(name, text)), context,
            std::move(done), client::parseNothing);
}

void HttpBackend::deleteSecret(const std::string& script, const std::string& name, QObject* context,
                               Done<void> done) {
    d->call(d->request("DELETE", d->routes.secret(script, name)), context, std::move(done),
            client::parseNothing);
}

void HttpBackend::deleteWorker(const std::string& script, QObject* context, Done<void> done) {
    d->call(d->request("DELETE", d->routes.script(script)), context, std::move(done), client::parseNothing);
}

}  // namespace stepwell
