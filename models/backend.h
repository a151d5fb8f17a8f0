#pragma once

#include "models/api/error.h"
#include "models/api/graph.h"
#include "models/api/graphql.h"
#include "models/api/site.h"
#include "models/api/site_answer.h"
#include "models/api/site_file.h"
#include "models/api/site_request.h"
#include "models/api/types.h"
#include "models/api/worker.h"
#include "models/backends/backend_kind.h"
#include "models/backends/support.h"
#include "models/site/site_address.h"

#include <QObject>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace stepwell {

template <class T>
using Done = std::function<void(api::Result<T>)>;

struct InstanceListQuery {
    std::string workflow;
    std::optional<api::Status> status;
    std::optional<api::Time> from;  ///< created at or after
    std::optional<api::Time> to;
    int page = 1;       ///< from 1
    int perPage = 100;  ///< 1..100
    /// Set, also to an empty text: walks the list by key instead of by page, which neither repeats nor leaves
    /// out rows while others come and go. Empty: from the start; else what the answer before held.
    std::optional<std::string> cursor = {};
    std::string otherStatus = {};  ///< in place of `status`: one that we do not know, as it came
};

/// Lists that are loaded whole, page by page; of very long ones only the first 100 pages are.
enum class PagedList { workflows, versions, sites };
/// Where a list ended before its end.
struct ListCut {
    std::int64_t listed = 0;
    std::int64_t total = -1;  ///< about how many there are; -1: the backend does not tell
    friend bool operator==(const ListCut&, const ListCut&) = default;
};

struct InstanceList {
    std::vector<api::InstanceSummary> rows;
    std::int64_t total = 0;
    std::string cursor = {};      ///< of the next stretch when walking by key; empty at the end
    std::string cursorBack = {};  ///< of the stretch before, where the backend tells; empty at the start
    bool totalIsExact = true;     ///< false: a guess of the backend, or at least as many as have been seen
};

/// What became of a batch: which are done, and why the others are not.
struct BatchOutcome {
    struct Failure {
        std::string id;
        std::string reason;
    };
    std::vector<std::string> done;
    std::vector<Failure> failures;
};

/// A GraphQL request. Its `$accountTag`, where the document has one, is up to the caller: Backend::account.
struct GraphqlQuery {
    std::string document;
    std::string variablesJson = {};  ///< an object as JSON text; empty: none
    std::string operationName = {};  ///< empty: the only one
    friend bool operator==(const GraphqlQuery&, const GraphqlQuery&) = default;
};

enum class LiveState { off, connecting, live, polling };  ///< polling: the backend has no live stream

