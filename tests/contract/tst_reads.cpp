#include "tests/contract/support/contract_server.h"
#include "tests/contract/support/heartbeat.h"
#include "tests/contract/support/reads.h"

#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr int patienceMs = 90'000;  // what is cut is asked for again, with growing pauses

struct Asked {
    Read read;
    std::vector<Outcome> outcomes;
};

}  // namespace

/// Every read of the backend, whatever comes instead of its answer: right, or an error that a person can
/// read; never empty, never wrong, and the thread that asked goes on.
class ReadsTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void init() { server_.reset(); }

    void saysTheTruth();
    void neverTakesAFailureForAnAnswer_data();
    void neverTakesAFailureForAnAnswer();
    void tellsTheReason_data();
    void tellsTheReason();
    void lateAndBrokenUpIsRight_data();
    void lateAndBrokenUpIsRight();
    void permissionsAreTold();
    void wholeListsAreWhole();
    void cursorsWalkEveryRowOnce();

  private:
    /// All reads at once; each must answer exactly once.
    std::vector<Asked> askAll(const QString& token = "edit");
    Outcome ask(const QString& name, const QString& token = "edit");

    ContractServer server_;
    std::map<QString, QString> truth_;
};

std::vector<Asked> ReadsTest::askAll(const QString& token) {
    HttpBackend backend(server_.address(token));
    std::vector<Asked> asked;
    for (auto& read : allReads())
        asked.push_back({std::move(read), {}});
    for (auto& one : asked)
        one.read.ask(backend, this, [&one](Outcome outcome) { one.outcomes.push_back(std::move(outcome)); });
    const auto all = [&asked] {
        return std::all_of(asked.begin(), asked.end(), [](auto& one) { return !one.outcomes.empty(); });
    };
    [&] { QTRY_VERIFY_WITH_TIMEOUT(all(), patienceMs); }();
    return asked;
}

Outcome ReadsTest::ask(const QString& name, const QString& token) {
    for (auto& one : askAll(token))
        if (one.read.name == name && !one.outcomes.empty()) return one.outcomes.front();
    return {};
}

void ReadsTest::initTestCase() {
    QVERIFY2(server_.start(), "run packaging/test once: it installs the Node of tests/compat");
    // The truth as it is without anything in between, also when the network is bad: asked for until all is
    // there.
    const auto complete = [this] { return truth_.size() == allReads().size(); };
    for (int i = 0; i < 10 && !complete(); ++i)
        for (auto& one : askAll())
            if (!one.outcomes.empty() && !one.outcomes.front().error)
                truth_[one.read.name] = one.outcomes.front().content;
    QVERIFY(complete());
}

void ReadsTest::saysTheTruth() {
    QCOMPARE(truth_.at("workflows"), QString("3: orders billing quiet"));
    QVERIFY2(truth_.at("instances").startsWith("100: run-0249 run-0248"), qPrintable(truth_.at("instances")));
    QVERIFY(truth_.at("instances by key").endsWith("more"));
    QCOMPARE(truth_.at("instance"), QString("{\"order\":3} waiting 3: reserve-1 nap-1 approval-1"));
    QCOMPARE(truth_.at("projects"), QString("2: shop docs"));
    QCOMPARE(truth_.at("bindings"), QString("2: secret_text a_kind_of_tomorrow"));
    QVERIFY(truth_.at("deployments").endsWith("of 60"));
}

