#include "tests/engine/runtime/runtime_harness.h"

#include "app/engine/runtime/paths.h"
#include "app/engine/runtime/process_stats.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <unistd.h>

namespace stepwell::engine::test {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience{40};

std::string unescaped(const std::string& field) {
    std::string out;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] != '\\' || i + 1 == field.size()) {
            out += field[i];
            continue;
        }
        const char letter = field[++i];
        out += letter == 't' ? '\t' : letter == 'n' ? '\n' : letter == 'r' ? '\r' : letter;
    }
    return out;
}

Line takenApart(const std::string& text) {
    Line fields;
    std::size_t start = 0;
    for (auto tab = text.find('\t'); tab != std::string::npos; tab = text.find('\t', start)) {
        fields.push_back(unescaped(text.substr(start, tab - start)));
        start = tab + 1;
    }
    fields.push_back(unescaped(text.substr(start)));
    return fields;
}

void collectWorkerds(int pid, std::vector<int>& found) {
    std::ifstream children("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
    for (int child = 0; children >> child;) {
        std::error_code error;
        if (fs::read_symlink("/proc/" + std::to_string(child) + "/exe", error).filename() == "workerd")
            found.push_back(child);
        collectWorkerds(child, found);
    }
}

RuntimeOptions completed(RuntimeOptions options, const fs::path& folder) {
    if (options.workerd.empty()) options.workerd = defaultWorkerd();
    if (options.driver.empty()) options.driver = defaultDriver();
    options.stateDir = folder / "state";
    return options;
}

}  // namespace

std::string readSource(const std::string& name) {
    std::ifstream file(fs::path(STEPWELL_TEST_SOURCES) / name);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const char letter = c == '\\' ? '\\' : c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\0';
        if (letter != '\0') out += '\\';
        out += letter != '\0' ? letter : c;
    }
    return out;
}

