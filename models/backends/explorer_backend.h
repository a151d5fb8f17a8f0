#pragma once

#include "models/http_backend.h"

#include <set>
#include <utility>

namespace stepwell {

/// `wrangler dev` through its local explorer API: no accounts, no tokens, other bodies and shapes, and pages
/// in place of cursors. What it lacks is answered with code::noRoute and asked for by no request.
class ExplorerBackend final : public HttpBackend {
    Q_OBJECT
  public:
    explicit ExplorerBackend(BackendAddress address, QObject* parent = nullptr);

    /// With the counts of the first few dozen of them, which takes a request each.
    void workflows(QObject* context, Done<std::vector<api::Workflow>> done) override;
    /// Walks by cursor as well: a cursor is the number of a page here.
    void instances(const InstanceListQuery& query, QObject* context, Done<InstanceList> done) override;
    /// Of an id that no list or answer has named yet the list is looked through first: who asks wrangler dev
    /// for one that it does not have makes an empty instance of it there. Error 404 when it is not listed.
    void instance(const std::string& workflow, const std::string& id, std::optional<std::int64_t> since,
                  QObject* context, Done<api::InstanceDetail> done) override;
    void health(QObject* context, Done<api::EngineHealth> done) override;
    void trigger(const std::string& workflow, const std::string& id, const std::string& paramsJson,
                 QObject* context, Done<std::string> done) override;
    void changeStatus(const std::string& workflow, const std::string& id, Verb verb,
                      std::optional<RestartFrom> from, QObject* context, Done<api::Status> done) override;
    void sendEvent(const std::string& workflow, const std::string& id, const std::string& type,
                   const std::string& payloadJson, QObject* context, Done<void> done) override;
    /// Refused: it would remove the instances and leave the workflow.
    void deleteWorkflow(const std::string& name, QObject* context, Done<void> done) override;
    void workers(QObject* context, Done<std::vector<api::Worker>> done) override;
    void workerBindings(const std::string& script, QObject* context,
                        Done<std::vector<api::Binding>> done) override;
    void workerCrons(const std::string& script, QObject* context,
                     Done<std::vector<api::Schedule>> done) override;
    void workerAddress(const std::string& script, QObject* context, Done<api::WorkerAddress> done) override;

  private:
    using InstanceName = std::pair<std::string, std::string>;  ///< workflow and id

    void know(InstanceName name);
    void ask(const InstanceName& name, QObject* context, Done<api::InstanceDetail> done);
    void look(const InstanceName& name, int page, QObject* context, Done<api::InstanceDetail> done);

    std::set<InstanceName> known_;  ///< those that are there for certain
};

}  // namespace stepwell
