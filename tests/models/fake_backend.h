#pragma once

#include "models/backend.h"
#include "models/between/reproducer.h"

#include <QPointer>
#include <QStringList>

#include <deque>
#include <map>

namespace stepwell::test {

/// A backend without a network, for tests of models and widgets. It answers from the public members, always
/// from the event loop and never within the call, like a real one. Fill the members (or call
/// `fillWithSamples`), make calls, look at `calls`. All on one thread.
class FakeBackend : public Backend, public between::Reproducer {
    Q_OBJECT
  public:
    using Backend::Backend;

    // what it answers with
    std::vector<api::Workflow> workflowList;
    std::map<std::string, std::vector<api::Version>> versionLists;           ///< by workflow
    std::map<std::string, api::VersionGraph> graphs;                         ///< by version id
    std::map<std::string, std::vector<api::InstanceSummary>> instanceLists;  ///< by workflow, newest first
    std::map<std::string, api::InstanceDetail> details;                      ///< by instance id
    std::map<std::string, std::vector<api::LogLine>> logLines;               ///< by instance id, oldest first
    std::map<std::string, std::string> stepOutputs;                          ///< by step name, JSON text
    api::EngineHealth healthAnswer;
    /// When set, answers `graphql`; else every answer is {"data":null,"errors":null}.
    std::function<api::Result<api::GraphqlAnswer>(const GraphqlQuery&)> graphqlSource;
    api::Retention retention;                                     ///< of the account
    std::map<std::string, std::vector<api::Schedule>> cronLists;  ///< by script
    std::map<std::string, std::string> refusedDeletes;            ///< reason by instance id
    std::vector<api::Worker> workerList;
    std::map<std::string, api::WorkerAddress> addresses;                        ///< by script
    std::map<std::string, std::vector<api::Binding>> bindingLists;              ///< by script
    std::map<std::string, std::vector<api::WorkerVersion>> workerVersionLists;  ///< by script
    std::map<std::string, std::vector<api::WorkerDeployment>> deploymentLists;  ///< by script, newest first
    std::map<std::string, std::vector<api::LogLine>> workerLogLines;            ///< by script, oldest first
    std::map<std::string, std::map<std::string, std::string>> secrets;          ///< by script and name
    std::map<std::string, std::vector<api::SiteFile>> siteFileLists;            ///< by deployment
    std::map<std::string, std::vector<api::SiteFile>> sitePartLists;            ///< by deployment
    api::SiteRules checkedSiteRules;
    std::map<std::string, std::string> siteAssets;  ///< bytes by key
    std::vector<api::SiteProject> siteProjectList;
    std::map<std::string, std::vector<api::SiteDeployment>>
        siteDeploymentLists;                                              ///< by project, newest first
    std::map<std::string, std::vector<api::SiteDomain>> siteDomainLists;  ///< by project
    std::map<std::string, std::vector<api::SiteLogLine>> siteLogs;        ///< by id of the deployment
    std::map<std::string, api::SiteRequestList> siteRequestLists;         ///< by id of the deployment
    std::map<std::string, api::SiteRules> siteRuleSets;                   ///< by id of the deployment
    std::map<std::string, api::SiteExplanation> siteExplanations;         ///< by URL
    std::map<std::string, api::SiteResponse> siteResponses;               ///< by URL
    std::vector<api::SiteProjectChange> siteChanges;
    /// When set, answers lists of deployments instead of `siteDeploymentLists`.
    std::function<api::SiteDeploymentList(const api::SiteDeploymentQuery&)> siteDeploymentSource;
    /// When set, answers instance lists instead of `instanceLists`: for a million rows nobody wants to hold.
    std::function<InstanceList(const InstanceListQuery&)> instanceSource;
    /// When set, answers `instance`; gets the `since` of the call, so that partial answers can be scripted.
    std::function<api::Result<api::InstanceDetail>(const std::string& id, std::optional<std::int64_t> since)>
        detailSource;

