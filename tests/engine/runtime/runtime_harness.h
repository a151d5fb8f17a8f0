#pragma once

#include "app/engine/runtime/runtime.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace stepwell::engine::test {

/// A folder that is gone afterwards.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    const std::filesystem::path& path() const { return m_path; }

  private:
    std::filesystem::path m_path;
};

/// A line of the driver, taken apart and unescaped. `fields[0]` is the kind.
using Line = std::vector<std::string>;

/// A runtime with one bundle, everything it says in queues, and waits that end early. A wait that runs out of
/// time gives nothing: tests then fail.
class RuntimeHarness : public RuntimeListener {
  public:
    explicit RuntimeHarness(RuntimeOptions options = {});
    ~RuntimeHarness() override;

    Runtime& runtime() { return *m_runtime; }
    static RuntimeId id() { return {ScriptVersionKey(1), false}; }

    /// A bundle whose only module is `index.js` with this text.
    Bundle bundle(const std::string& source);
    void addModule(Bundle& bundle, const std::string& name, const std::string& contentType,
                   const std::string& text);

    void send(const Bundle& bundle, const std::string& lines) { m_runtime->send(bundle, false, lines); }
    /// Lines that start instance `key` of `className` with params `value`, with `history` lines between.
    static std::string begin(int key, const std::string& className, const std::string& value = "j{}",
                             const std::string& history = {}, int run = 1);

    /// The next line of this kind; other lines stay queued.
    std::optional<Line> line(const std::string& kind);
    /// A line that is there already.
    std::optional<Line> takeQueued();
    std::optional<RuntimeExit> exit();
    /// The end of an outbound request.
    std::optional<OutboundReport> outbound();
    /// From now on, what user code knows counts as not durable.
    void holdRequests();
    /// What waits to be told that it is; requests that follow are not held any more.
    std::optional<std::function<void(bool durable)>> heldRequest();
    std::optional<api::Result<BundleFacts>> check(const Bundle& bundle);
    std::optional<api::Result<std::vector<ClassGraph>>> analyse(const Bundle& bundle,
                                                                std::vector<std::string> classNames);
    /// Exits beyond those taken, ever.
    std::size_t exitsLeft();
    /// Process ids of all descendants of this test that run workerd.
    static std::vector<int> workerds();

    void onLines(RuntimeId id, std::string lines, std::chrono::microseconds cpu) override;
    void onExit(RuntimeId id, RuntimeExit exit) override;
    void onOutbound(OutboundReport report) override;
    void whenDurable(std::function<void(bool)> then) override;
    void onCall(ScriptVersionKey caller, std::string body, std::function<void(CallAnswer)> answer) override;
    void onHandlerLog(ScriptVersionKey version, HandlerLog log) override;

    /// The next call through a binding, and the way to answer it.
    struct Call {
        std::string body;
        std::function<void(CallAnswer)> answer;
    };
    std::optional<Call> call();
    std::optional<HandlerLog> handlerLog();

  private:
    template <class Take>
    auto wait(Take take) -> decltype(take());

    TemporaryFolder m_folder;
    int m_files = 0;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Line> m_lines;
    std::deque<RuntimeExit> m_exits;
    std::deque<OutboundReport> m_outbound;
    std::deque<Call> m_calls;
    std::deque<HandlerLog> m_logs;
    bool m_holds = false;
    std::optional<std::function<void(bool)>> m_held;
    std::unique_ptr<Runtime> m_runtime;
};

/// A JavaScript file of this folder.
std::string readSource(const std::string& name);

/// A field of the protocol, escaped.
std::string escaped(const std::string& text);

}  // namespace stepwell::engine::test
