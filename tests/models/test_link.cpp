#include "models/backends/access_service.h"
#include "models/client/link.h"
#include "tests/models/fake_server.h"

#include <QtTest>

#include <map>
#include <thread>

using namespace stepwell;
using namespace std::chrono_literals;
using client::Budget;
using client::Link;
using client::Request;
using client::Response;
using test::FakeServer;
using test::SeenRequest;

namespace {

class MemoryStore final : public client::AnswerStore {
  public:
    void keep(const std::string& key, const Response& response) override {
        const std::lock_guard lock(m_mutex);
        m_answers[key] = {response, api::Time{api::Milliseconds{1'000}}};
    }
    std::optional<Stored> find(const std::string& key) override {
        const std::lock_guard lock(m_mutex);
        const auto found = m_answers.find(key);
        if (found == m_answers.end()) return std::nullopt;
        return found->second;
    }

  private:
    std::mutex m_mutex;
    std::map<std::string, Stored> m_answers;
};

/// Takes the one answer of a call; the test's thread looks at it.
struct Taken {
    std::atomic<int> count = 0;
    api::Result<Response> result = api::fail({});

    client::Callback take() {
        return [this](api::Result<Response> answer) {
            result = std::move(answer);
            ++count;
        };
    }
};

client::LinkPolicy patient() {
    client::LinkPolicy policy;
    policy.tries = 3;
    policy.firstBackoff = 2ms;
    policy.longestBackoff = 5ms;
    return policy;
}

Request get(const FakeServer& server, const char* path = "/a") {
    Request request;
    request.url = server.origin() + path;
    request.storeKey = request.url;
    return request;
}

Request post(const FakeServer& server) {
    auto request = get(server);
    request.method = "POST";
    request.body = "{}";
    request.storeKey.clear();
    return request;
}

}  // namespace

class LinkTest : public QObject {
    Q_OBJECT
  private slots:
    void budgetsKeepAPartForClicks();
    void budgetsForgetWhatIsLongAgo();
    void readsRetryAfter();
    void readsWhatTheServerCounts();
    void theServersWordHolds();
    void theLastPlaceIsGivenOnce();
    void tokensAndAuditCountAsWell();
    void takesOverWhatTheServerTells();
    void readsAreTriedAgain();
    void verbsAreSentOnce();
    void verbsAreNotRepeatedOnAKeptConnection();
    void whatIsLackingIsNotAsked();
    void refusedForTooManySendsNothingUntilItMay();
    void refreshesWaitAndClicksGo();
    void seenAnswersStandInWhileItIsAway();
    void itIsNoticedBackThoughItHadToWait();
    void anErrorOfTheServiceIsNoOutage();
};

void LinkTest::budgetsKeepAPartForClicks() {
    Budget budget({"REST", 10, 300s});
    const Budget::Clock::time_point start{1'000s};
    for (int i = 0; i < 8; ++i) {
        QCOMPARE(budget.waitFor(Budget::Urgency::background, start), 0s);
        budget.take(start + std::chrono::seconds{i});
    }
    const auto later = start + 10s;
    QCOMPARE(budget.waitFor(Budget::Urgency::background, later), 290s);
    QCOMPARE(budget.waitFor(Budget::Urgency::click, later), 0s);
    budget.take(later);
    budget.take(later);
    QCOMPARE(budget.used(later), 10);
    QCOMPARE(budget.waitFor(Budget::Urgency::click, later), 290s);
    // Three must leave the window before a refresh may go again.
    QCOMPARE(budget.waitFor(Budget::Urgency::background, later), 292s);
}

void LinkTest::budgetsForgetWhatIsLongAgo() {
    Budget budget({"REST", 2, 10s});
    const Budget::Clock::time_point start{1'000s};
    budget.take(start);
    budget.take(start);
    QCOMPARE(budget.waitFor(Budget::Urgency::click, start + 10s), 0s);
    QCOMPARE(budget.used(start + 10s), 0);
    budget.block(start + 40s);
    QCOMPARE(budget.waitFor(Budget::Urgency::click, start + 30s), 10s);
    QVERIFY(!budget.blockedUntil(start + 41s));
}

/// Threads of a deploy and the window ask for the same budget at once.
void LinkTest::theLastPlaceIsGivenOnce() {
    client::SharedBudgets budgets(Budget::Limit{"REST", 1'000, 300s}, {});
    std::atomic<int> taken = 0;
    {
        std::vector<std::jthread> senders;
        for (int i = 0; i < 8; ++i)
            senders.emplace_back([&] {
                for (int tries = 0; tries < 500; ++tries)
                    if (budgets.tryTake(false, Budget::Urgency::click, Budget::Clock::now()) == 0s) ++taken;
            });
    }
    QCOMPARE(taken.load(), 1'000);
}

void LinkTest::tokensAndAuditCountAsWell() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{
            .status = 429, .body = FakeServer::failure(971, "too many"), .headers = "Retry-After: 300\r\n"};
    };
    const auto budgets =
        client::sharedBudgets(server.apiBase(), "counted", Budget::Limit{"REST", 10, 300s}, {});
    const auto access = makeAccessService({server.apiBase(), "acc", "counted"});
    std::optional<api::Result<std::vector<AccessToken>>> listed;
    access->tokens(this, [&](const auto& answer) { listed = answer; });
    QTRY_VERIFY(listed);
    QVERIFY(!*listed);
    QCOMPARE(budgets->counts(Budget::Clock::now()).front().used, 1);
    QVERIFY(budgets->isBlocked(Budget::Clock::now()));
    // What was told to one is heeded by all: nothing is sent meanwhile, and that is said.
    std::optional<api::Result<AuditPage>> audited;
    access->audit({}, this, [&](const auto& answer) { audited = answer; });
    QTRY_VERIFY(audited);
    QCOMPARE(audited->error().code, api::code::limited);
    QCOMPARE(server.seen.size(), 1);
}

void LinkTest::readsRetryAfter() {
    const auto asked = [](const char* value) {
        Response response{429, {}, {}};
        response.headers = {{"Content-Type", "x"}, {"Retry-After", value}};
        return client::retryAfter(response, 1'795'737'600);  // 2026-11-27T00:00:00Z
    };
    QCOMPARE(asked("17"), std::optional(17s));
    QCOMPARE(asked("Fri, 27 Nov 2026 00:01:00 GMT"), std::optional(60s));
    QCOMPARE(asked("Thu, 26 Nov 2026 00:01:00 GMT"), std::optional(0s));
    QVERIFY(!asked("soon"));
    QVERIFY(!client::retryAfter({429, {}, {}}, 0));
}

void LinkTest::readsWhatTheServerCounts() {
    const auto told = [](std::vector<client::Header> headers) {
        Response response{200, {}, {}};
        response.headers = std::move(headers);
        return client::toldQuota(response);
    };
    const auto quota = told({{"ratelimit", R"("default";r=50;t=30)"},
                             {"Ratelimit-Policy", R"("burst";q=7;w=1, "default";q=100;w=60)"}});
    QVERIFY(quota);
    QCOMPARE(quota->remaining, 50);
    QCOMPARE(quota->resets, 30s);
    QCOMPARE(quota->allowed, std::optional(100));
    QCOMPARE(quota->window, std::optional(60s));
    // The one that ends first counts; separators within a name are part of it.
    const auto least = told({{"Ratelimit", R"("a;,b";r=50;t=30, "burst" ; r=3 ; t=2)"}});
    QVERIFY(least);
    QCOMPARE(least->remaining, 3);
    QVERIFY(!least->allowed);
    const std::vector<const char*> unreadable = {"limit=100, remaining=50, reset=30",
                                                 "\"default\";r=many;t=-3", "\";;=,,\",\";r", ""};
    for (const auto* value : unreadable)
        QVERIFY2(!told({{"Ratelimit", value}}), value);
    QVERIFY(!told({}));
}

void LinkTest::theServersWordHolds() {
    Budget budget({"REST", 1200, 300s});
    const Budget::Clock::time_point start{1'000s};
    budget.take(start);
    // Others use the same token.
    budget.adopt({.remaining = 2, .resets = 30s, .allowed = 100, .window = 60s}, start);
    QCOMPARE(budget.limit().allowed, 100);
    QCOMPARE(budget.limit().window, 60s);
    QCOMPARE(budget.used(start), 98);
    QCOMPARE(budget.waitFor(Budget::Urgency::background, start), 30s);
    QCOMPARE(budget.waitFor(Budget::Urgency::click, start), 0s);
    budget.take(start);
    budget.take(start);
    QCOMPARE(budget.waitFor(Budget::Urgency::click, start + 10s), 20s);
    // After its window it is counted here again until it tells anew.
    QCOMPARE(budget.used(start + 30s), 3);
    QCOMPARE(budget.waitFor(Budget::Urgency::click, start + 30s), 0s);
}

void LinkTest::takesOverWhatTheServerTells() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.body = "done",
                                  .headers = "Ratelimit: \"default\";r=50;t=30\r\n"
                                             "Ratelimit-Policy: \"default\";q=100;w=60\r\n"};
    };
    auto policy = patient();
    policy.requests = Budget::Limit{"REST", 1200, 300s};
    Link link({}, policy);
    Taken taken;
    link.send(get(server), taken.take());
    QTRY_COMPARE(taken.count.load(), 1);
    const auto budget = link.state().budgets.at(0);
    QCOMPARE(budget.name, std::string("REST"));
    QCOMPARE(budget.used, 50);
    QCOMPARE(budget.allowed, 100);
    QCOMPARE(budget.window, 60s);
}

void LinkTest::readsAreTriedAgain() {
    FakeServer server;
    int asked = 0;
    server.handler = [&asked](const auto&) {
        ++asked;
        if (asked == 1) return FakeServer::Answer{.status = 503, .body = "<html>", .type = "text/html"};
        return asked == 2 ? FakeServer::Answer{.breakOff = true} : FakeServer::Answer{.body = "done"};
    };
    Link link({}, patient());
    Taken taken;
    link.send(get(server), taken.take());
    QTRY_COMPARE(taken.count.load(), 1);
    QCOMPARE(taken.result->body, std::string("done"));
    QVERIFY(link.state().reachable);
}

void LinkTest::verbsAreSentOnce() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.breakOff = true}; };
    Link link({}, patient());
    Taken taken;
    link.send(post(server), taken.take());
    QTRY_COMPARE(taken.count.load(), 1);
    QCOMPARE(taken.result.error().code, api::code::transport);
    QVERIFY(taken.result.error().message.find("may have arrived") != std::string::npos);
    QCOMPARE(server.seen.size(), 1);

    server.handler = [](const auto&) { return FakeServer::Answer{.status = 503}; };
    Taken refused;
    link.send(post(server), refused.take());
    QTRY_COMPARE(refused.count.load(), 1);
    QCOMPARE(refused.result->status, 503);
    QCOMPARE(server.seen.size(), 2);
}

/// libcurl sends a request again by itself when a connection that it kept turns out to be closed.
void LinkTest::verbsAreNotRepeatedOnAKeptConnection() {
    FakeServer server;
    server.handler = [](const SeenRequest& request) {
        return request.method == "GET" ? FakeServer::Answer{} : FakeServer::Answer{.breakOff = true};
    };
    Link link({}, patient());
    Taken first;
    link.send(get(server), first.take());
    QTRY_COMPARE(first.count.load(), 1);
    Taken second;
    link.send(post(server), second.take());
    QTRY_COMPARE(second.count.load(), 1);
    QVERIFY(!second.result);
    QCOMPARE(server.seen.size(), 2);
}

void LinkTest::whatIsLackingIsNotAsked() {
    FakeServer server;
    Link link({}, patient());
    auto request = get(server);
    request.url = "/stepwell/logs?x=1";
    Taken taken;
    link.send(request, taken.take());
    QTRY_COMPARE(taken.count.load(), 1);
    QCOMPARE(taken.result.error().code, api::code::noRoute);
    QVERIFY(server.seen.isEmpty());
}

void LinkTest::refusedForTooManySendsNothingUntilItMay() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.status = 429, .body = "{}", .headers = "Retry-After: 3600\r\n"};
    };
    Link link({}, patient());
    Taken first;
    link.send(get(server), first.take());
    QTRY_COMPARE(first.count.load(), 1);
    QCOMPARE(first.result.error().code, api::code::limited);
    QVERIFY(first.result.error().message.find("3600 s") != std::string::npos);
    QVERIFY(!link.state().budgets.empty());
    QVERIFY(link.state().budgets.front().blockedUntil);
    for (const auto& request : {get(server), post(server)}) {
        Taken next;
        link.send(request, next.take());
        QTRY_COMPARE(next.count.load(), 1);
        QCOMPARE(next.result.error().code, api::code::limited);
    }
    QCOMPARE(server.seen.size(), 1);
}