    // what it was asked
    QStringList calls;  ///< "instances orders page=2 status=errored", "trigger orders my-id {\"a\":1}", ...
    std::vector<Upload> uploads;
    std::vector<WorkflowDeclaration> declarations;
    std::vector<GraphqlQuery> graphqlQueries;
    std::vector<between::Reproduction> reproductions;
    int callsStartingWith(const QString& prefix) const;

    // how it behaves
    /// Every call whose entry in `calls` starts with `prefix` fails with `error` until `succeed` is called.
    void failWith(const QString& prefix, api::Error error);
    void succeed();
    /// Keeps answers back; `release` gives the oldest one (or the one at `index`), `releaseAll` all and stops
    /// holding.
    void hold() { m_hold = true; }
    int heldCount() const { return static_cast<int>(m_held.size()); }
    void release(int index = 0);
    void releaseAll();

    void setLiveState(LiveState state);
    void emitLive(std::vector<api::LiveEvent> events);
    /// One event with the next sequence number.
    void emitEvent(const std::string& type, const std::string& workflow, const std::string& instance = {},
                   const std::string& stepName = {});
    void emitReset() { emit liveReset(); }

    /// Fills everything from namespace `sample`.
    void fillWithSamples();

    QString name() const override { return QStringLiteral("This machine"); }
    QString address() const override { return QStringLiteral("127.0.0.1:8790"); }
    LiveState liveState() const override { return m_liveState; }
    std::string account() const override { return "0123456789abcdef0123456789abcdef"; }