void ReadsTest::neverTakesAFailureForAnAnswer_data() {
    QTest::addColumn<QJsonObject>("rule");
    const auto add = [](const char* name, QJsonObject rule) { QTest::newRow(name) << rule; };
    add("200 that says it failed", {{"kind", "refused"}, {"status", 200}});
    add("500 that says it failed", {{"kind", "refused"}, {"status", 500}});
    add("errors as plain texts", {{"kind", "texts"}, {"status", 400}, {"message", "nothing doing"}});
    add("only a top-level error", {{"kind", "errorOnly"}, {"message", "error code: 1015"}});
    add("a page with 502", {{"kind", "html"}, {"status", 502}});
    add("a page with 524", {{"kind", "html"}, {"status", 524}});
    add("a page with 200", {{"kind", "html"}, {"status", 200}});
    add("a page with 404", {{"kind", "html"}, {"status", 404}});
    add("a challenge with 403", {{"kind", "html"}, {"status", 403}});
    add("too many", {{"kind", "tooMany"}, {"retryAfter", 1}});
    add("too many until a date", {{"kind", "tooMany"}, {"retryAfter", 1}, {"asDate", true}});
    add("nothing with 200", {{"kind", "nothing"}, {"status", 200}});
    add("nothing with 503", {{"kind", "nothing"}, {"status", 503}});
    add("JSON of something else", {{"kind", "notEnvelope"}});
    add("a result of null", {{"kind", "nullResult"}});
    add("a result of another shape", {{"kind", "objectResult"}});
    add("cut before the answer", {{"kind", "cut"}});
    add("cut in the answer", {{"kind", "cutBody"}});
}

