#include "models/backends/probe.h"

#include "models/backends/probe_verdict.h"
#include "models/client/routes.h"
#include "models/client/server_key.h"
#include "models/text.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

#include <memory>

namespace stepwell {

namespace {

using client::Response;
using client::Routes;

constexpr std::chrono::milliseconds patience{8'000};
constexpr std::chrono::milliseconds patienceForKey{5'000};
constexpr std::size_t largestAnswer = 8U << 20U;
constexpr const char* explorerPath = "/cdn-cgi/local/explorer/api";
constexpr const char* olderExplorerPath = "/cdn-cgi/explorer/api";
constexpr const char* emptyQuestion =
    "query($accountTag: string!){viewer{accounts(filter:{accountTag:$accountTag}){__typename}}}";

std::string withoutSlash(std::string text) {
    while (text.ends_with('/'))
        text.pop_back();
    return text;
}

/// Addresses at which the explorer may be, the likeliest first.
std::vector<std::string> explorerBases(const std::string& entered) {
    const auto origin = entered.substr(0, entered.find("/cdn-cgi/"));
    std::vector<std::string> bases{entered, withoutSlash(origin) + explorerPath,
                                   withoutSlash(origin) + olderExplorerPath};
    if (entered.find("/cdn-cgi/") == std::string::npos) bases.erase(bases.begin());
    return bases;
}

/// A question that is refused is answered as well.
api::Result<void> outcomeOf(const api::Result<api::GraphqlAnswer>& answer) {
    if (!answer) return api::fail(answer.error());
    auto error = api::refusal(*answer);
    if (!error) return {};
    if (error->message.find("not authorized") != std::string::npos) error->http = 403;
    return api::fail(std::move(*error));
}

/// One probe, on the thread of its client and then on that of the context.
class Prober : public std::enable_shared_from_this<Prober> {
  public:
    using Done = std::function<void(ProbeReport)>;

    Prober(BackendSpec spec, std::string token, QObject* context, Done done)
        : m_spec(std::move(spec))
        , m_base(withoutSlash(toStd(m_spec.apiBase)))
        , m_token(std::move(token))
        , m_context(context)
        , m_done(std::move(done))
        , m_client(client::Trust{toStd(m_spec.caFile), toStd(m_spec.pinnedSha256)}) {}

    void start() {
        m_alive = shared_from_this();
        if (m_spec.kind == BackendKind::wranglerDev) return askExplorer(0);
        askAccounts();
    }

  private:
    template <class Take>
    void ask(std::string url, Take take, std::string body = {}) {
        client::Request request;
        request.url = std::move(url);
        request.bearerToken = m_token;
        request.timeout = patience;
        request.largestResponse = largestAnswer;
        request.wantsHeaders = true;
        if (!body.empty()) {
            request.method = "POST";
            request.isGraphql = true;
            request.body = std::move(body);
        }
        m_client.send(std::move(request), std::move(take));
    }

    void askExplorer(std::size_t form) {
        const auto bases = explorerBases(m_base);
        ask(bases[form] + "/local/workers", [this, form, bases](const api::Result<Response>& answer) {
            const auto workers =
                answer ? client::parseExplorerWorkers(*answer)
                       : api::Result<std::vector<client::ExplorerWorker>>(api::fail(answer.error()));
            if (!workers && answer && form + 1 < bases.size()) return askExplorer(form + 1);
            finish(verdictOfExplorer(workers, bases[form] == m_base ? QString() : toQt(bases[form])));
        });
    }

    void askAccounts() {
        Routes routes(m_base, toStd(m_spec.account));
        ask(routes.accounts() + "?per_page=50", [this](const api::Result<Response>& answer) {
            if (!answer) return failed(answer.error());
            m_facts.accounts = client::parseAccounts(*answer);
            if (m_facts.accounts && m_spec.account.isEmpty() && !m_facts.accounts->empty())
                m_spec.account = toQt(m_facts.accounts->front().id);
            askRest();
        });
    }

    void askRest() {
        const Routes routes(m_base, toStd(m_spec.account));
        const bool hasAccount = !m_spec.account.isEmpty();
        m_open = 1;  // this function itself
        gather(routes.verifyToken(),
               [this](const auto& answer) { m_facts.userToken = client::parseTokenFacts(answer); });
        if (hasAccount) {
            gather(routes.verifyAccountToken(),
                   [this](const auto& answer) { m_facts.accountToken = client::parseTokenFacts(answer); });
            gather(routes.own("health"),
                   [this](const auto& answer) { m_facts.health = client::parseHealth(answer); });
            gather(routes.own("access/self"),
                   [this](const auto& answer) { m_facts.access = client::parseOwnAccess(answer); });
            gather(routes.workflows() + "?per_page=1",
                   [this](const auto& answer) { m_facts.workflows = client::parseNothing(answer); });
            gather(routes.scripts(),
                   [this](const auto& answer) { m_facts.scripts = client::parseNothing(answer); });
            gather(routes.siteProjects() + "?per_page=1",
                   [this](const auto& answer) { m_facts.sites = client::parseNothing(answer); });
            const auto body =
                client::graphqlBody(emptyQuestion, "{\"accountTag\":\"" + toStd(m_spec.account) + "\"}", {});
            gather(
                routes.graphql(),
                [this](const auto& answer) { m_facts.analytics = outcomeOf(client::parseGraphql(answer)); },
                body.value_or("{}"));
        }
        ended();
    }

    /// Client thread, as all answers.
    template <class Take>
    void gather(std::string url, Take take, std::string body = {}) {
        ++m_open;
        ask(
            std::move(url),
            [this, take](const api::Result<Response>& answer) {
                if (answer) take(*answer);
                ended();
            },
            std::move(body));
    }

    void ended() {
        if (--m_open == 0) finish(verdictOf(m_spec, m_facts));
    }

    void failed(const api::Error& error) {
        auto report = unreachable(m_spec.kind, error);
        if (error.code == api::code::certificate)
            report.serverKey = toQt(client::serverKeyOf(m_base, patienceForKey));
        finish(std::move(report));
    }

    /// The client cannot be destroyed by its own thread, so it goes on another one.
    void finish(ProbeReport report) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [context = m_context, done = m_done, report = std::move(report)] {
                if (context) done(report);
            },
            Qt::QueuedConnection);
        QThreadPool::globalInstance()->start([self = std::move(m_alive)]() mutable { self.reset(); });
    }

    BackendSpec m_spec;
    std::string m_base;
    std::string m_token;
    QPointer<QObject> m_context;
    Done m_done;
    ProbeFacts m_facts;
    int m_open = 0;
    std::shared_ptr<Prober> m_alive;
    client::Client m_client;  // last: its thread ends first
};

}  // namespace

void probe(const BackendSpec& spec, const QString& token, QObject* context,
           std::function<void(ProbeReport)> done) {
    std::make_shared<Prober>(spec, toStd(token), context, std::move(done))->start();
}

}  // namespace stepwell
