#include "app/engine/analytics/analytics.h"
#include "app/engine/analytics/graphql_datasets.h"
#include "app/engine/analytics/graphql_filter.h"
#include "app/engine/analytics/graphql_service.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QtTest>

#include <array>
#include <atomic>
#include <thread>

using namespace stepwell;
using namespace stepwell::engine;
using analytics::TableId;
using datasets::GraphqlService;
using Json = nlohmann::json;

namespace {

const std::string account = "0123456789abcdef0123456789abcdef";

api::Time at(const char* text) {
    return *api::fromIso(text);
}
const api::Time now = at("2026-11-26T12:00:00Z");

/// A thread for each job.
class Workers {
  public:
    ~Workers() {
        for (auto& thread : threads_)
            thread.join();
    }
    datasets::Helpers helpers() {
        return {3, [this](std::function<void()> job) { threads_.emplace_back(std::move(job)); }};
    }

  private:
    std::vector<std::thread> threads_;
};

std::unique_ptr<analytics::Analytics> opened(const QTemporaryDir& folder) {
    auto made = analytics::Analytics::open({folder.filePath("analytics.db").toStdString(), {}});
    if (!made) qFatal("%s", made.error().message.c_str());
    return std::move(*made);
}

void record(analytics::Analytics& analytics, const char* time, std::string_view reason) {
    const std::array<std::string_view, 2> words{"order", reason};
    analytics.record({TableId::blocked, at(time), words, {}});
}

/// The body of a request for these data sets.
std::string bodyOf(const std::string& selection) {
    Json body;
    body["query"] = "query {viewer{accounts(filter: {accountTag: \"" + account + "\"}){" + selection + "}}}";
    return body.dump();
}

}  // namespace

/// Several data sets of one request, made by several threads.
class DatasetsTogetherTest : public QObject {
    Q_OBJECT
  private slots:
    void helpersAnswerTheSame();
    void isAnsweredWhenNobodyHelps();
    void oneAnswerIsOfOneMoment();
    void refusesRangesThatAreTooWide();
};

void DatasetsTogetherTest::helpersAnswerTheSame() {
    const QTemporaryDir folder;
    const auto analytics = opened(folder);
    for (const char* reason : {"sleep", "event", "retry", "sleep"})
        record(*analytics, "2026-11-20T10:00:00Z", reason);
    QVERIFY(analytics->settle(now).has_value());
    const auto snapshots = [&] { return analytics->snapshot(); };
    Workers workers;
    const GraphqlService alone(account, snapshots);
    const GraphqlService together(account, snapshots, workers.helpers());
    std::string many;
    for (int i = 0; i < 40; ++i) {
        const auto number = std::to_string(i);
        many += "a" + number + ": workflowsBlockedReasonAdaptiveGroups{count dimensions{blockedReason}} ";
        many += "b" + number + ": workflowsAdaptive{eventType datetime} ";
    }
    // One that is refused: what comes after it is not told, and nobody waits for it.
    const auto refused = many + "c: workflowsAdaptiveGroups(limit: 0){count} " +
                         "d: workflowsAdaptiveGroups{count dimensions{stepName}}";
    for (const auto& selection : {many, refused}) {
        const auto body = bodyOf(selection);
        const auto wanted = alone.answer(body, now);
        QCOMPARE(wanted.http, selection == many ? 200 : 400);
        for (int i = 0; i < 20; ++i) {
            const auto answer = together.answer(body, now);
            QCOMPARE(answer.http, wanted.http);
            QCOMPARE(answer.body, wanted.body);
        }
    }
}

void DatasetsTogetherTest::isAnsweredWhenNobodyHelps() {
    const QTemporaryDir folder;
    const auto analytics = opened(folder);
    record(*analytics, "2026-11-20T10:00:00Z", "sleep");
    QVERIFY(analytics->settle(now).has_value());
    std::vector<std::function<void()>> late;
    const datasets::Helpers helpers{3, [&](std::function<void()> job) { late.push_back(std::move(job)); }};
    const GraphqlService service(
        account, [&] { return analytics->snapshot(); }, helpers);
    const auto body = bodyOf("a: workflowsBlockedReasonAdaptiveGroups{count} "
                             "b: workflowsBlockedReasonAdaptiveGroups{count}");
    const auto answer = Json::parse(service.answer(body, now).body);
    QCOMPARE(answer["data"]["viewer"]["accounts"][0]["b"][0]["count"], Json(1));
    QVERIFY(!late.empty());
    for (const auto& job : late)
        job();  // comes when all is over, and finds nothing to do
}

/// While rows come and are written, all data sets of a request tell as many.
void DatasetsTogetherTest::oneAnswerIsOfOneMoment() {
    const QTemporaryDir folder;
    const auto analytics = opened(folder);
    Workers workers;
    const GraphqlService service(
        account, [&] { return analytics->snapshot(); }, workers.helpers());
    std::string selection;
    for (int i = 0; i < 12; ++i)
        selection += "a" + std::to_string(i) + ": workflowsBlockedReasonAdaptiveGroups{count} ";
    const auto body = bodyOf(selection);
    std::atomic<bool> isDone{false};
    std::thread writer([&] {
        while (!isDone) {
            record(*analytics, "2026-11-20T10:00:00Z", "sleep");
            static_cast<void>(analytics->settle(now));
        }
    });
    std::int64_t last = 0;
    bool agree = true;
    for (int i = 0; i < 150 || last == 0; ++i) {
        const auto answer = Json::parse(service.answer(body, now).body);
        const auto& rows = answer["data"]["viewer"]["accounts"][0];
        for (const auto& each : rows)
            agree = agree && each == rows["a0"];
        const auto count = rows["a0"].empty() ? 0 : rows["a0"][0]["count"].get<std::int64_t>();
        agree = agree && count >= last;
        last = count;
    }
    isDone = true;
    writer.join();
    QVERIFY(agree);
}

void DatasetsTogetherTest::refusesRangesThatAreTooWide() {
    auto dataset = datasets::allDatasets().front();
    dataset.notOlderThan = std::chrono::hours{24 * 31};
    dataset.maxDuration = std::chrono::hours{24 * 3};
    const auto read = [&](const char* from, const char* to) {
        Json filter;
        filter["datetime_geq"] = from;
        filter["datetime_leq"] = to;
        return datasets::readFilter(dataset, filter, {}, now);
    };
    QVERIFY(read("2026-11-20T00:00:00Z", "2026-11-22T23:00:00Z").has_value());
    const auto wide = read("2026-11-20T00:00:00Z", "2026-11-25T00:00:00Z");
    QVERIFY(!wide.has_value());
    QCOMPARE(wide.error().http, 400);
    QVERIFY2(wide.error().message.starts_with("query time range is too large. Time range can't be wider "
                                              "than 259200s, but it's 43200"),
             wide.error().message.c_str());
}

QTEST_GUILESS_MAIN(DatasetsTogetherTest)
#include "tst_datasets_together.moc"
