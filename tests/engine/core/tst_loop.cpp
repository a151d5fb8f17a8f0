#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/store/schema.h"
#include "app/engine/turn_loop.h"
#endif

#include <QTemporaryDir>
#include <QTest>

#include <future>

using namespace stepwell;
using namespace stepwell::engine;

namespace {

constexpr std::chrono::seconds patience{30};
const RuntimeId theRuntime{ScriptVersionKey{1}, false};

/// Writes down what the loop does to runtimes.
class CallLog final : public TurnLoop::Effects {
  public:
    void send(RuntimeId, std::string lines) override { note("send " + lines); }
    void exitSeen(RuntimeId) override { note("seen"); }
    void release(RuntimeId) override {}
    void stop(RuntimeId) override { note("stop"); }
    void fire(const Actions::Firing&) override {}
    void publish(const Feed&) override {}
    void storageChanged(const std::string& error) override {
        note(error.empty() ? "storage is well" : "storage: " + error);
    }

    /// The next call that starts with `what`; everything before it is thrown away.
    bool reach(const std::string& what) {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, patience, [&] {
            while (!m_calls.empty()) {
                const auto call = std::move(m_calls.front());
                m_calls.pop_front();
                if (call.starts_with(what)) return true;
            }
            return false;
        });
    }
    std::string next() {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, patience, [&] { return !m_calls.empty(); })) return "nothing";
        auto call = std::move(m_calls.front());
        m_calls.pop_front();
        return call;
    }

  private:
    void note(std::string call) {
        const std::lock_guard lock(m_mutex);
        m_calls.push_back(std::move(call));
        m_changed.notify_all();
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::string> m_calls;
};

/// A core thread on a real database with a workflow "flow".
struct Rig {
    QTemporaryDir dir;
    std::unique_ptr<Sqlite> beside;
    CallLog log;
    std::unique_ptr<TurnLoop> loop;

    Rig() {
        const auto file = dir.filePath("t.db").toStdString();
        beside = std::move(*openDatabase(file));
        loop = std::make_unique<TurnLoop>(std::move(*openDatabase(file)), CoreSettings{}, log);
        loop->start();
        PutScriptVersion upload;
        upload.script = "worker";
        upload.version.uuid = "script-version";
        upload.version.entrypoints = R"(["Flow"])";
        upload.deploymentUuid = "deployment";
        ask(upload);
        ask(PutWorkflow{"flow", "Flow", "worker", "{}", "workflow-uuid", "version-uuid"});
    }

    Reply ask(Request request) {
        auto answer = std::make_shared<std::promise<Reply>>();
        auto future = answer->get_future();
        loop->submit(std::move(request), [answer](Reply reply) { answer->set_value(std::move(reply)); });
        if (future.wait_for(patience) != std::future_status::ready) qFatal("no answer");
        return future.get();
    }
    Reply create(const std::string& id) {
        return ask(CreateInstance{"flow", id, "j{}", "{}", api::TriggerSource::api});
    }
};

}  // namespace

/// The core thread: what it tells runtimes, and in which order.
class TestLoop : public QObject {
    Q_OBJECT

  private slots:
    void anExitIsSeenBeforeAnythingIsSentAgain() {
        Rig rig;
        QVERIFY(rig.create("one"));
        QVERIFY(rig.log.reach("send r\t1\t1\t"));
        rig.loop->push(RuntimeEnded{theRuntime, {ExitCause::killed, "killed"}});
        QCOMPARE(rig.log.next(), std::string("seen"));
        QVERIFY(rig.log.next().starts_with("send r\t1\t2\t"));
    }

    void theAlarmWaitsForItsTimeOrForTheBell() {
        Alarm alarm;
        const auto now = std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
        QVERIFY(alarm.wait(now - std::chrono::hours{1}) == Alarm::Cause::time);
        QVERIFY(alarm.wait(now + std::chrono::milliseconds{5}) == Alarm::Cause::time);
        QVERIFY(std::chrono::system_clock::now() >= now + std::chrono::milliseconds{5});
        alarm.ring();
        QVERIFY(alarm.wait(std::nullopt) == Alarm::Cause::rung);
    }

    void aFailedCommitAnswersEveryRequestAndEndsWhatRan() {
        Rig rig;
        QVERIFY(rig.create("one"));
        QVERIFY(rig.log.reach("send r\t1\t1\t"));
        rig.beside->exec("CREATE TRIGGER full BEFORE INSERT ON instances WHEN new.name='two' BEGIN "
                         "SELECT RAISE(ABORT,'disk full'); END");
        const auto refused = rig.create("two");
        QVERIFY(!refused);
        QCOMPARE(refused.error().http, 507);
        QVERIFY(rig.log.next().starts_with("storage: "));
        QCOMPARE(rig.log.next(), std::string("stop"));
        // The core that follows hands the run over again, to a process that is about to end.
        QVERIFY(rig.log.reach("send r\t1\t2\t"));
        // What the old process still says belongs to nobody: its batch mark would pass for one of the new.
        rig.loop->push(DriverLines{theRuntime, "z\t1\t2\t0\t1\t60000\tnap\nb\t1\n"});
        rig.loop->push(RuntimeEnded{theRuntime, {ExitCause::stopped, "stopped"}});
        QCOMPARE(rig.log.next(), std::string("seen"));
        const auto sent = rig.log.next();
        QVERIFY2(sent.starts_with("send r\t1\t3\t"), sent.c_str());
        QVERIFY2(sent.find("nap") == std::string::npos, sent.c_str());
    }
};

QTEST_GUILESS_MAIN(TestLoop)
#include "tst_loop.moc"
