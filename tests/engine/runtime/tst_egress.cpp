#include "tests/engine/runtime/tst_egress.h"

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::engine::test;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

void TestEgress::initTestCase() {
    // The requests of this test must not leave through a proxy of the machine.
    for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
        qunsetenv(name);
    RuntimeOptions options;
    options.largestBody = 1 << 20;
    m_harness = std::make_unique<RuntimeHarness>(options);
    m_bundle = m_harness->bundle(readSource("fetches.js"));
}

void TestEgress::begin(const std::string& url, const std::string& init, const std::string& className) {
    while (m_harness->takeQueued()) {
    }
    const auto params = "j{\"url\":\"" + url + "\",\"init\":" + init + "}";
    m_harness->send(m_bundle, "x\t1\t1\n" + RuntimeHarness::begin(1, className, params));
}

/// The JSON that the code made of the answer.
std::string TestEgress::fetch(const std::string& path, const std::string& init,
                              const std::string& className) {
    begin(path.starts_with('/') ? m_server.url(path) : path, init, className);
    const auto line = m_harness->line(className == "Outside" ? "c" : "o");
    return line ? line->back() : "no line";
}

void TestEgress::fetchIsPerformedAndRecorded() {
    const std::string body(200, 'b');
    const auto seen = fetch("/echo", "{\"method\":\"PUT\",\"body\":\"" + body + "\"}");
    QCOMPARE(seen, std::string("j[201,200,[\"a=1\",\"b=2\"],false]"));
    const auto report = m_harness->outbound();
    QVERIFY(report);
    QCOMPARE(report->instance, 1);
    QCOMPARE(report->run, 1U);
    QCOMPARE(report->step, 0);
    QCOMPARE(report->attempt, 1);
    QCOMPARE(report->method, std::string("PUT"));
    QCOMPARE(report->url, m_server.url("/echo"));
    QCOMPARE(report->status, 201);
    QCOMPARE(report->error, std::string());
    QCOMPARE(report->requestBytes, 200);
    QCOMPARE(report->responseBytes, 200);
    QVERIFY(report->duration.count() > 0);
}

void TestEgress::ownHeadersDoNotGetOut() {
    fetch("/echo", "{\"headers\":{\"x-mine\":\"1\",\"x-stepwell-origin\":\"9.9.9.9\"}}");
    const auto head = m_server.requests().back();
    QVERIFY2(head.starts_with("GET /echo HTTP/1.1"), head.c_str());
    QVERIFY2(contains(head, "x-mine: 1"), head.c_str());
    for (const char* own : {"stepwell", "User-Agent", "Accept: */*", "Proxy-"})
        QVERIFY2(!contains(head, own), head.c_str());
    QCOMPARE(m_harness->outbound()->instance, 1);
}

/// Results that the code was told may be lost until they are on the disk: what they led to waits for that.
void TestEgress::nothingGetsOutThatMayBeForgotten() {
    const auto before = m_server.requests().size();
    m_harness->holdRequests();
    begin(m_server.url("/echo"), "{}", "Fetch");
    auto release = m_harness->heldRequest();
    QVERIFY(release);
    QCOMPARE(m_server.requests().size(), before);
    (*release)(true);
    const auto line = m_harness->line("o");
    QVERIFY(line && line->back().starts_with("j[201"));
    QCOMPARE(m_server.requests().size(), before + 1);
    m_harness->outbound();

    m_harness->holdRequests();
    begin(m_server.url("/echo"), "{}", "Fetch");
    release = m_harness->heldRequest();
    QVERIFY(release);
    (*release)(false);
    const auto report = m_harness->outbound();
    QVERIFY(report);
    QVERIFY2(contains(report->error, "nothing was sent"), report->error.c_str());
    const auto told = m_harness->line("o");
    QVERIFY2(told && contains(told->back(), "nothing was sent"), told ? told->back().c_str() : "no line");
    QCOMPARE(m_server.requests().size(), before + 1);
}

void TestEgress::serversCannotForgeAFailure() {
    QCOMPARE(fetch("/forged"), std::string("j[200,\"ok\",[],false]"));
    QCOMPARE(m_harness->outbound()->status, 200);
}

void TestEgress::redirectsAndCompressionAreTheCallersBusiness() {
    QCOMPARE(fetch("/gzip"), std::string("j[200,\"hello world\",[],false]"));
    QCOMPARE(m_harness->outbound()->responseBytes, 31);
    QCOMPARE(fetch("/redirect", "{\"redirect\":\"manual\"}"), std::string("j[302,\"\",[],false]"));
    QCOMPARE(m_harness->outbound()->status, 302);
    QCOMPARE(fetch("/redirect"), std::string("j[201,\"\",[\"a=1\",\"b=2\"],true]"));
    // The answer that nobody reads to its end may end after the one that it led to.
    const auto one = m_harness->outbound()->status;
    const auto other = m_harness->outbound()->status;
    QCOMPARE(std::min(one, other), 201);
    QCOMPARE(std::max(one, other), 302);
}

