#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/core/feed.h"
#include "app/engine/event_polls.h"
#include "app/engine/store/schema.h"
#include "app/engine/store/sqlite_transaction.h"
#endif

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QTest>

#include <future>

using namespace stepwell;
using namespace stepwell::engine;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t start = 1'767'225'600'000;  // 2026-01-01, ms since 1970
constexpr auto noEnd = 1h;

api::Time at(std::int64_t ms) {
    return api::Time{api::Milliseconds{start + ms}};
}

/// A database with one instance, and its feed.
class Database {
  public:
    Database()
        : m_db(std::move(*openDatabase(file())))
        , m_transaction(*m_db) {
        m_instance.key = InstanceKey{1};
        m_instance.workflow = WorkflowKey{1};
        m_instance.id = "abc";
        m_instance.params = R"(j{"size":3})";
        m_instance.status = api::Status::running;
        m_instance.created = m_instance.modified = at(0);
        change([&] { m_transaction.insertInstance(m_instance); });
    }

    std::filesystem::path file() const {
        return std::filesystem::path(m_dir.path().toStdString()) / "stepwell.db";
    }
    Sequence last() const { return Sequence{m_last}; }

    /// One commit with one event.
    Sequence tell(std::string_view type, std::string_view instance = "abc") {
        Feed feed;
        feed.first = feed.last = Sequence{++m_last};
        feed.time = at(m_last);
        feed.startSubject("orders", instance);
        FeedEvent(feed, type).end();
        change([&] { m_transaction.appendFeed(feed); });
        return feed.last;
    }
    void end() {
        m_instance.changed = tell("workflow_completed");
        m_instance.status = api::Status::complete;
        m_instance.output = "j7";
        change([&] { m_transaction.updateInstance(m_instance); });
    }
    /// As if so much had happened that the oldest events are kept no more.
    void trim() { m_db->query("DELETE FROM feed WHERE last<?").bind(m_last).run(); }

    InstanceEvents events(std::vector<std::string> filter = {}) const {
        return {eventSubject("orders", m_instance), std::move(filter)};
    }

  private:
    template <class Work>
    void change(Work work) {
        m_transaction.begin();
        work();
        std::string error;
        if (!m_transaction.commit(error)) qFatal("%s", error.c_str());
    }

    QTemporaryDir m_dir;
    std::unique_ptr<Sqlite> m_db;
    SqliteTransaction m_transaction;
    InstanceRow m_instance;
    std::int64_t m_last = 0;
};

/// What is answered to an ask, waited for when it is looked at.
class Asked {
  public:
    Asked(EventPolls& polls, InstanceEvents events, std::int64_t cursor, int caller = 1) {
        const auto promise = std::make_shared<std::promise<std::string>>();
        m_answer = promise->get_future();
        polls.ask({ScriptVersionKey{caller}, std::move(events), cursor,
                   [promise](const CallAnswer& answer) { promise->set_value(answer.body); }});
    }
    json answer() { return json::parse(m_answer.get(), nullptr, false); }
    std::string refusal() { return answer()["refused"].value("message", ""); }

  private:
    std::future<std::string> m_answer;
};

std::vector<std::string> typesOf(const json& answer) {
    std::vector<std::string> types;
    for (const auto& event : answer.at("events"))
        types.push_back(event["type"]);
    return types;
}

using Types = std::vector<std::string>;

}  // namespace

