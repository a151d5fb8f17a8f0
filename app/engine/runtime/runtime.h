#pragma once

#include "app/engine/core/class_graph.h"
#include "app/engine/core/ids.h"
#include "app/engine/runtime/unique_fd.h"
#include "models/api/error.h"
#include "models/api/time.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Runs user code: one workerd process per script version (plus one in quarantine), started on demand, in
/// bubblewrap. The runtime moves lines of the driver protocol (resources/driver/PROTOCOL.md) and knows
/// nothing of instances.
namespace stepwell::engine {

/// The bundle of one script version, as uploaded.
struct Module {
    std::string name;            ///< as the upload named it; may hold `/`, never `..` or a leading `/`
    std::string contentType;     ///< of the upload part, see the reference, section 2.4
    std::filesystem::path file;  ///< where its bytes lie (content-addressed blob, read-only)
    std::uint64_t offset = 0;    ///< of its first byte in the file
    std::optional<std::uint64_t> bytes{};  ///< when it is not all of the file
};

/// A line of `console` in a fetch or scheduled handler.
struct HandlerLog {
    int level = 1;  ///< api::LogLevel
    api::Time time{};
    std::string text;
    std::int64_t request = 0;  ///< the name it was passed on under, see http::Admission; 0: none
};

/// What the driver tells of a request that was passed on with a name.
struct HandlerReport {
    std::int64_t request = 0;
    bool over = false;    ///< nothing is waited for any more; before that comes once what it answered:
    std::string details;  ///< JSON, see the driver protocol
};

/// A request of a site's code for one of the files of the site.
struct AssetAsk {
    std::string method;
    std::string target;
    std::string host;
    std::optional<std::string> ifNoneMatch, range, ifRange;
    bool authorized = false;
};

struct AssetReply {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// Instead of `body`: hands out so many bytes in parts, one call after the other, from any thread; an
    /// empty part when the rest cannot be had.
    std::uint64_t bytes = 0;
    std::function<void(std::function<void(std::string)>)> next;
};

struct RuntimeExit;

/// What the code of a site reaches, and whom it tells. Called on the runtime's thread; must not block.
class SiteSurroundings {
  public:
    virtual ~SiteSurroundings() = default;
    /// `answer` is to be called once, from any thread.
    virtual void onAsset(AssetAsk ask, std::function<void(AssetReply)> answer) = 0;
    virtual void onLog(HandlerLog log) = 0;
    virtual void onReport(HandlerReport report) = 0;
    /// `process` is that of the connections that led to it.
    virtual void onExit(std::int64_t process, const RuntimeExit& exit) = 0;
};

struct Bundle {
    ScriptVersionKey version;
    std::string scriptName;
    std::string mainModule;
    std::vector<Module> modules;
    std::string compatibilityDate;
    std::vector<std::string> compatibilityFlags;
    std::string bindingsJson;  ///< the `bindings` array of the upload's metadata, as JSON text
    std::shared_ptr<SiteSurroundings>
        site{};  ///< of the code of a site: it finds its files as the binding ASSETS
};

/// One workerd process of a version.
struct RuntimeId {
    ScriptVersionKey version;
    bool quarantine = false;  ///< runs one suspect instance at a time, apart from the others
    friend auto operator<=>(const RuntimeId&, const RuntimeId&) = default;
};

enum class ExitCause {
    stopped,       ///< we asked for it (idle, shutdown)
    killed,        ///< SIGKILL or SIGTERM from outside, or there was no way to start it: nothing the code did
    crashed,       ///< heap limit, abort: code that was executing is suspect
    unresponsive,  ///< no heartbeat within the CPU limit, so we killed it: code that was executing is suspect
    failedToStart,  ///< the code could not be loaded
};

struct RuntimeExit {
    ExitCause cause = ExitCause::stopped;
    std::string reason;  ///< for people: "ran out of memory (limit 128 MiB)", "did not yield for 30 s", ...
};

/// What a fetch of user code did, to be recorded under the step that made it. Sent when it starts and when it
/// ends.
struct OutboundReport {
    std::int64_t id = 0;  ///< unique per engine start; start and end carry the same
    bool finished = false;
    std::string script;         ///< whose code made it; empty for that of a site
    std::int64_t instance = 0;  ///< 0: made outside any instance
    std::uint32_t run = 0;
    std::int32_t step = -1;
    std::int32_t attempt = 0;
    std::string method;
    std::string url;
    int status = 0;     ///< 0 until an answer came
    std::string error;  ///< why there is none
    api::Time start{};
    std::chrono::microseconds duration{0};
    std::int64_t requestBytes = 0;
    std::int64_t responseBytes = 0;
};

/// What user code that called the engine gets: HTTP status and JSON.
struct CallAnswer {
    int status = 200;
    std::string body;
};

/// What to do when a process has not answered its heartbeat for a while.
enum class WhenStuck { wait, fail };

/// Keeps the process behind a connection from being stopped for idleness.
class HandlerLease {
  public:
    virtual ~HandlerLease() = default;
    /// Calls `told` with the reason, once, when the process ends while this lease is held; at once when it
    /// has ended already. Any thread.
    virtual void whenGone(std::function<void(std::string reason)> told) = 0;
    /// Calls `told`, perhaps several times while this lease is held, as long as the process computes without
    /// answering its heartbeat. Any thread.
    virtual void whenStuck(std::function<void()> told) = 0;
};

/// A way to a fetch handler: speaks HTTP/1.1, one request, whose `x-stepwell-cf` header becomes `request.cf`.
struct HandlerConnection {
    UniqueFd socket;
    std::shared_ptr<HandlerLease> lease;
    std::int64_t process = 0;  ///< no two processes of a runtime have the same
};

/// Receives everything; called on the runtime's own thread, in order per process. Must not block.
class RuntimeListener {
  public:
    virtual ~RuntimeListener() = default;
    /// `frame` holds whole lines of the driver protocol, '\n' between them.
    /// `cpu`: CPU time that the process's JavaScript thread used since its lines before.
    virtual void onLines(RuntimeId id, std::string lines, std::chrono::microseconds cpu) = 0;
    virtual void onExit(RuntimeId id, RuntimeExit exit) = 0;
    virtual void onOutbound(OutboundReport report) = 0;
    /// User code wants to tell the outside something, and may know what is not durable yet: calls `then`, on
    /// any thread or at once, when it is; with false when it never will be.
    virtual void whenDurable(std::function<void(bool durable)> then) = 0;
    /// User code calls the engine through a binding. `answer` is to be called once, from any thread.
    virtual void onCall(ScriptVersionKey caller, std::string body,
                        std::function<void(CallAnswer)> answer) = 0;
    virtual void onHandlerLog(ScriptVersionKey version, HandlerLog log) = 0;
};

/// How many requests of user code may be on their way at once; more wait, and beyond that they fail.
struct EgressLimits {
    int perProcess = 128;
    int total = 512;
    int waitingPerProcess = 5'000;
    int waitingTotal = 10'000;
};

struct RuntimeOptions {
    std::filesystem::path workerd;   ///< the binary
    std::filesystem::path driver;    ///< folder of the driver's JavaScript
    std::filesystem::path stateDir;  ///< sockets and configs live below, 0700; emptied at start
    bool allowUnsandboxed = false;   ///< the explicit opt-out
    std::string bubblewrap = "bwrap";
    std::chrono::milliseconds cpuLimit{30'000};  ///< time without a heartbeat before the process is killed
    int heapLimitMiB = 128;
    std::chrono::milliseconds idleStop{10'000};  ///< `release`d processes stop after this
    std::int64_t largestBody = 100LL << 20;      ///< bytes of an outbound request or answer
    EgressLimits egress;
};

struct SandboxState {
    bool usable = false;     ///< user code can run
    bool sandboxed = false;  ///< in bubblewrap
    std::string message;     ///< if not: why, and what to do
};

/// What an upload's check found.
struct BundleFacts {
    std::vector<std::string> entrypoints;  ///< exported classes that extend WorkflowEntrypoint
    std::vector<std::string> handlers;     ///< handlers of the default export: "fetch", "scheduled", ...
    std::chrono::milliseconds startup{0};
    std::string graphs{};  ///< only of a process that analyses: its answer as JSON, see readGraphs
};

struct RuntimeUsage {
    int processes = 0;
    std::int64_t residentBytes = 0;
};

/// Thread-safe unless a call says otherwise. Destroying it stops all processes and joins its thread.
class Runtime {
  public:
    static std::unique_ptr<Runtime> create(RuntimeOptions options, RuntimeListener& listener);
    virtual ~Runtime() = default;

    /// Probed once at creation.
    virtual SandboxState sandbox() const = 0;

    /// Hands lines to a process, starting it from `bundle` if it is not up. Lines sent while it starts are
    /// kept and delivered in order. Never blocks. When it cannot start or dies, `onExit` says so, once, and
    /// what was sent until `exitSeen` is lost: so the exit of one process is never taken for that of the
    /// next.
    virtual void send(const Bundle& bundle, bool quarantine, std::string lines) = 0;

    /// Whoever sends has taken the process's exit into account: from now on `send` starts a new one. Without
    /// an exit to see, nothing happens.
    virtual void exitSeen(RuntimeId id) = 0;

    /// Whether a process is up or starting, without starting one.
    virtual bool isUp(RuntimeId id) const = 0;

    /// No instance needs this process now: it is stopped after `idleStop` unless `send` is called before. Its
    /// exit is reported as `stopped`.
    virtual void release(RuntimeId id) = 0;

    /// Kills now; `onExit` follows with `stopped`.
    virtual void stop(RuntimeId id) = 0;

    /// Starts the bundle in a process of its own, imports it, reports what it exports, stops it. An import
    /// that throws, a bundle that is not JavaScript or never ends is an error with code 10021 that carries
    /// the runtime's message (file, line, column where known). `done` is called once, on the runtime's
    /// thread.
    virtual void check(Bundle bundle, std::function<void(api::Result<BundleFacts>)> done) = 0;

    /// Derives the step graphs of these classes from the text of the bundle, in a sandboxed process that runs
    /// none of its code. What is too large, takes too long or cannot be understood has a reason instead of a
    /// graph; an error (503) means that it is worth asking again. One bundle at a time, others wait their
    /// turn. `done` is called once, on the runtime's thread.
    virtual void analyse(Bundle bundle, std::vector<std::string> classNames,
                         std::function<void(api::Result<std::vector<ClassGraph>>)> done) = 0;

    /// Opens a way to the fetch handler of a version, in a process for handlers alone, starting that if it is
    /// not up. `done` is called once, on the runtime's thread; errors say why there is none.
    virtual void connect(const Bundle& bundle, WhenStuck whenStuck,
                         std::function<void(api::Result<HandlerConnection>)> done) = 0;
    /// Runs the scheduled handler of a version in the same process. `done` as above, after the handler and
    /// what it asked to wait for; errors carry what it threw.
    virtual void runScheduled(const Bundle& bundle, std::string cron, api::Time time,
                              std::function<void(api::Result<void>)> done) = 0;

    virtual RuntimeUsage usage() const = 0;
};

}  // namespace stepwell::engine