/// A backend as the views see it: typed, asynchronous calls over its HTTP API. All calls are made and
/// answered on the thread that owns the object (the GUI thread); nothing blocks. An answer is dropped when
/// `context` has been destroyed by then. Every call ends in exactly one answer, an error with code::transport
/// when the backend cannot be reached.
class Backend : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    virtual QString name() const = 0;     ///< "This machine"
    virtual QString address() const = 0;  ///< "127.0.0.1:8790"
    virtual LiveState liveState() const = 0;
    virtual std::string account() const = 0;  ///< its id: the accountTag of GraphQL
    virtual BackendKind kind() const { return BackendKind::thisMachine; }
    /// What is known by now of what it can do; `supportChanged` tells of news.
    virtual Support support(Feature /*feature*/) const { return {}; }
    /// Set while what is answered comes from what was seen before. Verbs fail then; none is kept for later.
    virtual Freshness freshness() const { return {}; }
    /// Where requests are counted: how many are used up. Empty: nobody counts.
    virtual std::vector<RequestBudget> budgets() const { return {}; }
    /// Of the list of this kind that was answered last; nothing: it was whole. Current when its answer comes.
    virtual std::optional<ListCut> listCut(PagedList /*list*/) const { return std::nullopt; }
    /// For the threads that upload sites; nothing: this one cannot be uploaded to.
    virtual std::optional<site::SiteAddress> siteAddress() const { return std::nullopt; }

    virtual void workflows(QObject* context, Done<std::vector<api::Workflow>> done) = 0;
    virtual void workflow(const std::string& name, QObject* context, Done<api::Workflow> done) = 0;
    virtual void versions(const std::string& workflow, QObject* context,
                          Done<std::vector<api::Version>> done) = 0;
    /// The step graph of a version. A backend that has none answers without one, and with the reason if it
    /// tells.
    virtual void graph(const std::string& workflow, const std::string& versionId, QObject* context,
                       Done<api::VersionGraph> done) = 0;
    virtual void instances(const InstanceListQuery& query, QObject* context, Done<InstanceList> done) = 0;
    /// `since`: ask for changes only (answers may still be whole: see InstanceDetail::partial).
    virtual void instance(const std::string& workflow, const std::string& id,
                          std::optional<std::int64_t> since, QObject* context,
                          Done<api::InstanceDetail> done) = 0;
    /// The whole output of a step as JSON text; `name` with its counter.
    virtual void stepOutput(const std::string& workflow, const std::string& id, const std::string& name,
                            api::StepKind kind, QObject* context, Done<std::string> done) = 0;
    virtual void logs(const std::string& workflow, const std::string& id, std::optional<int> step,
                      std::int64_t after, QObject* context, Done<std::vector<api::LogLine>> done) = 0;
    virtual void health(QObject* context, Done<api::EngineHealth> done) = 0;

    /// Answers the id of the new instance. Empty id: the backend draws one. Empty params: none are sent.
    virtual void trigger(const std::string& workflow, const std::string& id, const std::string& paramsJson,
                         QObject* context, Done<std::string> done) = 0;
    virtual void sendEvent(const std::string& workflow, const std::string& id, const std::string& type,
                           const std::string& payloadJson, QObject* context, Done<void> done) = 0;
    /// terminateAndRollBack: undoes the steps that know how to be undone, then ends.
    enum class Verb { pause, resume, terminate, terminateAndRollBack, restart };
    struct RestartFrom {
        std::string name;  ///< without the counter
        int count = 1;
        std::string type;  ///< do, sleep, waitForEvent
    };
    virtual void changeStatus(const std::string& workflow, const std::string& id, Verb verb,
                              std::optional<RestartFrom> from, QObject* context, Done<api::Status> done) = 0;
    /// Removes instances with all that is known of them; at most 100 at a time.
    virtual void deleteInstances(const std::string& workflow, const std::vector<std::string>& ids,
                                 QObject* context, Done<BatchOutcome> done) = 0;

    struct UploadModule {
        std::string name;
        std::string contentType;
        std::string bytes;
    };
    struct Upload {
        std::string script;
        std::string metadataJson;
        std::vector<UploadModule> modules;
    };
    /// PUT of a script as one multipart form; `progress` gets bytes sent and bytes in all.
    virtual void uploadScript(const Upload& upload, QObject* context,
                              std::function<void(std::int64_t, std::int64_t)> progress, Done<void> done) = 0;
    struct WorkflowDeclaration {
        std::string name;
        std::string className;
        std::string scriptName;
        std::string settingsJson = "{}";  ///< limits, schedules, ... merged into the body
    };
    virtual void putWorkflow(const WorkflowDeclaration& declaration, QObject* context, Done<void> done) = 0;
    /// Removes a workflow with its versions, schedules and instances; the script stays.
    virtual void deleteWorkflow(const std::string& name, QObject* context, Done<void> done) = 0;

    /// Crons of a Worker, which run its scheduled handler; those of workflows are in api::Workflow.
    virtual void workerCrons(const std::string& script, QObject* context,
                             Done<std::vector<api::Schedule>> done) = 0;
    /// Replaces all of them.
    virtual void setWorkerCrons(const std::string& script, const std::vector<std::string>& crons,
                                QObject* context, Done<void> done) = 0;

    virtual void workers(QObject* context, Done<std::vector<api::Worker>> done) = 0;
    /// Asks as many routes as the backend needs.
    virtual void workerAddress(const std::string& script, QObject* context,
                               Done<api::WorkerAddress> done) = 0;
    virtual void workerBindings(const std::string& script, QObject* context,
                                Done<std::vector<api::Binding>> done) = 0;
    /// Newest first.
    virtual void workerVersions(const std::string& script, QObject* context,
                                Done<std::vector<api::WorkerVersion>> done) = 0;
    /// Newest first: the first one holds.
    virtual void workerDeployments(const std::string& script, QObject* context,
                                   Done<std::vector<api::WorkerDeployment>> done) = 0;
    /// Makes this version answer everything from now on.
    virtual void deployVersion(const std::string& script, const std::string& version, QObject* context,
                               Done<void> done) = 0;
    /// What its handlers logged after the line `after`, oldest first; code::noRoute where the backend keeps
    /// none.
    virtual void workerLogs(const std::string& script, std::int64_t after, QObject* context,
                            Done<std::vector<api::LogLine>> done) = 0;
    /// Names only: texts of secrets never come back.
    virtual void secretNames(const std::string& script, QObject* context,
                             Done<std::vector<std::string>> done) = 0;
    /// Adds it, or replaces its text. The text is sent and not kept.
    virtual void putSecret(const std::string& script, const std::string& name, const std::string& text,
                           QObject* context, Done<void> done) = 0;
    virtual void deleteSecret(const std::string& script, const std::string& name, QObject* context,
                              Done<void> done) = 0;
    /// Removes a Worker with the workflows that it defines and all their instances.
    virtual void deleteWorker(const std::string& script, QObject* context, Done<void> done) = 0;

    /// All files of a deployment, ordered by path; code::noRoute where the backend does not list them.
    virtual void siteFiles(const std::string& project, const std::string& deployment, QObject* context,
                           Done<std::vector<api::SiteFile>> done) = 0;
    /// What rules a deployment beside its files: `_headers`, its code and so on; code::noRoute where the
    /// backend does not tell.
    virtual void siteParts(const std::string& project, const std::string& deployment, QObject* context,
                           Done<std::vector<api::SiteFile>> done) = 0;
    /// The bytes of an asset of a site, at most 25 MiB.
    virtual void siteAsset(const std::string& key, QObject* context, Done<std::string> done) = 0;

    virtual void siteProjects(QObject* context, Done<std::vector<api::SiteProject>> done) = 0;
    virtual void siteProject(const std::string& name, QObject* context, Done<api::SiteProject> done) = 0;
    virtual void createSiteProject(const api::NewSiteProject& project, QObject* context,
                                   Done<api::SiteProject> done) = 0;
    virtual void changeSiteProject(const std::string& name, const api::SiteProjectChange& change,
                                   QObject* context, Done<api::SiteProject> done) = 0;
    /// Removes a project with all its deployments.
    virtual void deleteSiteProject(const std::string& name, QObject* context, Done<void> done) = 0;
    /// One page. An error when the query wants what the backend has no filter for.
    virtual void siteDeployments(const api::SiteDeploymentQuery& query, QObject* context,
                                 Done<api::SiteDeploymentList> done) = 0;
    /// `id` is the whole id or, where the backend is ours, the short one.
    virtual void siteDeployment(const std::string& project, const std::string& id, QObject* context,
                                Done<api::SiteDeployment> done) = 0;
    /// withAliases: also one that a branch is shown from. The live one is refused always.
    enum class SiteDeletion { alone, withAliases };
    virtual void deleteSiteDeployment(const std::string& project, const std::string& id,
                                      SiteDeletion deletion, QObject* context, Done<void> done) = 0;
    /// Makes a production deployment the live one; answers it.
    virtual void rollBackSite(const std::string& project, const std::string& id, QObject* context,
                              Done<api::SiteDeployment> done) = 0;
    /// Deploys the same content again; answers the new deployment.
    virtual void retrySiteDeployment(const std::string& project, const std::string& id, QObject* context,
                                     Done<api::SiteDeployment> done) = 0;
    /// What was told when it was made.
    virtual void siteDeploymentLog(const std::string& project, const std::string& id, QObject* context,
                                   Done<std::vector<api::SiteLogLine>> done) = 0;
    /// code::noRoute where the backend does not tell.
    virtual void siteRules(const std::string& project, const std::string& deployment, QObject* context,
                           Done<api::SiteRules> done) = 0;
    /// The rules and warnings that a deployment with these texts would have; code::noRoute where the backend
    /// does not tell.
    virtual void checkSiteRules(const std::string& headers, const std::string& redirects, QObject* context,
                                Done<api::SiteRules> done) = 0;
    /// What the deployment answers to a request and why; nothing is sent to the site. `url` is a URL or a
    /// path.
    virtual void explainSite(const std::string& project, const std::string& deployment,
                             const std::string& url, QObject* context, Done<api::SiteExplanation> done) = 0;
    /// Requests that ended after the request `after`, or the newest when it is negative. code::noRoute where
    /// the backend does not tell.
    virtual void siteRequests(const std::string& project, const std::string& deployment, std::int64_t after,
                              QObject* context, Done<api::SiteRequestList> done) = 0;
    /// Asks the site itself, without the token; redirects are not followed.
    virtual void visitSite(const std::string& url, QObject* context, Done<api::SiteResponse> done) = 0;
    virtual void siteDomains(const std::string& project, QObject* context,
                             Done<std::vector<api::SiteDomain>> done) = 0;
    virtual void addSiteDomain(const std::string& project, const std::string& name, QObject* context,
                               Done<void> done) = 0;
    virtual void deleteSiteDomain(const std::string& project, const std::string& name, QObject* context,
                                  Done<void> done) = 0;

    /// What workflows that set no retention of their own keep.
    virtual void accountRetention(QObject* context, Done<api::Retention> done) = 0;
    /// Changes what is set in `retention`, keeps the rest, and answers what holds now.
    virtual void setAccountRetention(const api::Retention& retention, QObject* context,
                                     Done<api::Retention> done) = 0;

    /// Asks the analytics service. An answer that carries errors is an answer; an error of the call means
    /// that there was none. code::noRoute where the backend has no such service.
    virtual void graphql(const GraphqlQuery& query, QObject* context, Done<api::GraphqlAnswer> done) = 0;

  signals:
    /// Events of the live stream, in order, gathered for at most 50 ms. Where a backend has no stream, none
    /// come: views poll while `liveState` is `polling`.
    void live(const std::vector<stepwell::api::LiveEvent>& events);
    /// The stream lost its place: load everything anew.
    void liveReset();
    void liveStateChanged(stepwell::LiveState state);
    void supportChanged();
    void freshnessChanged();
    void budgetsChanged();

  protected:
    /// A refresh that nobody waits for asks now; see BackgroundCalls.
    bool isBackground() const { return m_background > 0; }

  private:
    friend class BackgroundCalls;
    int m_background = 0;
};

/// Reads that are asked for while one of these lives are refreshes by a timer. Where requests are counted
/// they wait when few are left, so that a person's own click is always answered. Same thread as the backend.
class BackgroundCalls {
  public:
    explicit BackgroundCalls(Backend& backend)
        : m_backend(backend) {
        ++m_backend.m_background;
    }
    ~BackgroundCalls() { --m_backend.m_background; }
    BackgroundCalls(const BackgroundCalls&) = delete;
    BackgroundCalls& operator=(const BackgroundCalls&) = delete;

  private:
    Backend& m_backend;
};

}  // namespace stepwell
