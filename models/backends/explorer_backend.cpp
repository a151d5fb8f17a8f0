#include "models/backends/explorer_backend.h"

#include "models/client/bodies.h"
#include "models/client/parse.h"
#include "models/client/parse_explorer.h"
#include "models/http_backend_private.h"
#include "models/listed_total.h"

#include <algorithm>
#include <charconv>
#include <memory>

namespace stepwell {

namespace {

using client::query;
using client::Response;
using Workers = std::vector<client::ExplorerWorker>;

/// Counts of more workflows than this nobody looks at one by one.
constexpr std::size_t mostCounted = 48;

int pageOf(const std::string& cursor) {
    int page = 1;
    std::from_chars(cursor.data(), cursor.data() + cursor.size(), page);
    return std::max(1, page);
}

/// Fills in the counts of a list of workflows, each by a request of its own, all at once. Client thread.
class CountsLoader : public std::enable_shared_from_this<CountsLoader> {
  public:
    using Deliver = std::function<void(api::Result<std::vector<api::Workflow>>)>;
    using NoteCut = std::function<void(std::optional<ListCut>)>;

    CountsLoader(client::Link& link, client::Request base, client::Routes routes, NoteCut note,
                 Deliver deliver)
        : m_link(link)
        , m_base(std::move(base))
        , m_routes(std::move(routes))
        , m_note(std::move(note))
        , m_deliver(std::move(deliver)) {}

    void start() {
        ask(m_routes.workflows(), [self = shared_from_this()](const api::Result<Response>& response) {
            if (!response) return self->m_deliver(api::fail(response.error()));
            auto page = client::parseWorkflows(*response);
            if (!page) return self->m_deliver(api::fail(page.error()));
            self->m_rows = std::move(page->rows);
            const auto listed = static_cast<std::int64_t>(self->m_rows.size());
            self->m_note(page->total > listed ? std::optional(ListCut{listed, page->total}) : std::nullopt);
            self->count();
        });
    }

  private:
    void ask(std::string url, client::Callback answered) {
        auto request = m_base;
        request.url = std::move(url);
        if (!request.storeKey.empty()) request.storeKey = request.url;
        m_link.send(std::move(request), std::move(answered));
    }

    void count() {
        const auto counted = std::min(m_rows.size(), mostCounted);
        m_open = counted;
        if (counted == 0) return m_deliver(std::move(m_rows));
        for (std::size_t i = 0; i < counted; ++i)
            ask(m_routes.workflow(m_rows[i].name),
                [self = shared_from_this(), i](const api::Result<Response>& response) {
                    self->take(i, response);
                });
    }

    /// A workflow whose counts do not come is shown without them.
    void take(std::size_t row, const api::Result<Response>& response) {
        if (auto detail =
                response ? client::parseWorkflow(*response) : api::Result<api::Workflow>(api::fail({}))) {
            m_rows[row].counts = std::move(detail->counts);
            m_rows[row].otherCounts = std::move(detail->otherCounts);
        }
        if (--m_open == 0) m_deliver(std::move(m_rows));
    }

