#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "tests/engine/runtime/runtime_harness.h"
#endif

#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include <QTest>

#include <future>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::engine::test;
using nlohmann::json;

namespace {

constexpr std::chrono::seconds patience{40};
constexpr auto flowBinding = R"([{"type":"workflow","name":"FLOW","workflow_name":"flow"}])";

/// One request to a fetch handler, as the engine makes it.
class Visit {
  public:
    Visit(Runtime& runtime, const Bundle& bundle) {
        std::promise<api::Result<HandlerConnection>> promise;
        auto got = promise.get_future();
        runtime.connect(bundle, WhenStuck::wait, [&](api::Result<HandlerConnection> connection) {
            promise.set_value(std::move(connection));
        });
        if (got.wait_for(patience) == std::future_status::ready) m_connection = got.get();
        if (!m_connection) return;
        const timeval limit{patience.count(), 0};
        ::setsockopt(m_connection->socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    }

    const api::Result<HandlerConnection>& connection() const { return m_connection; }
    void send(const std::string& path, const std::string& head = {}, const std::string& body = {}) {
        std::string text = (body.empty() ? "GET /" : "POST /") + path +
                           " HTTP/1.1\r\nHost: shop.workers.localhost\r\nConnection: close\r\n" + head;
        if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        text += "\r\n" + body;
        ::send(m_connection->socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
    }
    std::string receive() {
        std::string all;
        std::array<char, 4096> buffer{};
        for (;;) {
            const auto count = ::recv(m_connection->socket.get(), buffer.data(), buffer.size(), 0);
            if (count <= 0) return all;
            all.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }
    static json bodyOf(const std::string& answer) {
        return json::parse(answer.substr(std::min(answer.find("\r\n\r\n") + 4, answer.size())), nullptr,
                           false);
    }

  private:
    api::Result<HandlerConnection> m_connection = api::fail(0, 0, "timed out");
};

CallAnswer answers(const json& list) {
    return {200, json{{"answers", list}}.dump()};
}

std::optional<api::Result<void>> runScheduled(RuntimeHarness& harness, const Bundle& bundle,
                                              const std::string& cron) {
    std::promise<api::Result<void>> promise;
    auto ran = promise.get_future();
    harness.runtime().runScheduled(bundle, cron, api::Time{api::Milliseconds{1'786'001'400'000}},
                                   [&](api::Result<void> result) { promise.set_value(std::move(result)); });
    if (ran.wait_for(patience) != std::future_status::ready) return std::nullopt;
    return ran.get();
}

}  // namespace

/// Fetch and scheduled handlers, and calls through bindings, in real processes.
class HandlersTest : public QObject {
    Q_OBJECT

    static Bundle bundleOf(RuntimeHarness& harness) {
        auto bundle = harness.bundle(readSource("handlers.js"));
        bundle.bindingsJson = flowBinding;
        return bundle;
    }

  private slots:
    void servesRequests() {
        RuntimeHarness harness;
        Visit visit(harness.runtime(), bundleOf(harness));
        QVERIFY(visit.connection());
        visit.send("echo", "x-stepwell-cf: {\"colo\":\"LOCAL\"}\r\n", "hello");
        const auto answer = visit.receive();
        QVERIFY2(answer.starts_with("HTTP/1.1 200 OK"), answer.c_str());
        QVERIFY(answer.ends_with("hello"));
        QVERIFY(answer.find("x-method: POST") != std::string::npos);
        QVERIFY(answer.find("x-colo: LOCAL") != std::string::npos);
    }

    void errorsBecomePages() {
        RuntimeHarness harness;
        const auto bundle = bundleOf(harness);
        Visit visit(harness.runtime(), bundle);
        visit.send("throws");
        const auto answer = visit.receive();
        QVERIFY2(answer.starts_with("HTTP/1.1 500"), answer.c_str());
        QVERIFY(answer.find("RangeError: out of reach") != std::string::npos);
        QVERIFY(answer.find("index.js:") != std::string::npos);
        const auto log = harness.handlerLog();
        QVERIFY(log && log->level == 4 && log->text.find("out of reach") != std::string::npos);
        Visit nothing(harness.runtime(), bundle);
        nothing.send("nothing");
        QVERIFY(nothing.receive().find("returned undefined instead of a Response") != std::string::npos);
    }

    void logsAndWaitsAfterTheAnswer() {
        RuntimeHarness harness;
        Visit visit(harness.runtime(), bundleOf(harness));
        visit.send("later");
        QVERIFY(visit.receive().starts_with("HTTP/1.1 202"));
        const auto log = harness.handlerLog();
        QVERIFY(log);
        QCOMPARE(log->level, 3);
        QVERIFY2(log->text.starts_with("waited"), log->text.c_str());
        QVERIFY(log->time.time_since_epoch().count() > 0);
    }

    void callsTheEngine() {
        RuntimeHarness harness;
        Visit visit(harness.runtime(), bundleOf(harness));
        visit.send("binding");
        auto call = harness.call();
        QVERIFY(call);
        auto asked = json::parse(call->body)["calls"];
        QCOMPARE(asked.size(), 1U);
        QVERIFY(asked[0] == json({{"binding", "FLOW"}, {"op", "get"}, {"id", "one"}}));
        call->answer(answers(json::array({json::object()})));
        call = harness.call();
        QVERIFY(call && json::parse(call->body)["calls"][0]["op"] == "status");
        call->answer(
            answers({{{"status", "complete"}, {"output", R"(d[["Date","1970-01-01T00:00:00.000Z"]])"}}}));
        const auto body = Visit::bodyOf(visit.receive());
        QVERIFY2(body == json({{"status", "complete"}, {"when", "1970-01-01T00:00:00.000Z"}}),
                 body.dump().c_str());
    }

    void refusesInTheWordsOfTheReference() {
        RuntimeHarness harness;
        Visit visit(harness.runtime(), bundleOf(harness));
        visit.send("refusals");
        auto call = harness.call();
        QVERIFY(call);
        call->answer(answers({{{"created", {{{"error", {{"code", 10405}, {"message", "x"}}}}}}}}));
        call = harness.call();
        QVERIFY(call);
        call->answer(answers({{{"refused", {{"code", 10400}, {"message", "x"}}}}}));
        const auto texts = Visit::bodyOf(visit.receive());
        const auto expected = json::array(
            {"WorkflowError: Workflow instance has invalid id",
             "WorkflowError: (instance.already_exists) Workflow instance with id \"twice\" already exists",
             "(instance.not_found) Instance not found",
             "WorkflowError: batchCreate should have at least 1 instance",
             "WorkflowError: batchCreate only supports 100 instances at a time",
             "(body) count must be a positive integer", "(body) Batch size exceeds maximum allowed",
             "(instance.invalid_id) Instance ID is invalid",
             "The params of an instance cannot be sent: there is a function or a stub inside."});
        QVERIFY2(texts == expected, texts.dump(1).c_str());
    }

    void batchesAnswerForEachInstance() {
        RuntimeHarness harness;
        Visit visit(harness.runtime(), bundleOf(harness));
        visit.send("batch");
        auto call = harness.call();
        QVERIFY(call);
        QCOMPARE(json::parse(call->body)["calls"][0]["instances"].size(), 2U);
        call->answer(answers(
            {{{"created", {json::object(), {{"error", {{"code", 10405}, {"message", "exists"}}}}}}}}));
        const auto body = Visit::bodyOf(visit.receive());
        QVERIFY2(body["created"] == json::array({"a"}), body.dump().c_str());
        QVERIFY(body["errors"][0]["index"] == 1 && body["errors"][0]["code"] == 10415);
        QVERIFY(body["errors"][1]["index"] == 2 && body["errors"][1]["code"] == 10405);
    }

    void workflowsCallTheEngineToo() {
        RuntimeHarness harness;
        auto begin = RuntimeHarness::begin(1, "Caller");
        begin.insert(begin.find("\nR\t"), "\t1786001400000 0 * * * *");
        harness.send(bundleOf(harness), begin);
        auto call = harness.call();
        QVERIFY(call);
        const auto made = json::parse(call->body)["calls"][0]["instances"][0];
        QVERIFY(made["id"] == "child");
        QVERIFY2(made["params"].get<std::string>().starts_with('d'), made.dump().c_str());
        call->answer(answers({{{"created", json::array({json::object()})}}}));
        const auto line = harness.line("o");
        QVERIFY(line);
        QCOMPARE(line->back(),
                 std::string(R"(j["child",true,{"cron":"0 * * * *","scheduledTime":1786001400000}])"));
    }

    void callsWhileLoadingAreRefused() {
        RuntimeHarness harness;
        auto bundle = harness.bundle("import { env } from 'cloudflare:workers';\nawait env.FLOW.get('x');\n");
        bundle.bindingsJson = flowBinding;
        const auto facts = harness.check(bundle);
        QVERIFY(facts && !*facts);
    }

    void runsScheduledHandlers() {
        RuntimeHarness harness;
        const auto bundle = bundleOf(harness);
        const auto ran = runScheduled(harness, bundle, "*/5 * * * *");
        QVERIFY(ran && *ran);
        QCOMPARE(harness.handlerLog()->text, std::string("ran */5 * * * * 1786001400000"));
        QCOMPARE(harness.handlerLog()->text, std::string("then"));
        const auto failed = runScheduled(harness, bundle, "bad");
        QVERIFY(failed && !*failed);
        QVERIFY(failed->error().message.starts_with("Error: no"));
    }

    void aLoopEndsItsProcessAndSaysWhy() {
        RuntimeOptions options;
        options.cpuLimit = std::chrono::milliseconds(300);
        RuntimeHarness harness(options);
        const auto bundle = bundleOf(harness);
        harness.send(bundle, RuntimeHarness::begin(1, "Nobody"));  // the process of instances is another one
        QVERIFY(harness.line("e"));
        Visit visit(harness.runtime(), bundle);
        visit.send("loops");
        std::promise<std::string> promise;
        visit.connection()->lease->whenGone(
            [&](std::string reason) { promise.set_value(std::move(reason)); });
        auto reason = promise.get_future();
        QVERIFY(reason.wait_for(patience) == std::future_status::ready);
        const auto said = reason.get();
        QVERIFY2(said.find("did not yield") != std::string::npos, said.c_str());
        QCOMPARE(visit.receive(), std::string());
        QCOMPARE(harness.exitsLeft(), 0U);
        Visit again(harness.runtime(), bundle);
        again.send("later");
        QVERIFY(again.receive().starts_with("HTTP/1.1 202"));
    }

    void stopsWhenNobodyUsesIt() {
        RuntimeOptions options;
        options.idleStop = std::chrono::milliseconds(50);
        RuntimeHarness harness(options);
        const auto bundle = bundleOf(harness);
        {
            Visit visit(harness.runtime(), bundle);
            QVERIFY(visit.connection());
            QCOMPARE(harness.runtime().usage().processes, 1);
        }
        QTRY_COMPARE_WITH_TIMEOUT(harness.runtime().usage().processes, 0, 20'000);
    }
};

QTEST_GUILESS_MAIN(HandlersTest)
#include "tst_handlers.moc"