void ReadsTest::neverTakesAFailureForAnAnswer() {
    QFETCH(QJsonObject, rule);
    server_.rule(rule);
    Heartbeat heartbeat;
    QStringList wrong;
    for (const auto& one : askAll()) {
        if (one.outcomes.size() != 1)
            wrong << one.read.name + ": answered " + QString::number(one.outcomes.size());
        if (one.outcomes.empty()) continue;
        const auto& outcome = one.outcomes.front();
        // What an account keeps may be told by nothing at all, in whatever object.
        if (one.read.name == "retention" && rule["kind"] == "objectResult") continue;
        if (!outcome.error) {
            wrong << one.read.name + ": taken for " + outcome.content;
            continue;
        }
        const auto message = QString::fromStdString(outcome.error->message);
        if (message.isEmpty()) wrong << one.read.name + ": no reason";
        if (message.size() > 400) wrong << one.read.name + ": a reason nobody reads: " + message;
        if (message.contains(server_.token())) wrong << one.read.name + ": the token is in the reason";
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
    QVERIFY2(heartbeat.longest() < 60, qPrintable(QString::number(heartbeat.longest())));
}

void ReadsTest::tellsTheReason_data() {
    QTest::addColumn<QJsonObject>("rule");
    QTest::addColumn<QString>("words");
    QTest::newRow("plain texts") << QJsonObject{{"kind", "texts"}, {"message", "nothing doing"}}
                                 << "nothing doing";
    QTest::newRow("top-level error") << QJsonObject{{"kind", "errorOnly"}, {"message", "error code: 1015"}}
                                     << "1015";
    QTest::newRow("page") << QJsonObject{{"kind", "html"}, {"status", 502}} << "502";
}

void ReadsTest::tellsTheReason() {
    QFETCH(QJsonObject, rule);
    QFETCH(QString, words);
    server_.rule(rule);
    const auto outcome = ask("instance");
    QVERIFY(outcome.error);
    const auto message = QString::fromStdString(outcome.error->message);
    if (!ContractServer::isNetworkBad() || outcome.error->code != api::code::transport)
        QVERIFY2(message.contains(words), qPrintable(message));
    QVERIFY2(!message.contains("<html"), qPrintable(message));
}

void ReadsTest::lateAndBrokenUpIsRight_data() {
    QTest::addColumn<QJsonObject>("rule");
    QTest::newRow("late") << QJsonObject{{"kind", "slow"}, {"ms", 700}};
    QTest::newRow("in drops") << QJsonObject{{"kind", "drip"}, {"pieces", 25}, {"ms", 20}};
}

void ReadsTest::lateAndBrokenUpIsRight() {
    QFETCH(QJsonObject, rule);
    server_.rule(rule);
    Heartbeat heartbeat;
    for (const auto& one : askAll()) {
        QVERIFY(!one.outcomes.empty());
        const auto& outcome = one.outcomes.front();
        // Where connections are cut at random, an error is honest, and the only other thing.
        if (outcome.error && ContractServer::isNetworkBad()) continue;
        QVERIFY2(!outcome.error, qPrintable(one.read.name));
        QCOMPARE(outcome.content, truth_.at(one.read.name));
    }
    QVERIFY2(heartbeat.longest() < 60, qPrintable(QString::number(heartbeat.longest())));
}

/// A token that reads workflows and nothing else; one that ran out; one that is none.
void ReadsTest::permissionsAreTold() {
    for (const auto& one : askAll("partial")) {
        QVERIFY(!one.outcomes.empty());
        const auto& outcome = one.outcomes.front();
        if (outcome.error && outcome.error->code == api::code::transport && ContractServer::isNetworkBad())
            continue;
        const bool isAllowed = server_.seen("/workflows", "GET").size() > 0 &&
                               truth_.count(one.read.name) > 0 &&
                               QStringList{"workflows",        "workflow", "versions",    "instances",
                                           "instances by key", "instance", "step output", "retention"}
                                   .contains(one.read.name);
        if (isAllowed) {
            QVERIFY2(!outcome.error, qPrintable(one.read.name));
            QCOMPARE(outcome.content, truth_.at(one.read.name));
        } else if (one.read.name != "graphql") {
            QVERIFY2(outcome.error && outcome.error->http == 403, qPrintable(one.read.name));
        }
    }
    for (const auto& name : {"expired", "disabled"}) {
        const auto outcome = ask("workflows", name);
        QVERIFY(outcome.error);
        QVERIFY(outcome.error->http == 401 || ContractServer::isNetworkBad());
    }
}

/// Lists that are loaded whole: longer than a page, and with totals that are too small or too large.
void ReadsTest::wholeListsAreWhole() {
    server_.world({{"workflows", 230}, {"projects", 130}});
    for (const int total : {-1, 0, 101, 230, 5000}) {
        server_.calm();
        if (total >= 0)
            server_.rule({{"path", "/(workflows|projects)$"},
                          {"kind", "change"},
                          {"set", QJsonObject{{"result_info.total_count", total}}}});
        for (const auto& one : askAll()) {
            if (one.read.name != "workflows" && one.read.name != "projects") continue;
            const auto& outcome = one.outcomes.front();
            if (outcome.error && ContractServer::isNetworkBad()) continue;
            const QString expected = one.read.name == "workflows" ? "230: flow-0000" : "130: site-0000";
            QVERIFY2(outcome.content.startsWith(expected),
                     qPrintable(QString("total_count %1: %2").arg(total).arg(outcome.content)));
        }
    }
}

/// The total is not exact there, rows come and go, and still every row that stays is met once.
void ReadsTest::cursorsWalkEveryRowOnce() {
    HttpBackend backend(server_.address());
    std::vector<std::string> met;
    std::string cursor;
    for (int pages = 0; pages < 20; ++pages) {
        std::optional<api::Result<InstanceList>> answer;
        InstanceListQuery query{
            .workflow = "orders", .status = {}, .from = {}, .to = {}, .page = 1, .perPage = 40};
        query.cursor = cursor;
        backend.instances(query, this, [&answer](auto list) { answer = std::move(list); });
        QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), patienceMs);
        if (!*answer && ContractServer::isNetworkBad()) continue;
        QVERIFY(answer->has_value());
        for (const auto& row : (*answer)->rows)
            met.push_back(row.id);
        if ((*answer)->cursor.empty()) break;
        cursor = (*answer)->cursor;
        // A new row on top of the list, behind the reader.
        server_.world({{"instance", QJsonObject{{"workflow", "orders"},
                                                {"id", QString("new-%1").arg(pages)},
                                                {"created", "2026-07-01T00:00:00.000Z"}}}});
    }
    QCOMPARE(met.size(), std::size_t{250});
    std::sort(met.begin(), met.end());
    QVERIFY(std::adjacent_find(met.begin(), met.end()) == met.end());
}

QTEST_GUILESS_MAIN(ReadsTest)
#include "tst_reads.moc"
