#pragma once

#include "models/backend.h"
#include "models/between/reproducer.h"

#include <memory>

namespace stepwell {

namespace client {
class AnswerStore;
}

struct BackendAddress {
    BackendKind kind = BackendKind::thisMachine;
    QString name;  ///< "This machine"
    std::string apiBase = "http://127.0.0.1:8790/client/v4";
    std::string account;
    std::string token;           ///< sent to `apiBase` only, never shown
    bool live = true;            ///< false: no live stream, views poll
    std::string caFile = {};     ///< PEM of a private CA; empty: the system's
    std::string pinnedKey = {};  ///< "sha256//BASE64" of the server's public key; empty: none
    /// Keeps answers for the time when it cannot be reached; may be none.
    std::shared_ptr<client::AnswerStore> store = {};
};

/// A backend that speaks the v4 API over HTTP. Requests run on the thread of an HTTP client of its own;
/// answers are parsed there and delivered on the thread that owns this object. The live stream starts by
/// itself and reconnects for ever.
class HttpBackend : public Backend, public between::Reproducer {
    Q_OBJECT
  public:
    explicit HttpBackend(BackendAddress address, QObject* parent = nullptr);
    ~HttpBackend() override;

    QString name() const override;
    QString address() const override;
    LiveState liveState() const override;
    std::string account() const override;
    BackendKind kind() const override;
    Support support(Feature feature) const override;
    Freshness freshness() const override;
    std::vector<RequestBudget> budgets() const override;
    std::optional<ListCut> listCut(PagedList list) const override;
    std::optional<site::SiteAddress> siteAddress() const override;

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
    void graphql(const GraphqlQuery& query, QObject* context, Done<api::GraphqlAnswer> done) override;

  protected:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace stepwell