void LinkTest::refreshesWaitAndClicksGo() {
    FakeServer server;
    auto policy = patient();
    policy.requests = Budget::Limit{"REST", 5, 300s};
    Link link({}, policy);
    Taken clicks;
    for (int i = 0; i < 4; ++i)
        link.send(get(server), clicks.take());
    QTRY_COMPARE(clicks.count.load(), 4);
    auto refresh = get(server, "/refresh");
    refresh.background = true;
    Taken waiting;
    link.send(refresh, waiting.take());
    link.send(get(server), clicks.take());
    QTRY_COMPARE(clicks.count.load(), 5);
    QCOMPARE(waiting.count.load(), 0);
    QVERIFY(server.to("/refresh").isEmpty());
    Taken verb;
    link.send(post(server), verb.take());
    QTRY_COMPARE(verb.count.load(), 1);
    QCOMPARE(verb.result.error().code, api::code::limited);
    QCOMPARE(server.seen.size(), 5);
    const auto budget = link.state().budgets.front();
    QCOMPARE(budget.used, 5);
    QCOMPARE(budget.allowed, 5);
}

void LinkTest::seenAnswersStandInWhileItIsAway() {
    FakeServer server;
    bool away = false;
    server.handler = [&away](const auto&) {
        return away ? FakeServer::Answer{.breakOff = true} : FakeServer::Answer{.body = "as it was"};
    };
    std::atomic<int> changes = 0;
    Link link({}, patient(), std::make_shared<MemoryStore>());
    link.onChange([&changes] { ++changes; });
    Taken first;
    link.send(get(server), first.take());
    QTRY_COMPARE(first.count.load(), 1);
    away = true;
    Taken stored;
    link.send(get(server), stored.take());
    QTRY_COMPARE(stored.count.load(), 1);
    QCOMPARE(stored.result->body, std::string("as it was"));
    QVERIFY(!link.state().reachable);
    QCOMPARE(link.state().shownFrom, std::optional(api::Time{api::Milliseconds{1'000}}));
    QVERIFY(!link.state().reason.empty());
    Taken unseen;
    link.send(get(server, "/never-seen"), unseen.take());
    QTRY_COMPARE(unseen.count.load(), 1);
    QVERIFY(!unseen.result);
    Taken verb;
    link.send(post(server), verb.take());
    QTRY_COMPARE(verb.count.load(), 1);
    QVERIFY(!verb.result);
    // Nobody asks again, and still it is noticed that it is back.
    away = false;
    QTRY_VERIFY(link.state().reachable);
    QVERIFY(!link.state().shownFrom);
    QVERIFY(changes > 0);
}

/// Who looks whether it is back may have no request left for now.
void LinkTest::itIsNoticedBackThoughItHadToWait() {
    FakeServer server;
    bool away = false;
    server.handler = [&away](const auto&) {
        return away ? FakeServer::Answer{.breakOff = true} : FakeServer::Answer{};
    };
    client::LinkPolicy policy;
    policy.requests = Budget::Limit{"REST", 2, 3s};
    policy.clickPatience = 0ms;
    Link link({}, policy);
    for (const bool breaks : {false, true}) {
        away = breaks;
        Taken taken;
        link.send(get(server), taken.take());
        QTRY_COMPARE(taken.count.load(), 1);
    }
    QVERIFY(!link.state().reachable);
    away = false;
    QTRY_VERIFY_WITH_TIMEOUT(link.state().reachable, 20'000);
}

void LinkTest::anErrorOfTheServiceIsNoOutage() {
    FakeServer server;
    auto store = std::make_shared<MemoryStore>();
    Link link({}, patient(), store);
    store->keep(server.origin() + "/a", {200, "application/json", "old"});
    server.handler = [](const auto&) {
        return FakeServer::Answer{.status = 503, .body = FakeServer::failure(19001, "disk full")};
    };
    Taken taken;
    link.send(get(server), taken.take());
    QTRY_COMPARE(taken.count.load(), 1);
    QVERIFY(QByteArray::fromStdString(taken.result->body).contains("disk full"));
    QVERIFY(link.state().reachable);
}

QTEST_GUILESS_MAIN(LinkTest)
#include "test_link.moc"