    void workflows(QObject* context, Done<std::vector<api::Workflow>> done) override;
    void workflow(const std::string& name, QObject* context, Done<api::Workflow> done) override;
    void versions(const std::string& workflow, QObject* context,
                  Done<std::vector<api::Version>> done) override;
    void graph(const std::string& workflow, const std::string& versionId, QObject* context,
               Done<api::VersionGraph> done) override;
    void instances(const InstanceListQuery& query, QObject* context, Done<InstanceList> done) override;
    void instance(const std::string& workflow, const std::string& id, std::optional<std::int64_t> since,
                  QObject* context, Done<api::InstanceDetail> done) override;
    void stepOutput(const std::string& workflow, const std::string& id, const std::string& name,
                    api::StepKind kind, QObject* context, Done<std::string> done) override;
    void logs(const std::string& workflow, const std::string& id, std::optional<int> step, std::int64_t after,
              QObject* context, Done<std::vector<api::LogLine>> done) override;
    void health(QObject* context, Done<api::EngineHealth> done) override;
    void trigger(const std::string& workflow, const std::string& id, const std::string& paramsJson,
                 QObject* context, Done<std::string> done) override;
    void reproduce(const between::Reproduction& reproduction, QObject* context,
                   Done<std::string> done) override;
    void sendEvent(const std::string& workflow, const std::string& id, const std::string& type,
                   const std::string& payloadJson, QObject* context, Done<void> done) override;
    void changeStatus(const std::string& workflow, const std::string& id, Verb verb,
                      std::optional<RestartFrom> from, QObject* context, Done<api::Status> done) override;
    void deleteInstances(const std::string& workflow, const std::vector<std::string>& ids, QObject* context,
                         Done<BatchOutcome> done) override;
    void uploadScript(const Upload& upload, QObject* context,
                      std::function<void(std::int64_t, std::int64_t)> progress, Done<void> done) override;
    void putWorkflow(const WorkflowDeclaration& declaration, QObject* context, Done<void> done) override;
    void workerCrons(const std::string& script, QObject* context,
                     Done<std::vector<api::Schedule>> done) override;
    void setWorkerCrons(const std::string& script, const std::vector<std::string>& crons, QObject* context,
                        Done<void> done) override;
    void deleteWorkflow(const std::string& name, QObject* context, Done<void> done) override;
    void workers(QObject* context, Done<std::vector<api::Worker>> done) override;
    void workerAddress(const std::string& script, QObject* context, Done<api::WorkerAddress> done) override;
    void workerBindings(const std::string& script, QObject* context,
                        Done<std::vector<api::Binding>> done) override;
    void workerVersions(const std::string& script, QObject* context,
                        Done<std::vector<api::WorkerVersion>> done) override;
    void workerDeployments(const std::string& script, QObject* context,
                           Done<std::vector<api::WorkerDeployment>> done) override;
    void deployVersion(const std::string& script, const std::string& version, QObject* context,
                       Done<void> done) override;
    void workerLogs(const std::string& script, std::int64_t after, QObject* context,
                    Done<std::vector<api::LogLine>> done) override;
    void secretNames(const std::string& script, QObject* context,
                     Done<std::vector<std::string>> done) override;
    /// The text goes into `secrets`, and not into `calls`.
    void putSecret(const std::string& script, const std::string& name, const std::string& text,
                   QObject* context, Done<void> done) override;
    void deleteSecret(const std::string& script, const std::string& name, QObject* context,
                      Done<void> done) override;
    void deleteWorker(const std::string& script, QObject* context, Done<void> done) override;
    void siteFiles(const std::string& project, const std::string& deployment, QObject* context,
                   Done<std::vector<api::SiteFile>> done) override;
    void checkSiteRules(const std::string& headers, const std::string& redirects, QObject* context,
                        Done<api::SiteRules> done) override;
    void siteParts(const std::string& project, const std::string& deployment, QObject* context,
                   Done<std::vector<api::SiteFile>> done) override;
    void siteAsset(const std::string& key, QObject* context, Done<std::string> done) override;
    void siteProjects(QObject* context, Done<std::vector<api::SiteProject>> done) override;
    void siteProject(const std::string& name, QObject* context, Done<api::SiteProject> done) override;
    void createSiteProject(const api::NewSiteProject& project, QObject* context,
                           Done<api::SiteProject> done) override;
    void changeSiteProject(const std::string& name, const api::SiteProjectChange& change, QObject* context,
                           Done<api::SiteProject> done) override;
    void deleteSiteProject(const std::string& name, QObject* context, Done<void> done) override;
    void siteDeployments(const api::SiteDeploymentQuery& query, QObject* context,
                         Done<api::SiteDeploymentList> done) override;
    void siteDeployment(const std::string& project, const std::string& id, QObject* context,
                        Done<api::SiteDeployment> done) override;
    void deleteSiteDeployment(const std::string& project, const std::string& id, SiteDeletion deletion,
                              QObject* context, Done<void> done) override;
    void rollBackSite(const std::string& project, const std::string& id, QObject* context,
                      Done<api::SiteDeployment> done) override;
    void retrySiteDeployment(const std::string& project, const std::string& id, QObject* context,
                             Done<api::SiteDeployment> done) override;
    void siteDeploymentLog(const std::string& project, const std::string& id, QObject* context,
                           Done<std::vector<api::SiteLogLine>> done) override;
    void siteRules(const std::string& project, const std::string& deployment, QObject* context,
                   Done<api::SiteRules> done) override;
    void explainSite(const std::string& project, const std::string& deployment, const std::string& url,
                     QObject* context, Done<api::SiteExplanation> done) override;
    void visitSite(const std::string& url, QObject* context, Done<api::SiteResponse> done) override;
    void siteRequests(const std::string& project, const std::string& deployment, std::int64_t after,
                      QObject* context, Done<api::SiteRequestList> done) override;
    void siteDomains(const std::string& project, QObject* context,
                     Done<std::vector<api::SiteDomain>> done) override;
    void addSiteDomain(const std::string& project, const std::string& name, QObject* context,
                       Done<void> done) override;
    void deleteSiteDomain(const std::string& project, const std::string& name, QObject* context,
                          Done<void> done) override;
    void accountRetention(QObject* context, Done<api::Retention> done) override;
    void setAccountRetention(const api::Retention& retention, QObject* context,
                             Done<api::Retention> done) override;
    /// In `calls` as "graphql" and the operation name.
    void graphql(const GraphqlQuery& query, QObject* context, Done<api::GraphqlAnswer> done) override;

