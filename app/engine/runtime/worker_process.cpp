#include "app/engine/runtime/worker_process.h"

#include "app/engine/runtime/paths.h"
#include "app/engine/runtime/process_stats.h"
#include "app/engine/runtime/worker_config.h"
#include "models/json/bounded_json.h"

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <signal.h>

namespace stepwell::engine {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Json = nlohmann::json;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds connectInterval{4};
constexpr milliseconds longestConnect{10'000};
constexpr milliseconds launchRetry{5'000};
constexpr milliseconds closedGrace{500};
/// For what is not JavaScript heap: buffers, code, the runtime itself.
constexpr std::int64_t memoryBesideHeapMiB = 512;
/// Beyond the time between two heartbeats, which are as far apart as a quarter of a second.
constexpr milliseconds stallTime{1'000};
constexpr std::size_t mostOutput = 8 << 10;

/// A bundle that is not imported after so much CPU time never will be.
constexpr milliseconds longestLoad{10'000};

/// How often the heartbeat is looked at: a stuck process is noticed at most a quarter of the limit late.
milliseconds tickOf(milliseconds cpuLimit) {
    return std::clamp(cpuLimit / 4, milliseconds{25}, milliseconds{250});
}

std::string seconds(milliseconds time) {
    const auto tenths = time.count() / 100;
    return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " s";
}

std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;  // JSON text has no raw control characters
        out += text[i];
    }
    return out;
}

std::string importFailure(const Json& error) {
    const auto field = [&](const char* key) {
        return error.contains(key) && error[key].is_string() ? error[key].get<std::string>() : std::string{};
    };
    const auto stack = field("stack");
    const auto said = field("name") + ": " + field("message");
    if (stack.empty()) return said;
    return stack.find(field("message")) != std::string::npos ? stack : said + "\n" + stack;
}

std::vector<std::string> names(const Json& json, const char* key) {
    std::vector<std::string> list;
    if (json.contains(key) && json[key].is_array())
        for (const auto& name : json[key])
            if (name.is_string()) list.push_back(name.get<std::string>());
    return list;
}

}  // namespace

WorkerProcess::WorkerProcess(WorkerEnvironment& environment, fs::path folder, Events events)
    : m_environment(environment)
    , m_folder(std::move(folder))
    , m_events(std::move(events))
    , m_exitWatch(environment.io)
    , m_outputWatch(environment.io)
    , m_connectTimer(environment.io)
    , m_tick(environment.io) {}

WorkerProcess::~WorkerProcess() {
    // The child owns these descriptors.
    if (m_exitWatch.is_open()) m_exitWatch.release();
    if (m_outputWatch.is_open()) m_outputWatch.release();
    if (m_channel) m_channel->close();
    m_child.reset();
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

void WorkerProcess::start(const Bundle& bundle, WorkerRole role) {
    m_script = bundle.scriptName;
    start([&](const fs::path& folder) {
        return writeWorkerFolder(folder, bundle, m_environment.options.driver,
                                 m_environment.options.heapLimitMiB, role);
    });
}

void WorkerProcess::start(const WriteFolder& write) {
    m_started = Clock::now();
    if (auto launched = launch(write); !launched) {
        // A full disk or too many open files is not the code's fault: it is tried again, in a while.
        const bool ofTheCode = launched.error().code == api::code::scriptInvalid;
        m_connectTimer.expires_after(ofTheCode ? milliseconds{0} : launchRetry);
        m_connectTimer.async_wait(
            [self = shared_from_this(), ofTheCode, why = launched.error().message](auto) {
                const RuntimeExit exit{ofTheCode ? ExitCause::failedToStart : ExitCause::killed, why};
                self->finish(self->m_verdict.value_or(exit));
            });
        return;
    }
    m_exitWatch.assign(m_child->exitFd());
    m_outputWatch.assign(m_child->outputFd());
    m_exitWatch.async_wait(asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](boost::system::error_code error) {
                               if (!error) self->onChildExit();
                           });
    readOutput();
    connectLater();
    watch();
}

api::Result<void> WorkerProcess::launch(const WriteFolder& write) {
    if (!m_environment.sandbox.state().usable)
        return api::fail(503, api::code::unavailable, m_environment.sandbox.state().message);
    if (auto written = write(m_folder); !written) return written;
    if (auto listening = listen(); !listening) return listening;
    auto child =
        ChildProcess::startGuarded(defaultGuard(), m_environment.sandbox.serve(m_folder), m_folder / "run");
    if (!child) return tl::make_unexpected(child.error());
    m_child.emplace(std::move(*child));
    m_channel = std::make_shared<ControlChannel>(
        m_environment.io, ControlChannel::Events{[] {},
                                                 [weak = weak_from_this()](std::string lines) {
                                                     if (const auto self = weak.lock())
                                                         self->onLines(std::move(lines));
                                                 },
                                                 [weak = weak_from_this()](const std::string& why) {
                                                     if (const auto self = weak.lock())
                                                         self->onChannelClosed(why);
                                                 }});
    return {};
}

/// Opens the sockets that the process will connect to.
api::Result<void> WorkerProcess::listen() {
    const auto& options = m_environment.options;
    m_runFolder.reset(::open((m_folder / "run").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const fs::path sockets = "/proc/self/fd/" + std::to_string(m_runFolder.get());
    auto egress =
        EgressServer::listen(m_environment.io, sockets / egressSocket,
                             {m_environment.pool, m_environment.gate->openLane(), options.largestBody,
                              [tell = m_environment.report, script = m_script](OutboundReport report) {
                                  report.script = script;
                                  tell(std::move(report));
                              },
                              m_environment.whenDurable});
    if (!egress) return tl::make_unexpected(egress.error());
    m_egress = std::move(*egress);
    auto calls = CallServer::listen(
        m_environment.io, sockets / callSocket,
        [weak = weak_from_this()](std::string body, std::function<void(CallAnswer)> answer) {
            const auto self = weak.lock();
            if (self && self->m_ready && self->m_events.onCall)
                return self->m_events.onCall(std::move(body), std::move(answer));
            answer({503, "Workflow bindings cannot be called while the Worker is being loaded."});
        });
    if (!calls) return tl::make_unexpected(calls.error());
    m_calls = std::move(*calls);
    if (!m_events.onAsset) return {};
    auto assets =
        AssetServer::listen(m_environment.io, sockets / assetSocket,
                            [weak = weak_from_this()](AssetAsk ask, std::function<void(AssetReply)> answer) {
                                const auto self = weak.lock();
                                if (self && self->m_events.onAsset)
                                    self->m_events.onAsset(std::move(ask), std::move(answer));
                            });
    if (!assets) return tl::make_unexpected(assets.error());
    m_assets = std::move(*assets);
    return {};
}

api::Result<UniqueFd> WorkerProcess::connectHandler() const {
    const auto path = "/proc/self/fd/" + std::to_string(m_runFolder.get()) + "/" + handlerSocket;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // The socket is local and its listener runs: connecting does not wait.
    if (socket && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
        return socket;
    return api::fail(502, api::code::unavailable,
                     "Cannot connect to the Worker's process: " + std::string(std::strerror(errno)) + ".");
}

bool WorkerProcess::isStalled() const {
    if (!m_ready || !m_awaited || Clock::now() - m_awaited->since < stallTime) return false;
    return cpuUsed() - m_awaited->cpu >= stallTime / 2;  // it computes, and does not only wait for its turn
}

void WorkerProcess::connectLater() {
    m_connectTimer.expires_after(connectInterval);
    m_connectTimer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const auto self = weak.lock();
        if (!error && self && !self->m_finished && !self->m_verdict) self->tryConnect();
    });
}

void WorkerProcess::tryConnect() {
    const auto path = "/proc/self/fd/" + std::to_string(m_runFolder.get()) + "/" + controlSocket;
    if (m_channel->connect(path)) return await();  // loading the bundle is under the same limit as running it
    if (Clock::now() - m_started > longestConnect)
        return killAs(ExitCause::failedToStart,
                      "workerd did not open its socket within 10 s. " + lastWords());
    connectLater();
}

void WorkerProcess::send(std::string lines) {
    if (m_finished) return;
    if (m_ready)
        m_channel->send(std::move(lines));
    else
        m_waiting += lines;
}

void WorkerProcess::stop() {
    killAs(ExitCause::stopped, "stopped");
}

void WorkerProcess::onLines(std::string lines) {
    const bool loading = !m_ready;
    takeOwnLines(lines);
    const auto cpu = newCpuTime();
    if (!lines.empty() && m_events.onLines)
        m_events.onLines(std::move(lines), loading ? std::chrono::microseconds{0} : cpu);
}

std::chrono::microseconds WorkerProcess::newCpuTime() {
    if (m_workerd->load() == 0) findWorkerd();
    const auto now = m_clock.read(m_workerd->load());
    const auto used = std::chrono::duration_cast<std::chrono::microseconds>(now - m_counted);
    m_counted = now;
    return std::max(used, std::chrono::microseconds{0});
}

/// Cuts out the answer to the import and the echoes of this process's own heartbeats.
void WorkerProcess::takeOwnLines(std::string& lines) {
    std::size_t at = 0;
    while (at < lines.size()) {
        const auto end = lines.find('\n', at);
        const auto line = std::string_view(lines).substr(at, end - at);
        const bool isEcho = line.starts_with("b\t-");
        const bool isImported = !m_ready && line.starts_with("I\t");
        if (isEcho) onEcho();
        if (isImported) onImported(line.substr(line.find('\t', 2) + 1));
        if (isEcho || isImported)
            lines.erase(at, end + 1 - at);
        else
            at = end + 1;
    }
}

void WorkerProcess::onImported(std::string_view escaped) {
    const auto json = parseBounded<Json>(unescaped(escaped));
    if (!json.is_object())
        return killAs(ExitCause::failedToStart,
                      "The script did not start as it should: it replaced functions of the "
                      "language that are needed for that, or the driver does not match this Stepwell.");
    if (json.contains("error")) return killAs(ExitCause::failedToStart, importFailure(json["error"]));
    m_ready = true;
    m_awaited.reset();
    if (!m_waiting.empty()) m_channel->send(std::exchange(m_waiting, {}));
    BundleFacts facts{names(json, "entrypoints"), names(json, "handlers"),
                      std::chrono::duration_cast<milliseconds>(Clock::now() - m_started),
                      json.contains("graphs") ? json["graphs"].dump() : std::string{}};
    if (m_events.onReady) m_events.onReady(std::move(facts));
}

void WorkerProcess::onEcho() {
    m_awaited.reset();
}

void WorkerProcess::watch() {
    m_tick.expires_after(tickOf(m_environment.options.cpuLimit));
    m_tick.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const auto self = weak.lock();
        if (error || !self || self->m_finished) return;
        self->onTick();
        self->watch();
    });
}

void WorkerProcess::onTick() {
    if (m_workerd->load() == 0) findWorkerd();
    const auto most = (std::int64_t{m_environment.options.heapLimitMiB} + memoryBesideHeapMiB) << 20;
    if (const auto pid = m_workerd->load(); pid > 0 && residentBytes(pid) > most)
        return killAs(m_ready ? ExitCause::crashed : ExitCause::failedToStart,
                      "ran out of memory (it held more than " + std::to_string(most >> 20) + " MiB)");
    if (m_awaited) {
        if (m_events.onStalled && isStalled()) m_events.onStalled();
        if (!isStuck()) return;
        const auto limit = seconds(answerLimit());
        if (m_ready) return killAs(ExitCause::unresponsive, "did not yield for " + limit);
        return killAs(ExitCause::failedToStart, "The script did not finish loading within " + limit +
                                                    ": a loop at the top level that never ends?");
    }
    if (!m_ready) return;
    await();
    m_channel->send("b\t" + std::to_string(--m_heartbeat) + "\n");
}

void WorkerProcess::findWorkerd() {
    // The guard starts workerd, or bubblewrap, which starts itself again as the first process of the sandbox,
    // and that starts workerd.
    auto found = firstChild(m_child->pid());
    for (int wrapper = 0; m_environment.sandbox.state().sandboxed && wrapper < 2 && found > 0; ++wrapper)
        found = firstChild(found);
    if (found > 0) m_workerd->store(found);
}

milliseconds WorkerProcess::cpuUsed() const {
    const auto pid = m_workerd->load();
    return pid > 0 ? cpuTime(pid).value_or(milliseconds{0}) : milliseconds{0};
}

void WorkerProcess::await() {
    if (m_workerd->load() == 0) findWorkerd();
    m_awaited = Awaited{Clock::now(), cpuUsed()};
}

/// Somebody waits for an upload, and what a module does before its first handler is little.
milliseconds WorkerProcess::answerLimit() const {
    const auto limit = m_environment.options.cpuLimit;
    return m_ready ? limit : std::min(limit, longestLoad);
}

/// On a busy machine a process may wait long for its turn: what counts is CPU time without an answer. One
/// that sleeps instead of answering gets three times as long.
bool WorkerProcess::isStuck() const {
    const auto limit = answerLimit();
    const auto waited = std::chrono::duration_cast<milliseconds>(Clock::now() - m_awaited->since);
    if (waited < limit) return false;
    return waited >= 3 * limit || cpuUsed() - m_awaited->cpu >= limit * 9 / 10;
}

void WorkerProcess::readOutput() {
    m_outputWatch.async_wait(asio::posix::stream_descriptor::wait_read,
                             [weak = weak_from_this()](boost::system::error_code error) {
                                 const auto self = weak.lock();
                                 if (error || !self || self->m_finished) return;
                                 const auto text = readAvailable(self->m_child->outputFd());
                                 if (text.empty()) return;  // its end: the exit follows
                                 self->keepOutput(text);
                                 self->readOutput();
                             });
}

void WorkerProcess::keepOutput(const std::string& printed) {
    m_output += m_events.onLog ? m_logs.take(printed, {m_events.onLog, m_events.onReport}) : printed;
    if (m_output.size() > 2 * mostOutput) m_output.erase(0, m_output.size() - mostOutput);
}

/// The process usually ends at the same moment; one that lives on without its channel is of no use.
void WorkerProcess::onChannelClosed(const std::string& why) {
    m_connectTimer.expires_after(closedGrace);
    m_connectTimer.async_wait([weak = weak_from_this(), why](boost::system::error_code error) {
        const auto self = weak.lock();
        if (error || !self || self->m_finished) return;
        const auto cause = self->m_ready ? ExitCause::crashed : ExitCause::failedToStart;
        self->killAs(cause, "lost its connection to the engine (" + why + "). " + self->lastWords());
    });
}

void WorkerProcess::killAs(ExitCause cause, std::string reason) {
    if (m_finished || m_verdict) return;
    m_verdict = RuntimeExit{cause, std::move(reason)};
    if (m_child)
        m_child->kill();  // with all that it started
    else
        m_connectTimer.cancel();  // nothing was started: its end need not be waited for
}

void WorkerProcess::onChildExit() {
    keepOutput(readAvailable(m_child->outputFd()));
    m_exitWatch.release();
    m_outputWatch.release();
    const auto status = m_child->reap();
    finish(m_verdict ? std::move(*m_verdict) : judge(status));
}

RuntimeExit WorkerProcess::judge(const ChildStatus& status) const {
    if (m_output.find("heap limit") != std::string::npos ||
        m_output.find("out of memory") != std::string::npos)
        return {m_ready ? ExitCause::crashed : ExitCause::failedToStart,
                "ran out of memory (limit " + std::to_string(m_environment.options.heapLimitMiB) + " MiB)"};
    // workerd takes SIGTERM as a request to end once its connections are closed, and then ends without an
    // error.
    const bool ended = status.signal == SIGTERM || (m_ready && status.signal == 0 && status.code == 0);
    if (ended) return {ExitCause::killed, "was ended from outside (SIGTERM)"};
    if (status.signal == SIGKILL) return {ExitCause::killed, "was killed from outside (SIGKILL)"};
    if (!m_ready) return {ExitCause::failedToStart, lastWords()};
    const auto how = status.signal != 0 ? "signal " + std::to_string(status.signal)
                                        : "exit code " + std::to_string(status.code);
    return {ExitCause::crashed, "crashed (" + how + "). " + lastWords()};
}

/// What workerd printed last, without the noise of its stack traces.
std::string WorkerProcess::lastWords() const {
    std::string words;
    std::string_view rest = m_output;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const auto line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (line.empty() || line.starts_with("stack:")) continue;
        words += (words.empty() ? "" : "\n") + std::string(line);
    }
    if (words.empty()) return "workerd said nothing about it.";
    constexpr std::size_t most = 2'000;
    return words.size() <= most ? words : words.substr(words.size() - most);
}

void WorkerProcess::finish(RuntimeExit exit) {
    if (m_finished) return;
    m_finished = true;
    const auto self = shared_from_this();
    m_connectTimer.cancel();
    m_tick.cancel();
    m_workerd->store(0);
    if (m_channel) m_channel->close();
    m_egress.reset();
    m_calls.reset();
    m_assets.reset();
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
    const auto onExit = std::move(m_events.onExit);
    m_events = {};
    if (onExit) onExit(std::move(exit));
}

}  // namespace stepwell::engine