TemporaryFolder::TemporaryFolder() {
    // Longer than a socket address can be: the runtime must cope with deep data folders.
    std::string pattern =
        (fs::temp_directory_path() / ("stepwell-" + std::string(100, 'x') + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    m_path = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

RuntimeHarness::RuntimeHarness(RuntimeOptions options)
    : m_runtime(Runtime::create(completed(std::move(options), m_folder.path()), *this)) {}

RuntimeHarness::~RuntimeHarness() {
    m_runtime.reset();
}

Bundle RuntimeHarness::bundle(const std::string& source) {
    Bundle bundle;
    bundle.version = id().version;
    bundle.scriptName = "script";
    bundle.mainModule = "index.js";
    bundle.compatibilityDate = "2026-11-01";
    bundle.bindingsJson = "[]";
    addModule(bundle, "index.js", "application/javascript+module", source);
    return bundle;
}

void RuntimeHarness::addModule(Bundle& bundle, const std::string& name, const std::string& contentType,
                               const std::string& text) {
    const auto file = m_folder.path() / ("blob" + std::to_string(++m_files));
    std::ofstream(file, std::ios::binary) << text;
    bundle.modules.push_back({name, contentType, file});
}

std::string RuntimeHarness::begin(int key, const std::string& className, const std::string& value,
                                  const std::string& history, int run) {
    const auto id = std::to_string(key) + "\t" + std::to_string(run);
    const int known = static_cast<int>(std::count(history.begin(), history.end(), '\n'));
    return "r\t" + id + "\t" + className + "\t" + std::to_string(known) +
           "\t10\t1700000000000\tmy-workflow\tinstance-" + std::to_string(key) + "\t" + escaped(value) +
           "\n" + history + "R\t" + id + "\n";
}

template <class Take>
auto RuntimeHarness::wait(Take take) -> decltype(take()) {
    std::unique_lock lock(m_mutex);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        if (auto taken = take()) return taken;
        if (m_changed.wait_until(lock, deadline) == std::cv_status::timeout) return take();
    }
}

std::optional<Line> RuntimeHarness::line(const std::string& kind) {
    return wait([&]() -> std::optional<Line> {
        const auto found =
            std::find_if(m_lines.begin(), m_lines.end(), [&](const Line& line) { return line[0] == kind; });
        if (found == m_lines.end()) return std::nullopt;
        auto taken = std::move(*found);
        m_lines.erase(found);
        return taken;
    });
}

std::optional<Line> RuntimeHarness::takeQueued() {
    const std::lock_guard lock(m_mutex);
    if (m_lines.empty()) return std::nullopt;
    auto taken = std::move(m_lines.front());
    m_lines.pop_front();
    return taken;
}

std::optional<RuntimeExit> RuntimeHarness::exit() {
    return wait([&]() -> std::optional<RuntimeExit> {
        if (m_exits.empty()) return std::nullopt;
        auto taken = std::move(m_exits.front());
        m_exits.pop_front();
        return taken;
    });
}

std::optional<OutboundReport> RuntimeHarness::outbound() {
    return wait([&]() -> std::optional<OutboundReport> {
        const auto found = std::find_if(m_outbound.begin(), m_outbound.end(),
                                        [](const OutboundReport& report) { return report.finished; });
        if (found == m_outbound.end()) return std::nullopt;
        auto taken = std::move(*found);
        m_outbound.erase(found);
        return taken;
    });
}

std::optional<api::Result<BundleFacts>> RuntimeHarness::check(const Bundle& bundle) {
    auto result = std::make_shared<std::optional<api::Result<BundleFacts>>>();
    m_runtime->check(bundle, [this, result](api::Result<BundleFacts> facts) {
        const std::lock_guard lock(m_mutex);
        *result = std::move(facts);
        m_changed.notify_all();
    });
    return wait([&] { return *result; });
}

std::optional<api::Result<std::vector<ClassGraph>>>
RuntimeHarness::analyse(const Bundle& bundle, std::vector<std::string> classNames) {
    auto result = std::make_shared<std::optional<api::Result<std::vector<ClassGraph>>>>();
    m_runtime->analyse(bundle, std::move(classNames),
                       [this, result](api::Result<std::vector<ClassGraph>> graphs) {
                           const std::lock_guard lock(m_mutex);
                           *result = std::move(graphs);
                           m_changed.notify_all();
                       });
    return wait([&] { return *result; });
}

std::size_t RuntimeHarness::exitsLeft() {
    const std::lock_guard lock(m_mutex);
    return m_exits.size();
}

std::vector<int> RuntimeHarness::workerds() {
    // Children belong to the thread that started them: the runtime's own.
    std::vector<int> found;
    for (const auto& thread : fs::directory_iterator("/proc/self/task")) {
        std::ifstream children(thread.path() / "children");
        for (int child = 0; children >> child;) {
            std::error_code error;
            if (fs::read_symlink("/proc/" + std::to_string(child) + "/exe", error).filename() == "workerd")
                found.push_back(child);
            collectWorkerds(child, found);
        }
    }
    return found;
}

void RuntimeHarness::onLines(RuntimeId, std::string lines, std::chrono::microseconds) {
    const std::lock_guard lock(m_mutex);
    std::size_t start = 0;
    for (auto end = lines.find('\n'); end != std::string::npos; end = lines.find('\n', start)) {
        m_lines.push_back(takenApart(lines.substr(start, end - start)));
        start = end + 1;
    }
    m_changed.notify_all();
}

void RuntimeHarness::onExit(RuntimeId, RuntimeExit exit) {
    const std::lock_guard lock(m_mutex);
    m_exits.push_back(std::move(exit));
    m_changed.notify_all();
}

void RuntimeHarness::holdRequests() {
    const std::lock_guard lock(m_mutex);
    m_holds = true;
}

void RuntimeHarness::whenDurable(std::function<void(bool)> then) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_holds) m_held = std::exchange(then, nullptr);
        m_changed.notify_all();
    }
    if (then) then(true);
}

std::optional<std::function<void(bool durable)>> RuntimeHarness::heldRequest() {
    return wait([&]() -> std::optional<std::function<void(bool)>> {
        if (m_held) m_holds = false;
        return std::exchange(m_held, std::nullopt);
    });
}

void RuntimeHarness::onOutbound(OutboundReport report) {
    const std::lock_guard lock(m_mutex);
    m_outbound.push_back(std::move(report));
    m_changed.notify_all();
}

void RuntimeHarness::onCall(ScriptVersionKey, std::string body, std::function<void(CallAnswer)> answer) {
    const std::lock_guard lock(m_mutex);
    m_calls.push_back({std::move(body), std::move(answer)});
    m_changed.notify_all();
}

void RuntimeHarness::onHandlerLog(ScriptVersionKey, HandlerLog log) {
    const std::lock_guard lock(m_mutex);
    m_logs.push_back(std::move(log));
    m_changed.notify_all();
}

std::optional<RuntimeHarness::Call> RuntimeHarness::call() {
    return wait([&]() -> std::optional<Call> {
        if (m_calls.empty()) return std::nullopt;
        auto taken = std::move(m_calls.front());
        m_calls.pop_front();
        return taken;
    });
}

std::optional<HandlerLog> RuntimeHarness::handlerLog() {
    return wait([&]() -> std::optional<HandlerLog> {
        if (m_logs.empty()) return std::nullopt;
        auto taken = std::move(m_logs.front());
        m_logs.pop_front();
        return taken;
    });
}

}  // namespace stepwell::engine::test
