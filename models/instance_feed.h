#pragma once

#include "models/api/error.h"
#include "models/api/types.h"
#include "models/coalescer.h"
#include "models/list_model.h"

#include <QPointer>
#include <QTimer>

namespace stepwell {

class Backend;

/// One open instance, kept up to date: loads it, asks for changes when live events name it (at most ten times
/// a second), polls every second where the backend has no live stream, and stops when it is finished or not
/// active. GUI thread only.
class InstanceFeed : public QObject {
    Q_OBJECT
  public:
    explicit InstanceFeed(QObject* parent = nullptr);

    /// Opens another instance; `backend` is not owned. An empty id closes.
    void open(Backend* backend, const std::string& workflow, const std::string& id);
    /// Loads whole, now: after a verb, or when a person asks.
    void reload();
    /// A hidden page sets false: nothing is asked until it is true again.
    void setActive(bool active);

    const std::string& workflow() const { return m_workflow; }
    const std::string& id() const { return m_id; }
    /// What is known; empty (no id) until the first load.
    const api::InstanceDetail& detail() const { return m_detail; }
    bool isLoaded() const { return !m_detail.id.empty(); }
    LoadState state() const { return m_state; }
    const std::optional<api::Error>& error() const { return m_error; }

    /// The time for what runs: see Reach.
    api::Time clock() const;

    /// All log lines so far, oldest first; at most the newest 20,000.
    const std::vector<api::LogLine>& logs() const { return m_logs; }

  signals:
    /// `detail` is new: these steps (by index in `detail().steps`) differ, -1 for "all of it".
    void changed(int firstChangedStep);
    /// Lines were added at the end of `logs`; `from` is the position of the first, 0 when all are new.
    void logsChanged(int from);
    void stateChanged();
    /// The backend no longer knows the instance.
    void gone();

  private:
    void loadDetail();
    void loadLogs();
    void takeDetail(api::Result<api::InstanceDetail> answer);
    void takeLogs(api::Result<std::vector<api::LogLine>> answer);
    void onLive(const std::vector<api::LiveEvent>& events);
    void restart();
    void updatePolling();
    void setState(LoadState state, std::optional<api::Error> error = {});

    QPointer<Backend> m_backend;
    std::string m_workflow;
    std::string m_id;
    api::InstanceDetail m_detail;
    std::vector<api::LogLine> m_logs;
    std::optional<api::Time> m_storedAt;  ///< the last answer was kept since then, and is no newer
    LoadState m_state = LoadState::idle;
    std::optional<api::Error> m_error;
    Coalescer m_refresh;
    Coalescer m_logRefresh;
    QTimer m_poll;
    int m_generation = 0;
    bool m_detailInFlight = false;
    bool m_logsInFlight = false;
    bool m_wholeWanted = true;
    bool m_detailAgain = false;
    bool m_logsAgain = false;
    bool m_hasLogs = true;  ///< false: the backend has no such route
    bool m_gone = false;
    bool m_active = true;
};

/// Applies a partial answer: steps by index, their requests and those outside any step by id; everything else
/// is taken from `change`. A whole answer replaces. Returns the position of the first step that differs, -1
/// when the whole was replaced, the number of steps when none differs.
int applyChange(api::InstanceDetail& detail, api::InstanceDetail change);

}  // namespace stepwell