    client::Link& m_link;
    client::Request m_base;
    client::Routes m_routes;
    NoteCut m_note;
    Deliver m_deliver;
    std::vector<api::Workflow> m_rows;
    std::size_t m_open = 0;
};

InstanceList listFrom(client::Page<api::InstanceSummary> page, int number, int perPage) {
    const auto rows = static_cast<std::int64_t>(page.rows.size());
    const auto before = std::int64_t{number - 1} * perPage;
    const auto counted = listedTotal(page.total, before, rows, rows < perPage);
    InstanceList list;
    list.totalIsExact = counted.isExact;
    list.total = counted.total;
    if (rows > 0 && before + rows < list.total) list.cursor = std::to_string(number + 1);
    if (number > 1) list.cursorBack = std::to_string(number - 1);
    list.rows = std::move(page.rows);
    return list;
}

/// Older releases know no dates and list everything, the newest first.
InstanceList within(InstanceList list, const InstanceListQuery& wanted, std::int64_t before) {
    const auto isOlder = [&](const auto& row) {
        return wanted.from && row.createdOn && *row.createdOn < *wanted.from;
    };
    const auto end = std::find_if(list.rows.begin(), list.rows.end(), isOlder);
    if (end == list.rows.end()) return list;
    list.rows.erase(end, list.rows.end());
    list.total = before + static_cast<std::int64_t>(list.rows.size());
    list.totalIsExact = true;
    list.cursor.clear();
    return list;
}

bool isNewerThan(const InstanceList& list, const InstanceListQuery& wanted) {
    return wanted.to && std::any_of(list.rows.begin(), list.rows.end(), [&](const auto& row) {
               return row.createdOn && *row.createdOn > *wanted.to;
           });
}

std::string verbText(Backend::Verb verb) {
    switch (verb) {
    case Backend::Verb::pause:
        return "pause";
    case Backend::Verb::resume:
        return "resume";
    case Backend::Verb::restart:
        return "restart";
    default:
        return "terminate";
    }
}

/// Sends a change of an instance. One that comes while the verb before still ends the instance's engine is
/// answered with that end and has no effect: it is sent again.
void sendChange(client::Link& link, client::Request change, client::Callback done, int sent = 1) {
    constexpr int mostSent = 5;
    auto request = change;
    link.send(std::move(request), [&link, change = std::move(change), done = std::move(done),
                                   sent](api::Result<Response> response) mutable {
        const bool isOvertaken = response && response->status >= 400 &&
                                 response->body.find("Aborting engine: User called") != std::string::npos;
        if (isOvertaken && sent < mostSent)
            return sendChange(link, std::move(change), std::move(done), sent + 1);
        done(std::move(response));
    });
}

/// Applies `pick` to the Worker of this name.
template <class T, class Pick>
auto ofWorker(std::string name, Pick pick) {
    return [name = std::move(name), pick](const Response& response) -> api::Result<T> {
        const auto workers = client::parseExplorerWorkers(response);
        if (!workers) return api::fail(workers.error());
        const auto found = std::find_if(workers->begin(), workers->end(),
                                        [&name](const auto& worker) { return worker.name == name; });
        if (found == workers->end())
            return api::fail(404, api::code::scriptNotFound,
                             "wrangler dev does not run a Worker " + name + " now.");
        return pick(*found);
    };
}

}  // namespace

ExplorerBackend::ExplorerBackend(BackendAddress address, QObject* parent)
    : HttpBackend(std::move(address), parent) {}

void ExplorerBackend::workflows(QObject* context, Done<std::vector<api::Workflow>> done) {
    std::make_shared<CountsLoader>(
        *d->link, d->request("GET", d->routes.workflows()), d->routes, d->noteCut(PagedList::workflows),
        d->deliverTo<std::vector<api::Workflow>>(context, std::move(done), Feature::workflows))
        ->start();
}

void ExplorerBackend::instances(const InstanceListQuery& wanted, QObject* context, Done<InstanceList> done) {
    const int page = wanted.cursor ? pageOf(*wanted.cursor) : wanted.page;
    std::vector<std::pair<std::string, std::string>> pairs{{"page", std::to_string(page)},
                                                           {"per_page", std::to_string(wanted.perPage)}};
    if (wanted.status) pairs.emplace_back("status", api::toString(*wanted.status));
    if (!wanted.otherStatus.empty()) pairs.emplace_back("status", wanted.otherStatus);
    if (wanted.from) pairs.emplace_back("date_start", api::toIso(*wanted.from));
    if (wanted.to) pairs.emplace_back("date_end", api::toIso(*wanted.to));
    const auto noted = [this, workflow = wanted.workflow,
                        done = std::move(done)](api::Result<InstanceList> list) {
        if (list)
            for (const auto& row : list->rows)
                know({workflow, row.id});
        done(std::move(list));
    };
    d->call<InstanceList>(d->request("GET", d->routes.instances(wanted.workflow) + query(pairs)), context,
                          noted, [page, wanted](const Response& response) -> api::Result<InstanceList> {
                              auto rows = client::parseInstances(response);
                              if (!rows) return api::fail(rows.error());
                              auto list = listFrom(std::move(*rows), page, wanted.perPage);
                              if (isNewerThan(list, wanted))
                                  return api::fail(
                                      400, api::code::unsupported,
                                      "This release of wrangler dev cannot end a list at a time. Choose a "
                                      "range up to now, or update wrangler.");
                              return within(std::move(list), wanted, std::int64_t{page - 1} * wanted.perPage);
                          });
}

void ExplorerBackend::instance(const std::string& workflow, const std::string& id,
                               std::optional<std::int64_t> /*since*/, QObject* context,
                               Done<api::InstanceDetail> done) {
    InstanceName name{workflow, id};
    if (known_.count(name) > 0) return ask(name, context, std::move(done));
    constexpr int firstPage = 1;
    look(name, firstPage, context, std::move(done));
}

void ExplorerBackend::know(InstanceName name) {
    constexpr std::size_t most = 100'000;
    if (known_.size() >= most) known_.clear();
    known_.insert(std::move(name));
}

void ExplorerBackend::ask(const InstanceName& name, QObject* context, Done<api::InstanceDetail> done) {
    // Who does not answer may come back with other instances.
    auto noted = [this, done = std::move(done)](api::Result<api::InstanceDetail> detail) {
        if (!detail) known_.clear();
        done(std::move(detail));
    };
    d->call<api::InstanceDetail>(d->request("GET", d->routes.instance(name.first, name.second)), context,
                                 std::move(noted), [id = name.second](const Response& response) {
                                     return client::parseInstance(response, id, client::OutputForm::value);
                                 });
}

void ExplorerBackend::look(const InstanceName& name, int page, QObject* context,
                           Done<api::InstanceDetail> done) {
    constexpr int mostPages = 50;
    InstanceListQuery query;
    query.workflow = name.first;
    query.page = page;
    instances(query, context,
              [this, name, page, context, done = std::move(done)](api::Result<InstanceList> list) {
                  if (!list) return done(api::fail(std::move(list.error())));
                  if (known_.count(name) > 0) return ask(name, context, done);
                  if (!list->cursor.empty() && page < mostPages) return look(name, page + 1, context, done);
                  done(api::fail(404, api::code::instanceNotFound,
                                 name.first + " has no instance " + name.second + " in wrangler dev."));
              });
}

void ExplorerBackend::health(QObject* context, Done<api::EngineHealth> done) {
    d->call(d->request("GET", d->routes.localWorkers()), context, std::move(done),
            [](const Response& response) -> api::Result<api::EngineHealth> {
                const auto workers = client::parseExplorerWorkers(response);
                if (!workers) return api::fail(workers.error());
                api::EngineHealth health;
                health.version = "wrangler dev";
                health.scripts = static_cast<int>(workers->size());
                return health;
            });
}

void ExplorerBackend::trigger(const std::string& workflow, const std::string& id,
                              const std::string& paramsJson, QObject* context, Done<std::string> done) {
    auto body = client::explorerCreateBody(id, paramsJson);
    auto noted = [this, workflow, done = std::move(done)](api::Result<std::string> made) {
        if (made) know({workflow, *made});
        done(std::move(made));
    };
    d->call<std::string>(d->request("POST", d->routes.instances(workflow), std::move(body)), context,
                         std::move(noted), client::parseCreatedId);
}

void ExplorerBackend::changeStatus(const std::string& workflow, const std::string& id, Verb verb,
                                   std::optional<RestartFrom> from, QObject* context,
                                   Done<api::Status> done) {
    auto body = verb == Verb::restart && from
                    ? client::explorerRestartBody(from->name, from->count, from->type)
                    : client::explorerStatusBody(verbText(verb), verb == Verb::terminateAndRollBack);
    auto change = d->request("PATCH", d->routes.instance(workflow, id) + "/status", std::move(body));
    auto look = d->request("GET", d->routes.instance(workflow, id));
    auto deliver = d->deliverTo<api::Status>(context, std::move(done), Feature::changeStatus);
    // Older releases only say that it worked.
    sendChange(*d->link, std::move(change),
               [link = d->link.get(), look = std::move(look), deliver = std::move(deliver),
                id](api::Result<Response> response) mutable {
                   if (!response) return deliver(api::fail(std::move(response.error())));
                   auto status = client::parseStatusChange(*response);
                   if (!status || *status != api::Status::unknown) return deliver(std::move(status));
                   link->send(std::move(look), [deliver = std::move(deliver),
                                                id](const api::Result<Response>& answer) mutable {
                       const auto detail = answer
                                               ? client::parseInstance(*answer, id)
                                               : api::Result<api::InstanceDetail>(api::fail(answer.error()));
                       deliver(detail ? detail->status : api::Status::unknown);
                   });
               });
}

void ExplorerBackend::sendEvent(const std::string& workflow, const std::string& id, const std::string& type,
                                const std::string& payloadJson, QObject* context, Done<void> done) {
    const auto url = d->routes.instance(workflow, id) + "/events/" + client::encoded(type);
    sendChange(*d->link, d->request("POST", url, payloadJson),
               [deliver = d->deliverTo<void>(context, std::move(done))](
                   const api::Result<Response>& response) mutable {
                   deliver(response ? client::parseNothing(*response)
                                    : api::Result<void>(api::fail(response.error())));
               });
}

void ExplorerBackend::deleteWorkflow(const std::string& /*name*/, QObject* context, Done<void> done) {
    d->deliverTo<void>(context, std::move(done))(
        api::fail(404, api::code::unsupported,
                  "wrangler dev runs the workflows of its configuration. Take it out there, or delete its "
                  "instances here."));
}

void ExplorerBackend::workers(QObject* context, Done<std::vector<api::Worker>> done) {
    d->call(d->request("GET", d->routes.localWorkers()), context, std::move(done),
            [](const Response& response) -> api::Result<std::vector<api::Worker>> {
                const auto found = client::parseExplorerWorkers(response);
                if (!found) return api::fail(found.error());
                std::vector<api::Worker> workers;
                for (const auto& worker : *found) {
                    std::vector<api::Schedule> crons;
                    for (const auto& cron : worker.crons)
                        crons.push_back({cron, {}});
                    workers.push_back({worker.name, {}, {}, {}, std::move(crons)});
                }
                return workers;
            });
}

void ExplorerBackend::workerBindings(const std::string& script, QObject* context,
                                     Done<std::vector<api::Binding>> done) {
    d->call(d->request("GET", d->routes.localWorkers()), context, std::move(done),
            ofWorker<std::vector<api::Binding>>(script, [](const auto& worker) { return worker.bindings; }));
}

void ExplorerBackend::workerCrons(const std::string& script, QObject* context,
                                  Done<std::vector<api::Schedule>> done) {
    d->call(d->request("GET", d->routes.localWorkers()), context, std::move(done),
            ofWorker<std::vector<api::Schedule>>(script, [](const auto& worker) {
                std::vector<api::Schedule> crons;
                for (const auto& cron : worker.crons)
                    crons.push_back({cron, {}});
                return crons;
            }));
}

void ExplorerBackend::workerAddress(const std::string& script, QObject* context,
                                    Done<api::WorkerAddress> done) {
    const auto& base = d->address.apiBase;
    const auto origin = base.substr(0, base.find("/cdn-cgi/")) + "/";
    d->call(d->request("GET", d->routes.localWorkers()), context, std::move(done),
            ofWorker<api::WorkerAddress>(script, [origin](const auto& worker) {
                // Others of the same machine listen on ports of their own, which nobody tells.
                return worker.isSelf ? api::WorkerAddress{true, origin} : api::WorkerAddress{true, {}};
            }));
}

}  // namespace stepwell
