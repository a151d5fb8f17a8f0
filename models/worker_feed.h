#pragma once

#include "models/api/worker.h"
#include "models/backend.h"
#include "models/coalescer.h"
#include "models/list_model.h"

#include <QTimer>

namespace stepwell {

/// Something that was asked for: not answered yet, the answer, or why there is none.
template <class T>
struct Loaded {
    std::optional<T> value;  ///< the last answer; kept when a later one fails
    std::optional<api::Error> error;
};

/// All that is known of one Worker, kept up to date while active: whatever changed with a deployment or a
/// secret, and the lines its handlers log. GUI thread.
class WorkerFeed : public QObject {
    Q_OBJECT
  public:
    WorkerFeed(Backend& backend, std::string name, QObject* parent = nullptr);

    const std::string& name() const { return m_name; }
    /// An error with code::scriptNotFound: there is no such Worker.
    const Loaded<api::Worker>& worker() const { return m_worker; }
    const Loaded<api::WorkerAddress>& address() const { return m_address; }
    const Loaded<std::vector<api::Workflow>>& workflows() const { return m_workflows; }
    const Loaded<std::vector<api::Schedule>>& crons() const { return m_crons; }
    /// Without secrets: those are `secrets`.
    const Loaded<std::vector<api::Binding>>& bindings() const { return m_bindings; }
    const Loaded<std::vector<std::string>>& secrets() const { return m_secrets; }
    const Loaded<std::vector<api::WorkerVersion>>& versions() const { return m_versions; }
    const Loaded<std::vector<api::WorkerDeployment>>& deployments() const { return m_deployments; }
    /// Whether it answers requests; true while that is not known.
    bool hasHandler(const std::string& handler) const;

    /// Oldest first; the oldest go when there are more than `mostLogLines`.
    const std::vector<api::LogLine>& logs() const { return m_logs; }
    /// False: the backend keeps no logs of handlers.
    bool offersLogs() const { return m_offersLogs; }
    const std::optional<api::Error>& logError() const { return m_logError; }
    static constexpr std::size_t mostLogLines = 5000;

    /// Asks for everything, now.
    void refresh();
    /// A hidden page sets false.
    void setActive(bool active);
    /// Asks for new lines every second while active.
    void setFollowsLogs(bool follows);

  signals:
    void changed();
    /// `onlyGrew`: lines came behind the others.
    void logsChanged(bool onlyGrew);

  private:
    template <class T>
    Done<T> into(Loaded<T>& part);
    void askForWorker();
    void takeList(const api::Result<std::vector<api::Worker>>& answer);
    void askForParts();
    void refreshUnlessAsking();
    void askForLogs();
    void takeLogs(const std::vector<api::LogLine>& lines);
    void restartLogs();
    void schedule();

    Backend& m_backend;
    std::string m_name;
    Loaded<api::Worker> m_worker;
    Loaded<api::WorkerAddress> m_address;
    Loaded<std::vector<api::Workflow>> m_workflows;
    Loaded<std::vector<api::Schedule>> m_crons;
    Loaded<std::vector<api::Binding>> m_bindings;
    Loaded<std::vector<std::string>> m_secrets;
    Loaded<std::vector<api::WorkerVersion>> m_versions;
    Loaded<std::vector<api::WorkerDeployment>> m_deployments;
    std::vector<api::LogLine> m_logs;
    std::optional<api::Error> m_logError;
    Coalescer m_refresh;  ///< for what the backend tells; a person does not wait
    QTimer m_poll;
    QTimer m_logPoll;
    int m_generation = 0;     ///< of `refresh`: older answers are dropped
    int m_unanswered = 0;     ///< questions of this generation
    int m_logGeneration = 0;  ///< of the log: the engine counts its lines from 1 after a start
    bool m_asksForLogs = false;
    bool m_offersLogs = true;
    bool m_active = false;
    bool m_followsLogs = false;
};

}  // namespace stepwell