/// What the code of a Worker that subscribed to an instance is answered.
class EventPollsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Database> m_database;
    EventPollLimits m_limits;

  private slots:
    void init() {
        m_database = std::make_unique<Database>();
        m_limits = {};
        m_limits.longestWait = noEnd;
    }

    void whatHappenedComesWithItsContent() {
        m_database->tell("workflow_queued", "older");
        m_database->tell("workflow_started");
        m_database->end();
        EventPolls polls(m_database->file(), m_limits);
        const auto answer = Asked(polls, m_database->events(), 0).answer();
        QCOMPARE(typesOf(answer), Types({"workflow_started", "workflow_completed"}));
        QCOMPARE(answer["events"][0]["value"].get<std::string>(), std::string(R"(j{"size":3})"));
        QCOMPARE(answer["events"][1]["value"].get<std::string>(), std::string("j7"));
        QCOMPARE(answer["cursor"].get<std::int64_t>(), m_database->last().value);
        QVERIFY(answer["over"].get<bool>());
    }

    void allThatWaitAreToldOfWhatHappensThen() {
        const auto last = m_database->tell("workflow_started").value;
        EventPolls polls(m_database->file(), m_limits);
        std::vector<Asked> asked;
        for (int i = 0; i < 20; ++i)
            asked.emplace_back(polls, m_database->events(), last);
        m_database->tell("workflow_queued", "other");
        polls.publish(m_database->last());
        m_database->tell("workflow_waiting");
        polls.publish(m_database->last());
        for (auto& one : asked) {
            const auto answer = one.answer();
            QCOMPARE(typesOf(answer), Types({"workflow_waiting"}));
            QVERIFY(!answer["over"].get<bool>());
        }
    }

    /// Each read brings two events; what was asked from different places of the feed is found all the same.
    void whatIsFarBehindIsRead() {
        m_limits.linesPerRead = 2;
        m_database->tell("workflow_started");
        for (int i = 0; i < 51; ++i)
            m_database->tell("workflow_queued", "other");
        const auto middle = m_database->tell("workflow_waiting").value;
        for (int i = 0; i < 50; ++i)
            m_database->tell("workflow_queued", "other");
        EventPolls polls(m_database->file(), m_limits);
        Asked first(polls, m_database->events(), 0);
        Asked second(polls, m_database->events(), 1);
        Asked third(polls, m_database->events(), middle - 1);
        Asked atEnd(polls, m_database->events(), middle);
        QCOMPARE(typesOf(first.answer()), Types({"workflow_started"}));
        QCOMPARE(typesOf(second.answer()), Types({"workflow_waiting"}));
        QCOMPARE(typesOf(third.answer()), Types({"workflow_waiting"}));
        m_database->tell("workflow_running");
        polls.publish(m_database->last());
        QCOMPARE(typesOf(atEnd.answer()), Types({"workflow_running"}));
    }

    void whenNothingHappensTheAnswerIsEmpty() {
        m_limits.longestWait = 1ms;
        m_database->tell("workflow_started");
        const auto last = m_database->tell("workflow_queued", "other").value;
        EventPolls polls(m_database->file(), m_limits);
        const auto answer = Asked(polls, m_database->events({"workflow_completed"}), 0).answer();
        QVERIFY(answer.at("events").empty());
        QCOMPARE(answer["cursor"].get<std::int64_t>(), last);
        QVERIFY(!answer["over"].get<bool>());
    }

    void anEndThatIsKeptNoMoreIsTheEnd() {
        m_database->tell("workflow_started");
        m_database->end();
        m_database->tell("workflow_queued", "other");
        m_database->trim();
        EventPolls polls(m_database->file(), m_limits);
        const auto answer = Asked(polls, m_database->events(), 0).answer();
        QVERIFY(answer.at("events").empty());
        QVERIFY(answer["over"].get<bool>());
    }

    void anEndBeforeTheCursorIsTheEnd() {
        m_database->end();
        EventPolls polls(m_database->file(), m_limits);
        QVERIFY(Asked(polls, m_database->events(), m_database->last().value).answer()["over"].get<bool>());
        QVERIFY(Asked(polls, m_database->events(), 1'000'000).answer()["over"].get<bool>());
    }

    void anInstanceThatWasRestartedGoesOn() {
        m_database->end();
        const auto ended = m_database->events({"workflow_running"});
        const auto cursor = m_database->last().value;
        m_database->tell("instance_restarted");
        EventPolls polls(m_database->file(), m_limits);
        Asked asked(polls, ended, cursor);
        m_database->tell("workflow_running");
        polls.publish(m_database->last());
        const auto answer = asked.answer();
        QCOMPARE(typesOf(answer), Types({"workflow_running"}));
        QVERIFY(!answer["over"].get<bool>());
    }

    void placesAreLimitedAndFreeAgain() {
        m_limits.waiting = 3;
        m_limits.waitingPerVersion = 2;
        EventPolls polls(m_database->file(), m_limits);
        Asked first(polls, m_database->events(), 0);
        Asked second(polls, m_database->events(), 0);
        QVERIFY(
            Asked(polls, m_database->events(), 0).refusal().starts_with("2 subscriptions of this version"));
        Asked other(polls, m_database->events(), 0, 2);
        QVERIFY(Asked(polls, m_database->events(), 0, 3).refusal().starts_with("3 subscriptions wait"));
        const auto last = m_database->tell("workflow_started").value;
        polls.publish(m_database->last());
        for (auto* one : {&first, &second, &other})
            QCOMPARE(typesOf(one->answer()), Types({"workflow_started"}));
        Asked again(polls, m_database->events(), last);
        m_database->tell("workflow_waiting");
        polls.publish(m_database->last());
        QCOMPARE(typesOf(again.answer()), Types({"workflow_waiting"}));
    }

    void aStopAnswersAllThatWait() {
        EventPolls polls(m_database->file(), m_limits);
        Asked waiting(polls, m_database->events(), 0);
        polls.stop();
        QCOMPARE(waiting.refusal(), std::string("The engine stops"));
        QCOMPARE(Asked(polls, m_database->events(), 0).refusal(), std::string("The engine stops"));
    }

    void aDatabaseThatCannotBeReadIsSaid() {
        EventPolls polls(m_database->file() / "nowhere", m_limits);
        QVERIFY(!Asked(polls, m_database->events(), 0).refusal().empty());
    }
};

QTEST_GUILESS_MAIN(EventPollsTest)
#include "tst_event_polls.moc"
