#pragma once

#include "widgets/backend_choice.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <memory>
#include <thread>

namespace stepwell {

class ProcessWatch;

/// The engine of this machine: started here, or joined when another process already runs it on the same data
/// folder. When that process ends, an engine is started here in its place. Starting and stopping happen on a
/// thread of its own. GUI thread.
class LocalEngine : public QObject {
    Q_OBJECT
  public:
    struct Settings {
        QString dataDir;
        bool allowUnsandboxed = false;
        int cpuLimitSeconds = 30;
        int memoryLimitMiB = 128;
    };
    explicit LocalEngine(Settings settings, QObject* parent = nullptr);
    /// Stops an engine that was started here: its turn is finished and its database closed.
    ~LocalEngine() override;

    /// Ends in `ready` or `failed`. Stops an engine started before. Ignored while a start is under way.
    void start();
    /// Counts from the next start on.
    void setAllowUnsandboxed(bool allow) { settings_.allowUnsandboxed = allow; }

    /// Looks after an engine that was used and cannot be reached: joins the one that is there now, or starts
    /// one; tries again every `retryInterval` until one serves. Without effect while our own engine runs.
    void recover();
    static constexpr std::chrono::seconds retryInterval{3};

  signals:
    void ready(const stepwell::BackendChoice& choice);
    /// Says what happened and what to do; again for every try that fails.
    void failed(const QString& reason);
    /// After `ready`: the engine that had been joined is gone, and another one serves. Says which.
    void replaced(const QString& notice);
    /// The engine was started here, but user code does not run: why, and what to do.
    void sandboxMissing(const QString& reason);

  private:
    struct Running;
    struct Outcome;
    static Outcome launch(const Settings& settings, unsigned short portBefore);
    void take(Outcome outcome);

    Settings settings_;
    std::unique_ptr<Running> running_;
    std::thread starter_;
    std::unique_ptr<ProcessWatch> owner_;  ///< of the engine that was joined
    BackendChoice current_;                ///< the engine that is used or was last: another one's or our own
    QTimer retry_;
    bool starting_ = false;
    bool wasOurs_ = false;    ///< the one of `current_`
    bool replacing_ = false;  ///< the engine of another process, until one serves again
};

}  // namespace stepwell
