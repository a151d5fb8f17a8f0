#pragma once

#include "app/engine/analytics/analytics.h"
#include "app/engine/core/commands.h"
#include "app/engine/core/feed_text.h"
#include "app/engine/runtime/runtime.h"
#include "app/engine/store/reader.h"

#include <filesystem>
#include <memory>

namespace stepwell::engine {

struct EngineOptions {
    std::filesystem::path dataDir;  ///< created when missing, 0700
    std::filesystem::path workerd;  ///< runtime binary
    std::filesystem::path driver;   ///< folder of the driver's JavaScript
    bool allowUnsandboxed = false;
    std::chrono::milliseconds cpuLimit{30'000};
    int heapLimitMiB = 128;
    int maxLive = 4'000;  ///< instances in memory at once; more wait as queued
    std::chrono::milliseconds hibernateAfter{
        5'000};                   ///< idle in sleep, wait or retry for this long: leaves memory
    bool countsAnalytics = true;  ///< false: nothing is counted, and analytics.db is not opened
    std::chrono::hours keepAnalyticsRows{31 * 24};
    /// Called, if set, from any thread, when nothing can be counted, with what happened and what to do, and
    /// with an empty text when it can again. Workflows and sites go on all the same.
    std::function<void(const std::string& message)> onAnalytics = {};
    /// Called on the core thread, if set, when the database cannot be written any more, with what happened
    /// and what to do, and with an empty text when it can again.
    std::function<void(const std::string& message)> onStorage = {};
};

struct EngineHealth {
    api::Time started{};
    int scripts = 0;
    RuntimeUsage runtimes;
    double stepsPerSecond = 0;  ///< over the last 5 s
    SandboxState sandbox;
    std::int64_t liveInstances = 0;
    std::int64_t commits = 0;
    std::int64_t stepsCompleted = 0;
    std::string storageError;         ///< empty when all is well
    std::int64_t rowsNotCounted = 0;  ///< that analytics had no room for since the start
};

/// Why there is no answer, once the disk has failed to keep what was written.
inline api::Error diskFailed() {
    return {507, api::code::storage,
            "The engine has stopped working, for its disk failed: check the disk, then start it anew."};
}

/// The durable engine: core thread, store and runtime behind one thread-safe face. No HTTP.
class Engine {
  public:
    /// Opens the data folder, migrates the database, recovers instances and starts the core thread. Errors
    /// name the file and the remedy; a database of a newer version is not touched.
    static api::Result<std::unique_ptr<Engine>> start(EngineOptions options);
    /// Finishes the turn, checkpoints, stops all runtimes.
    virtual ~Engine() = default;

    /// `reply` is called once, when the change is durable, on any thread: hand over and return.
    virtual void submit(Request request, ReplyHandler reply) = 0;
    /// Readers of the database may see what is not durable yet, and tell nobody outside before it is: calls
    /// `then`, on any thread or at once, when all that they have seen by now is; with false when it will
    /// never be, for the disk has failed. Hand over and return.
    virtual void whenDurable(std::function<void(bool durable)> then) = 0;

    /// Stores bytes under their SHA-256 in `blobs/`, durable on return. Returns the lowercase hex digest.
    /// Blocks on the disk: not for the GUI thread or an event loop.
    virtual api::Result<std::string> putBlob(std::string_view bytes) = 0;
    virtual std::filesystem::path blobPath(const std::string& digest) const = 0;

    /// See Runtime::check. Bundling and upload rules are the caller's.
    virtual void checkBundle(Bundle bundle, std::function<void(api::Result<BundleFacts>)> done) = 0;

    /// Step graph of a class of a bundle that was not analysed yet: has it derived and stored, see
    /// Runtime::analyse. `done` is called once, on any thread: hand over and return.
    virtual void makeGraph(ScriptVersionKey version, const std::string& className,
                           std::function<void(api::Result<ClassGraph>)> done) = 0;
    /// See Runtime::connect; an error 404 when the version is gone. `done` on the runtime's thread, or at
    /// once.
    virtual void connectHandler(ScriptVersionKey version,
                                std::function<void(api::Result<HandlerConnection>)> done) = 0;
    /// The same for the code of a site, which is in no script. Its versions are below 0, so that they are not
    /// those of scripts.
    virtual void connectSite(const Bundle& bundle, WhenStuck whenStuck,
                             std::function<void(api::Result<HandlerConnection>)> done) = 0;
    /// What the fetch and scheduled handlers of a script logged, oldest first, with their ids; at most the
    /// last 1000 lines since the engine started are kept.
    virtual std::vector<LogRow> handlerLogs(const std::string& script, std::int64_t after,
                                            int limit) const = 0;

    virtual EngineHealth health() const = 0;

    /// What was counted, all of one moment. It may tell what is not durable yet: see whenDurable. An error
    /// says why there is nothing.
    virtual api::Result<std::unique_ptr<analytics::Snapshot>> analyticsSnapshot() {
        return api::fail(503, api::code::unavailable, "This engine keeps no analytics.");
    }
    /// Counts something that no turn tells of. Costs the caller some hundred nanoseconds. Any thread.
    virtual void record(const analytics::DirectRow& row) { static_cast<void>(row); }

    virtual std::filesystem::path databasePath() const = 0;

    /// Called on a thread of the engine after every durable commit that produced events, with the newest
    /// sequence and a function that makes the lines of that commit, in order: nobody may want them. Returns a
    /// handle; destroying it unsubscribes and waits for a call under way.
    using FeedLines = std::function<std::vector<FeedLine>()>;
    using FeedHandler = std::function<void(Sequence newest, const FeedLines& lines)>;
    class Subscription {
      public:
        virtual ~Subscription() = default;
    };
    virtual std::unique_ptr<Subscription> subscribe(FeedHandler handler) = 0;
};

}  // namespace stepwell::engine
