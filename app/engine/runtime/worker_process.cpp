#include "app/engine/runtime/worker_process.h"

#include "app/engine/runtime/worker_config.h"
#include "models/api/duration.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include <signal.h>

namespace stepwell::engine {

namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t keptStderr = 8'192;
constexpr std::chrono::seconds longestStart{10};
/// A process that uses no CPU and still does not answer is stuck, but it may only be starved: it gets longer.
constexpr int patienceWithoutCpu = 3;
/// Memory outside of the JavaScript heap (buffers, code, the runtime itself) before the process is ended.
constexpr long long memoryBesideHeapMiB = 512;
constexpr long long bytesPerMiB = 1LL << 20;

std::string textOf(const Json& json, const char* key) {
    const auto it = json.find(key);
    return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::vector<std::string> stringsOf(const Json& json, const char* key) {
    std::vector<std::string> strings;
    const auto it = json.find(key);
    if (it == json.end() || !it->is_array()) return strings;
    for (const auto& item : *it)
        if (item.is_string()) strings.push_back(item.get<std::string>());
    return strings;
}

/// The protocol doubles backslashes, and JSON text holds nothing else that it escapes.
std::string withoutDoubling(std::string_view field) {
    std::string text;
    for (std::size_t i = 0; i < field.size(); ++i) {
        text += field[i];
        if (field[i] == '\\' && i + 1 < field.size() && field[i + 1] == '\\') ++i;
    }
    return text;
}

std::string lastLines(const std::string& text) {
    std::string tail = text.size() > 600 ? text.substr(text.size() - 600) : text;
    while (!tail.empty() && (tail.back() == '\n' || tail.back() == ' ')) tail.pop_back();
    return tail;
}

}  // namespace

WorkerProcess::WorkerProcess(asio::io_context& io, const RuntimeOptions& options, Handlers handlers)
    : m_io(io), m_options(options), m_handlers(std::move(handlers)), m_exit(io), m_stderr(io), m_timer(io) {}

WorkerProcess::~WorkerProcess() {
    if (m_channel) m_channel->close();
    if (!m_child) return;
    ::kill(m_child->pid, SIGKILL);
    reap(m_child->pid);
}

void WorkerProcess::start(const std::vector<std::string>& command, const std::filesystem::path& directory) {
    m_started = m_lastEcho = SteadyClock::now();
    m_child = spawn(command, directory.string());
    if (!m_child || m_child->pidfd.get() < 0) {
        m_asked = RuntimeExit{ExitCause::failedToStart, "the process could not be started: no room for another process"};
        asio::post(m_io, [self = shared_from_this()] { self->onExit(); });
        return;
    }
    m_exit.assign(m_child->pidfd.release());
    m_stderr.assign(m_child->stderrRead.release());
    watchExit();
    readStderr();
    ControlChannel::Handlers handlers;
    const std::weak_ptr<WorkerProcess> weak = weak_from_this();
    handlers.lines = [weak](std::string lines) {
        if (const auto self = weak.lock()) self->onLines(std::move(lines));
    };
    handlers.lost = [weak](const std::string&) {
        // A process without its channel is of no use; its exit tells why, unless it lives on.
        if (const auto self = weak.lock(); self && self->m_child) ::kill(self->m_child->pid, SIGTERM);
    };
    m_channel = ControlChannel::open(m_io, directory / controlSocket, std::move(handlers));
    scheduleHeartbeat();
}

void WorkerProcess::send(std::string_view lines) {
    if (m_ready)
        m_channel->send(lines);
    else
        m_waiting += lines;
}

void WorkerProcess::stop(ExitCause cause, const std::string& reason) {
    if (!m_asked) m_asked = RuntimeExit{cause, reason};
    if (m_child) ::kill(m_child->pid, SIGKILL);
}

void WorkerProcess::watchExit() {
    m_exit.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](auto error) {
        if (!error) self->onExit();
    });
}

void WorkerProcess::readStderr() {
    m_stderr.async_read_some(asio::buffer(m_stderrChunk), [self = shared_from_this()](auto error, std::size_t size) {
        if (error) return;
        self->m_stderrTail.append(self->m_stderrChunk.data(), size);
        if (self->m_stderrTail.size() > keptStderr)
            self->m_stderrTail.erase(0, self->m_stderrTail.size() - keptStderr);
        self->readStderr();
    });
}

void WorkerProcess::onLines(std::string lines) {
    if (!m_ready) {
        const auto end = lines.find('\n');
        onGreeting(std::string_view(lines).substr(0, end));
        lines.erase(0, end + 1);
    }
    lines = withoutOwnEchoes(std::move(lines));
    if (!lines.empty() && m_ready) m_handlers.lines(std::move(lines));
}

