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
    void counted(const Actions::Metrics&) override {}
    void publish(const Feed&) override { note("publish"); }
    void storageLost(const std::string& error) override { note("lost: " + error); }
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
    /// Calls that start with `what` and were not passed by yet.
    std::ptrdiff_t count(const std::string& what) {
        const std::lock_guard lock(m_mutex);
        return std::count_if(m_calls.begin(), m_calls.end(),
                             [&](const auto& call) { return call.starts_with(what); });
    }
    /// The next call to a runtime.
    std::string next() {
        std::unique_lock lock(m_mutex);
        const auto hasCall = [&] {
            while (!m_calls.empty() && m_calls.front() == "publish")
                m_calls.pop_front();
            return !m_calls.empty();
        };
        if (!m_changed.wait_for(lock, patience, hasCall)) return "nothing";
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

/// A disk that syncs when it may.
class SlowDisk {
  public:
    bool sync(std::string& error) {
        std::unique_lock lock(m_mutex);
        ++m_waiting;
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return !m_isHeld; });
        error = m_error;
        return error.empty();
    }
    void hold() {
        set([this] { m_isHeld = true; });
    }
    void letGo() {
        set([this] { m_isHeld = false; });
    }
    void fail(const std::string& error) {
        set([this, error] {
            m_isHeld = false;
            m_error = error;
        });
    }
    /// A sync of this number, from the first on, has begun.
    bool awaitSync(int number) {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, patience, [&] { return m_waiting >= number; });
    }
    int syncs() {
        const std::lock_guard lock(m_mutex);
        return m_waiting;
    }

  private:
    template <class Change>
    void set(Change change) {
        const std::lock_guard lock(m_mutex);
        change();
        m_changed.notify_all();
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::string m_error;
    bool m_isHeld = false;
    int m_waiting = 0;
};

/// A core thread on a real database with a workflow "flow".
struct Rig {
    QTemporaryDir dir;
    SlowDisk disk;
    std::unique_ptr<Sqlite> beside;
    CallLog log;
    std::unique_ptr<TurnLoop> loop;

    Rig() {
        const auto file = dir.filePath("t.db").toStdString();
        beside = std::move(*openDatabase(file));
        loop = std::make_unique<TurnLoop>(
            std::move(*openDatabase(file)), [this](std::string& error) { return disk.sync(error); },
            CoreSettings{}, log);
        loop->start();
        PutScriptVersion upload;
        upload.script = "worker";
        upload.version.uuid = "script-version";
        upload.version.entrypoints = R"(["Flow"])";
        upload.deploymentUuid = "deployment";
        ask(upload);
        ask(PutWorkflow{"flow", "Flow", "worker", "{}", "workflow-uuid", "version-uuid"});
    }

    std::future<Reply> begin(Request request) {
        auto answer = std::make_shared<std::promise<Reply>>();
        auto future = answer->get_future();
        loop->submit(std::move(request), [answer](Reply reply) { answer->set_value(std::move(reply)); });
        return future;
    }
    static Reply answerOf(std::future<Reply> future) {
        if (future.wait_for(patience) != std::future_status::ready) qFatal("no answer");
        return future.get();
    }
    Reply ask(Request request) { return answerOf(begin(std::move(request))); }
    static CreateInstance creation(const std::string& id) {
        return CreateInstance{"flow", id, "j{}", "{}", api::TriggerSource::api};
    }
    Reply create(const std::string& id) { return ask(creation(id)); }
    std::future<bool> durable() {
        auto told = std::make_shared<std::promise<bool>>();
        loop->whenDurable([told](bool durable) { told->set_value(durable); });
        return told->get_future();
    }
};

bool isReady(const auto& future) {
    return future.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

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

    /// User code goes on while the disk syncs; nobody outside hears of it before.
    void nothingIsToldBeforeItIsDurable() {
        Rig rig;
        rig.disk.hold();
        auto created = rig.begin(Rig::creation("one"));
        QVERIFY(rig.log.reach("send r\t1\t1\t"));
        auto durable = rig.durable();
        QVERIFY(rig.disk.awaitSync(rig.disk.syncs()));
        QVERIFY(!isReady(created));
        QVERIFY(!isReady(durable));
        QCOMPARE(rig.log.count("publish"), 0);
        rig.disk.letGo();
        QVERIFY(Rig::answerOf(std::move(created)));
        QVERIFY(durable.get());
        QVERIFY(rig.log.reach("publish"));
    }

    /// Turns that come while a sync is under way share the next one.
    void turnsShareASync() {
        Rig rig;
        rig.disk.hold();
        auto first = rig.begin(Rig::creation("first"));
        QVERIFY(rig.log.reach("send r\t1\t1\t"));
        QVERIFY(rig.disk.awaitSync(rig.disk.syncs()));
        std::vector<std::future<Reply>> others;
        for (int i = 2; i <= 20; ++i) {
            others.push_back(rig.begin(Rig::creation("other" + std::to_string(i))));
            QVERIFY(rig.log.reach("send r\t" + std::to_string(i) + "\t1\t"));
        }
        const auto before = rig.disk.syncs();
        rig.disk.letGo();
        QVERIFY(Rig::answerOf(std::move(first)));
        for (auto& other : others)
            QVERIFY(Rig::answerOf(std::move(other)));
        QVERIFY(rig.disk.syncs() <= before + 2);
    }

    void aDiskThatDoesNotKeepWhatItGotStopsEverything() {
        Rig rig;
        QVERIFY(rig.create("one"));
        QVERIFY(rig.log.reach("publish"));
        rig.disk.hold();
        auto doubtful = rig.begin(Rig::creation("two"));
        QVERIFY(rig.log.reach("send r\t2\t1\t"));
        auto durable = rig.durable();
        rig.disk.fail("Input/output error");
        const auto reply = Rig::answerOf(std::move(doubtful));
        QVERIFY(!reply);
        QCOMPARE(reply.error().http, 507);
        QVERIFY(reply.error().message.find("may be done, or not") != std::string::npos);
        QVERIFY(!durable.get());
        QVERIFY(rig.log.reach("stop"));
        QVERIFY(rig.log.reach("lost: Input/output error"));
        const auto refused = rig.create("three");
        QVERIFY(!refused);
        QVERIFY(refused.error().message.starts_with("Nothing of the request was done"));
        QVERIFY(rig.loop->storageError().find("start the engine anew") != std::string::npos);
        QCOMPARE(rig.log.count("publish"), 0);
        // It does not try again, for the second answer of a disk that has failed once is worth nothing.
        QCOMPARE(rig.log.count("send"), 0);
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
