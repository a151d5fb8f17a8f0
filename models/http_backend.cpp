#include "models/client/bodies.h"
#include "models/client/parse.h"
#include "models/http_backend_private.h"
#include "models/list_loader.h"
#include "models/listed_total.h"
#include "models/live_stream.h"
#include "models/text.h"

#include <QThreadPool>
#include <QUrl>

namespace stepwell {

namespace {

using client::query;
using client::Request;
using client::Response;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr int logLinesPerCall = 500;

std::string verbText(Backend::Verb verb) {
    switch (verb) {
    case Backend::Verb::pause:
        return "pause";
    case Backend::Verb::resume:
        return "resume";
    case Backend::Verb::terminate:
    case Backend::Verb::terminateAndRollBack:
        return "terminate";
    case Backend::Verb::restart:
        break;
    }
    return "restart";
}

InstanceList listOf(client::Page<api::InstanceSummary> page, std::int64_t before, int perPage, bool mayLie) {
    InstanceList list;
    const bool isLast = page.cursor.empty() && static_cast<int>(page.rows.size()) < perPage;
    const auto counted = listedTotal(page.total, before, static_cast<std::int64_t>(page.rows.size()), isLast);
    list.totalIsExact = counted.isExact && !mayLie;
    list.total = counted.total;
    list.rows = std::move(page.rows);
    list.cursor = std::move(page.cursor);
    list.cursorBack = std::move(page.cursorBack);
    return list;
}

}  // namespace

HttpBackend::HttpBackend(BackendAddress address, QObject* parent)
    : Backend(parent)
    , d(std::make_unique<Private>(this, std::move(address))) {
    if (d->address.kind == BackendKind::stepwell) d->askPermissions();
    if (!d->address.live) return;
    d->stream = new LiveStream(d->link->client(), d->routes.own("events"), d->address.token, this);
    connect(d->stream, &LiveStream::events, this, &Backend::live);
    connect(d->stream, &LiveStream::reset, this, &Backend::liveReset);
    connect(d->stream, &LiveStream::stateChanged, this, [this](LiveState state) {
        if (state == LiveState::live) d->link->tryAgain();
        emit liveStateChanged(state);
    });
    d->stream->start();
}

// Its thread may be in the middle of something: a long answer that is being read, or a disk that what was
// kept waits for. So it is joined elsewhere, and what it still says goes nowhere.
HttpBackend::~HttpBackend() {
    d->post->close();
    d->link->end();
    QThreadPool::globalInstance()->start([link = std::shared_ptr<client::Link>(std::move(d->link)),
                                          store = std::move(d->address.store)]() mutable {
        link.reset();
        store.reset();
    });
}

QString HttpBackend::name() const {
    return d->address.name;
}

QString HttpBackend::address() const {
    const QUrl url(toQt(d->address.apiBase));
    return url.port() < 0 ? url.host() : QStringLiteral("%1:%2").arg(url.host()).arg(url.port());
}

BackendKind HttpBackend::kind() const {
    return d->address.kind;
}

LiveState HttpBackend::liveState() const {
    return d->stream ? d->stream->state() : LiveState::polling;
}

void HttpBackend::workflows(QObject* context, Done<std::vector<api::Workflow>> done) {
    loadList<api::Workflow>(
        *d->link, d->request("GET", d->routes.workflows()), client::parseWorkflows,
        d->noteCut(PagedList::workflows),
        d->deliverTo<std::vector<api::Workflow>>(context, std::move(done), Feature::workflows));
}

void HttpBackend::workflow(const std::string& name, QObject* context, Done<api::Workflow> done) {
    d->call(d->request("GET", d->routes.workflow(name)), context, std::move(done), client::parseWorkflow);
}

void HttpBackend::versions(const std::string& workflow, QObject* context,
                           Done<std::vector<api::Version>> done) {
    loadList<api::Version>(*d->link, d->request("GET", d->routes.versions(workflow)), client::parseVersions,
                           d->noteCut(PagedList::versions),
                           d->deliverTo<std::vector<api::Version>>(context, std::move(done)));
}

void HttpBackend::graph(const std::string& workflow, const std::string& versionId, QObject* context,
                        Done<api::VersionGraph> done) {
    d->call(d->request("GET", d->routes.graph(workflow, versionId)), context, std::move(done),
            client::parseGraph);
}

void HttpBackend::instances(const InstanceListQuery& wanted, QObject* context, Done<InstanceList> done) {
    Pairs pairs{{"per_page", std::to_string(wanted.perPage)}};
    if (!wanted.cursor) pairs.emplace_back("page", std::to_string(wanted.page));
    if (wanted.cursor && !wanted.cursor->empty()) pairs.emplace_back("cursor", *wanted.cursor);
    if (wanted.status) pairs.emplace_back("status", api::toString(*wanted.status));
    if (!wanted.otherStatus.empty()) pairs.emplace_back("status", wanted.otherStatus);
    if (wanted.from) pairs.emplace_back("date_start", api::toIso(*wanted.from));
    if (wanted.to) pairs.emplace_back("date_end", api::toIso(*wanted.to));
    const auto before = std::int64_t{wanted.page - 1} * wanted.perPage;
    // Cloudflare calls the total inexact when a list is walked by cursor.
    const bool totalMayLie = d->address.kind == BackendKind::cloudflare && wanted.cursor.has_value();
    d->call(d->request("GET", d->routes.instances(wanted.workflow) + query(pairs)), context, std::move(done),
            [before, perPage = wanted.perPage,
             totalMayLie](const Response& response) -> api::Result<InstanceList> {
                auto page = client::parseInstances(response);
                if (!page) return api::fail(page.error());
                return listOf(std::move(*page), before, perPage, totalMayLie);
            });
}

void HttpBackend::instance(const std::string& workflow, const std::string& id,
                           std::optional<std::int64_t> since, QObject* context,
                           Done<api::InstanceDetail> done) {
    auto url = d->routes.instance(workflow, id);
    if (since) url += query({{"stepwell_since", std::to_string(*since)}});
    auto request = d->request("GET", url);
    request.isPartial = since.has_value();
    d->call(std::move(request), context, std::move(done),
            [id](const Response& response) { return client::parseInstance(response, id); });
}

void HttpBackend::stepOutput(const std::string& workflow, const std::string& id, const std::string& name,
                             api::StepKind kind, QObject* context, Done<std::string> done) {
    const std::string type = kind == api::StepKind::waitForEvent ? "waitForEvent" : "step";
    const auto url = d->routes.instance(workflow, id) + "/step" + query({{"name", name}, {"type", type}});
    d->call(d->request("GET", url), context, std::move(done), client::parseStepOutput);
}

void HttpBackend::logs(const std::string& workflow, const std::string& id, std::optional<int> step,
                       std::int64_t after, QObject* context, Done<std::vector<api::LogLine>> done) {
    Pairs pairs{{"workflow", workflow}, {"instance", id}, {"limit", std::to_string(logLinesPerCall)}};
    if (step) pairs.emplace_back("step", std::to_string(*step));
    if (after > 0) pairs.emplace_back("after", std::to_string(after));
    d->call(d->request("GET", d->routes.own("logs") + query(pairs)), context, std::move(done),
            client::parseLogs);
}

void HttpBackend::health(QObject* context, Done<api::EngineHealth> done) {
    if (d->address.kind == BackendKind::cloudflare) return d->healthOfLink(context, std::move(done));
    d->call(d->request("GET", d->routes.own("health")), context, std::move(done), client::parseHealth);
}

void HttpBackend::trigger(const std::string& workflow, const std::string& id, const std::string& paramsJson,
                          QObject* context, Done<std::string> done) {
    d->call(d->request("POST", d->routes.instances(workflow), client::createBody(id, paramsJson)), context,
            std::move(done), client::parseCreatedId);
}

void HttpBackend::reproduce(const between::Reproduction& reproduction, QObject* context,
                            Done<std::string> done) {
    const auto url = d->routes.own("workflows/" + client::encoded(reproduction.workflow) + "/reproduce");
    d->call(d->request("POST", url, between::bodyOf(reproduction)), context, std::move(done),
            client::parseCreatedId);
}

void HttpBackend::sendEvent(const std::string& workflow, const std::string& id, const std::string& type,
                            const std::string& payloadJson, QObject* context, Done<void> done) {
    const auto url = d->routes.instance(workflow, id) + "/events/" + client::encoded(type);
    d->call(d->request("POST", url, payloadJson), context, std::move(done), client::parseNothing);
}

void HttpBackend::changeStatus(const std::string& workflow, const std::string& id, Verb verb,
                               std::optional<RestartFrom> from, QObject* context, Done<api::Status> done) {
    auto body = verb == Verb::restart && from ? client::restartBody(from->name, from->count, from->type)
                : verb == Verb::terminateAndRollBack ? client::rollbackBody()
                                                     : client::statusBody(verbText(verb));
    d->call(d->request("PATCH", d->routes.instance(workflow, id) + "/status", std::move(body)), context,
            std::move(done), client::parseStatusChange);
}

void HttpBackend::deleteInstances(const std::string& workflow, const std::vector<std::string>& ids,
                                  QObject* context, Done<BatchOutcome> done) {
    d->call(d->request("POST", d->routes.deletion(workflow), client::deleteBody(ids)), context,
            std::move(done), [](const Response& response) -> api::Result<BatchOutcome> {
                auto deleted = client::parseDeleted(response);
                if (!deleted) return api::fail(deleted.error());
                BatchOutcome outcome{std::move(deleted->ids), {}};
                for (auto& [id, reason] : deleted->errors)
                    outcome.failures.push_back({std::move(id), std::move(reason)});
                return outcome;
            });
}

void HttpBackend::uploadScript(const Upload& upload, QObject* context,
                               std::function<void(std::int64_t, std::int64_t)> progress, Done<void> done) {
    auto request = d->request("PUT", d->routes.script(upload.script));
    request.timeout = std::chrono::milliseconds{0};
    request.idleTimeout = std::chrono::seconds{60};
    request.parts.push_back({"metadata", {}, "application/json", upload.metadataJson});
    for (const auto& module : upload.modules)
        request.parts.push_back({module.name, module.name, module.contentType, module.bytes});
    client::Progress report;
    if (progress)
        report = [post = d->post, guard = QPointer<QObject>(context), guarded = context != nullptr,
                  progress = std::move(progress)](std::int64_t sent, std::int64_t total) {
            post->send([guard, guarded, progress, sent, total] {
                if (guard || !guarded) progress(sent, total);
            });
        };
    d->call(std::move(request), context, std::move(done), client::parseNothing, std::move(report));
}

void HttpBackend::putWorkflow(const WorkflowDeclaration& declaration, QObject* context, Done<void> done) {
    auto body =
        client::declarationBody(declaration.className, declaration.scriptName, declaration.settingsJson);
    if (!body) return d->deliverTo<void>(context, std::move(done))(api::fail(body.error()));
    d->call(d->request("PUT", d->routes.workflow(declaration.name), std::move(*body)), context,
            std::move(done), client::parseNothing);
}

void HttpBackend::workerCrons(const std::string& script, QObject* context,
                              Done<std::vector<api::Schedule>> done) {
    d->call(d->request("GET", d->routes.crons(script)), context, std::move(done), client::parseCrons);
}

void HttpBackend::setWorkerCrons(const std::string& script, const std::vector<std::string>& crons,
                                 QObject* context, Done<void> done) {
    d->call(d->request("PUT", d->routes.crons(script), client::cronsBody(crons)), context, std::move(done),
            client::parseNothing);
}

void HttpBackend::deleteWorkflow(const std::string& name, QObject* context, Done<void> done) {
    d->call(d->request("DELETE", d->routes.workflow(name)), context, std::move(done), client::parseNothing);
}

void HttpBackend::accountRetention(QObject* context, Done<api::Retention> done) {
    d->call(d->request("GET", d->routes.accountSettings()), context, std::move(done),
            client::parseAccountRetention);
}

void HttpBackend::setAccountRetention(const api::Retention& retention, QObject* context,
                                      Done<api::Retention> done) {
    d->call(d->request("PATCH", d->routes.accountSettings(), client::accountRetentionBody(retention)),
            context, std::move(done), client::parseAccountRetention);
}

}  // namespace stepwell