void TestEgress::requestOutsideAStep() {
    fetch("/echo", "{}", "Outside");
    const auto report = m_harness->outbound();
    QCOMPARE(report->instance, 1);
    QCOMPARE(report->step, -1);
}

void TestEgress::unreachableServerThrows() {
    const auto seen = fetch("http://127.0.0.1:1/");
    QVERIFY2(contains(seen, "TypeError") && contains(seen, "http://127.0.0.1:1/"), seen.c_str());
    const auto report = m_harness->outbound();
    QCOMPARE(report->status, 0);
    QVERIFY(!report->error.empty());
}

void TestEgress::otherSchemesAreRefused() {
    const auto seen = fetch("file:///etc/passwd");
    QVERIFY2(contains(seen, "Error"), seen.c_str());
    QVERIFY(!contains(seen, "root:"));
    const auto socket = fetch("/echo", "{\"headers\":{\"Upgrade\":\"websocket\"}}");
    QVERIFY2(contains(socket, "WebSockets"), socket.c_str());
    QCOMPARE(m_harness->outbound()->status, 0);
}

void TestEgress::answerAboveTheLimitIsCut() {
    const auto seen = fetch("/large");
    QVERIFY2(!contains(seen, "200,"), seen.c_str());
    const auto report = m_harness->outbound();
    QVERIFY2(contains(report->error, "limit of 1 MiB"), report->error.c_str());
    QVERIFY(report->responseBytes <= 1 << 20);
}

void TestEgress::abortEndsTheRequest() {
    const auto seen = fetch("/silent", "{}", "Abort");
    QVERIFY2(contains(seen, "abort"), seen.c_str());
    const auto report = m_harness->outbound();
    QVERIFY(report);
    QVERIFY2(contains(report->error, "cancelled"), report->error.c_str());
}

void TestEgress::deathOfTheProcessEndsTheRequest() {
    const auto before = m_server.requests().size();
    begin(m_server.url("/silent"), "{}", "Fetch");
    QTRY_VERIFY(m_server.requests().size() > before);
    m_harness->runtime().stop(RuntimeHarness::id());
    const auto report = m_harness->outbound();
    QVERIFY(report);
    QVERIFY2(contains(report->error, "cancelled"), report->error.c_str());
}

void TestEgress::tooManyAtOnceWaitAndFarTooManyFail() {
    RuntimeOptions options;
    options.egress = {2, 2, 3, 3};
    RuntimeHarness harness(options);
    TestServer server;
    const auto bundle = harness.bundle(readSource("fetches.js"));
    const auto many = "j{\"url\":\"" + server.url("/held") + "\",\"count\":6}";
    harness.send(bundle, RuntimeHarness::begin(1, "Many", many));
    const auto refused = harness.outbound();  // while nothing else can end
    QVERIFY(refused);
    QVERIFY2(contains(refused->error, "start fewer at once"), refused->error.c_str());
    QTRY_COMPARE(server.requests().size(), 2U);
    server.letGo();
    for (int i = 0; i < 5; ++i) {
        const auto report = harness.outbound();
        QVERIFY(report);
        QCOMPARE(report->status, 204);
    }
    QCOMPARE(server.requests().size(), 5U);
    const auto line = harness.line("o");
    QVERIFY(line);
    QCOMPARE(line->back(), std::string("j[\"204\",\"204\",\"204\",\"204\",\"204\",\"TypeError\"]"));
}

/// One that gave up does not take a place when its turn comes.
void TestEgress::whoGivesUpWhileWaitingIsNotSent() {
    RuntimeOptions options;
    options.egress = {1, 1, 3, 3};
    RuntimeHarness harness(options);
    TestServer server;
    const auto bundle = harness.bundle(readSource("fetches.js"));
    const auto url = "\"url\":\"" + server.url("/held") + "\"";
    harness.send(bundle, RuntimeHarness::begin(1, "Many", "j{" + url + ",\"count\":1}"));
    QTRY_COMPARE(server.requests().size(), 1U);
    harness.send(bundle, RuntimeHarness::begin(2, "Abort", "j{" + url + ",\"init\":{}}"));
    const auto abandoned = harness.outbound();
    QVERIFY(abandoned);
    QVERIFY2(contains(abandoned->error, "cancelled"), abandoned->error.c_str());
    server.letGo();
    QVERIFY(harness.outbound());
    QCOMPARE(server.requests().size(), 1U);
}

QTEST_GUILESS_MAIN(TestEgress)