  private:
    void fillWorkers();
    void fillSites();
    api::SiteDeployment* findSite(const std::string& project, const std::string& id);
    void replySite(const QString& call, const api::SiteDeployment* found, QObject* context,
                   Done<api::SiteDeployment> done);
    template <class T>
    void reply(const QString& call, QObject* context, Done<T> done, api::Result<T> answer);
    void deliver(QObject* context, std::function<void()> action);

    LiveState m_liveState = LiveState::live;
    bool m_hold = false;
    std::int64_t m_sequence = 1000;
    std::deque<std::function<void()>> m_held;
    std::vector<std::pair<QString, api::Error>> m_failures;
};

template <class T>
void FakeBackend::reply(const QString& call, QObject* context, Done<T> done, api::Result<T> answer) {
    calls.append(call);
    for (const auto& [prefix, error] : m_failures)
        if (call.startsWith(prefix)) answer = api::fail(error);
    deliver(context, [done = std::move(done), answer = std::move(answer)] { done(answer); });
}

/// Invented data, the same on every call: an order shop on 2026-11-20.
namespace sample {

/// 2026-11-20T09:00:00.000Z, the start of the detailed instance.
api::Time baseTime();
/// Five: orders (busy), cart-reminder (sleeping), review-approval (waiting), nightly-report (cron), empty-one
/// (never run).
std::vector<api::Workflow> workflows();
std::vector<api::Version> versions();
/// Three: orders-worker (both handlers, a cron, of the workflow orders), cart-reminder-worker (no handler)
/// and site-worker (fetch, no workflow).
std::vector<api::Worker> workers();
/// Of orders-worker: variables, a secret and its workflow.
std::vector<api::Binding> bindings();
/// Two, newest first.
std::vector<api::WorkerVersion> workerVersions();
std::vector<api::WorkerDeployment> deployments();
/// What handlers of orders-worker logged: all levels.
std::vector<api::LogLine> workerLogs();
/// Two: shop (live, with previews, a secret and a domain) and landing-page-of-the-spring-campaign (nothing
/// live).
std::vector<api::SiteProject> siteProjects();
/// Deployment `index` of `total` of the site shop, newest first: row 2 is live, rows 1 and 4 are previews
/// that a branch shows, one of production in three.
api::SiteDeployment siteDeploymentAt(std::int64_t index, std::int64_t total);
/// Of the live deployment, and of one before: one added, one changed, one moved, one removed, the rest alike.
std::vector<api::SiteFile> siteFiles();
std::vector<api::SiteFile> siteFilesBefore();
/// Two redirects, a header rule, a warning each.
api::SiteRules siteRules();
/// Five requests, ids from 4808: one of code that threw, one that is not there.
api::SiteRequestList siteRequests();
/// `count` instances, newest first, ids "order-000123" with the number falling; all nine statuses appear in
/// any ten, with glimpses, retries and times that fit the status.
std::vector<api::InstanceSummary> instances(int count);
/// Row `index` of a list of `total`, the same as instances(total)[index], without building the list.
api::InstanceSummary instanceAt(std::int64_t index, std::int64_t total);
/// Running: 9 steps with a payment that failed twice (retries, stack, requests), a finished sleep, a received
/// event, parallel steps, a truncated output, a step waiting to retry, a running sleep and a running wait.
api::InstanceDetail runningDetail();
/// The same workflow, complete, with output.
api::InstanceDetail completeDetail();
/// Errored: the payment failed for good with a NonRetryableError.
api::InstanceDetail erroredDetail();
/// Log lines of `runningDetail`, all levels, inside and outside of steps; multi-line text included.
std::vector<api::LogLine> logs();
api::EngineHealth health();

}  // namespace sample

}  // namespace stepwell::test