/// Our own heartbeats have negative numbers; the engine's marks pass.
std::string WorkerProcess::withoutOwnEchoes(std::string lines) {
    for (auto at = lines.find("b\t-"); at != std::string::npos; at = lines.find("b\t-", at)) {
        if (at != 0 && lines[at - 1] != '\n') {
            ++at;
            continue;
        }
        m_lastEcho = SteadyClock::now();
        m_cpuAtEcho = cpuTime(leafProcess(m_child->pid));
        lines.erase(at, lines.find('\n', at) - at + 1);
    }
    return lines;
}

void WorkerProcess::onGreeting(std::string_view line) {
    const auto json = Json::parse(withoutDoubling(line.substr(std::min(line.size(), line.find('{')))), nullptr, false);
    if (!line.starts_with("I\t") || !json.is_object())
        return stop(ExitCause::failedToStart, "the driver did not introduce itself");
    if (const auto error = json.find("error"); error != json.end()) {
        const auto stack = textOf(*error, "stack");
        return stop(ExitCause::failedToStart,
                    stack.empty() ? textOf(*error, "name") + ": " + textOf(*error, "message") : stack);
    }
    m_ready = true;
    m_lastEcho = SteadyClock::now();
    BundleFacts facts;
    facts.entrypoints = stringsOf(json, "entrypoints");
    facts.handlers = stringsOf(json, "handlers");
    facts.startup = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - m_started);
    if (!m_waiting.empty()) m_channel->send(std::exchange(m_waiting, {}));
    if (m_handlers.ready) m_handlers.ready(std::move(facts));
}

void WorkerProcess::scheduleHeartbeat() {
    m_timer.expires_after(std::clamp<std::chrono::milliseconds>(m_options.cpuLimit / 4, std::chrono::milliseconds{50},
                                                                std::chrono::milliseconds{500}));
    m_timer.async_wait([self = shared_from_this()](auto error) {
        if (!error && self->m_child) self->heartbeat();
    });
}

void WorkerProcess::heartbeat() {
    const auto silence = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - m_lastEcho);
    const auto limit = m_ready ? m_options.cpuLimit : std::min<std::chrono::milliseconds>(m_options.cpuLimit, longestStart);
    if (silence > limit) {
        const auto used = cpuTime(leafProcess(m_child->pid)) - m_cpuAtEcho;
        if (used * 2 > limit || silence > limit * patienceWithoutCpu || !m_ready)
            return stop(m_ready ? ExitCause::unresponsive : ExitCause::failedToStart,
                        "did not come to an end within " + api::humanDuration(limit) +
                            " of CPU time: it loops, or it computes for too long without awaiting anything");
    }
    const auto most = (m_options.heapLimitMiB + memoryBesideHeapMiB) * bytesPerMiB;
    if (residentBytes(m_child->pid) > most)
        return stop(ExitCause::crashed, "ran out of memory (it held more than " + std::to_string(most / bytesPerMiB) + " MiB)");
    if (m_ready) m_channel->send("b\t-" + std::to_string(++m_beat) + "\n");
    scheduleHeartbeat();
}

void WorkerProcess::onExit() {
    ExitState state;
    if (m_child) state = reap(m_child->pid);
    m_child.reset();
    m_timer.cancel();
    if (m_channel) m_channel->close();
    boost::system::error_code ignored;
    const auto size = m_stderr.is_open() ? m_stderr.read_some(asio::buffer(m_stderrChunk), ignored) : 0;
    m_stderrTail.append(m_stderrChunk.data(), ignored ? 0 : size);
    m_exit.close(ignored);
    m_stderr.close(ignored);
    const auto ended = std::exchange(m_handlers, {}).ended;
    if (ended) ended(m_asked ? *m_asked : explain(state));
}

RuntimeExit WorkerProcess::explain(const ExitState& state) const {
    if (m_stderrTail.find("heap limit") != std::string::npos || m_stderrTail.find("out of memory") != std::string::npos)
        return {m_ready ? ExitCause::crashed : ExitCause::failedToStart,
                "ran out of memory (limit " + std::to_string(m_options.heapLimitMiB) + " MiB)"};
    if (state.signal == SIGKILL || state.signal == SIGTERM) return {ExitCause::killed, "the runtime process was killed from outside"};
    const auto how = state.signal != 0 ? "was stopped by signal " + std::to_string(state.signal)
                                       : "ended with code " + std::to_string(state.code);
    const auto tail = lastLines(m_stderrTail);
    return {m_ready ? ExitCause::crashed : ExitCause::failedToStart,
            "the runtime process " + how + (tail.empty() ? std::string() : ": " + tail)};
}

}  // namespace stepwell::engine
