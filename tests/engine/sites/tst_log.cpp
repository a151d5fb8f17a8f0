#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/pages/site_log.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine::pages;

namespace {

constexpr DeploymentKey site{7};
constexpr DeploymentKey other{8};

api::Time at(std::int64_t milliseconds) {
    return api::Time{api::Milliseconds{milliseconds}};
}

SiteRequest request(DeploymentKey deployment, const std::string& url) {
    SiteRequest made;
    made.deployment = deployment;
    made.time = at(1'000);
    made.method = "GET";
    made.url = url;
    return made;
}

}  // namespace

/// The log of requests to sites.
class SiteLogTest : public QObject {
    Q_OBJECT
  private slots:
    void projectsCountWhatTheirDeploymentsAnswered() {
        SiteLog log;
        for (const auto deployment : {site, other}) {
            auto made = request(deployment, "/");
            made.project = ProjectKey{3};
            made.status = deployment == site ? 200 : 502;
            log.add(made);
        }
        QCOMPARE(log.countsOf(ProjectKey{3}).total, std::int64_t{2});
        QCOMPARE(log.countsOf(ProjectKey{3}).errors, std::int64_t{1});
        QCOMPARE(log.countsOf(ProjectKey{4}).total, std::int64_t{0});
    }

    void answeredRequestsEndWithWhatWasTold() {
        SiteLog log;
        std::vector<SiteRequest> heard;
        log.listen([&](const SiteRequest& ended) { heard.push_back(ended); });
        const auto number = log.open(request(site, "/api"));
        log.tell(site, number, {1, at(1'001), "hello"});
        SiteLog::Answered answered;
        answered.status = 201;
        answered.outcome = outcome::ok;
        log.answered(site, number, answered);
        log.tell(site, number, {3, at(1'002), "afterwards"});
        QVERIFY(log.list(site, {}, 10).requests.empty());
        log.close(site, number, 0, outcome::unknown, {}, at(1'003));
        const auto listed = log.list(site, {}, 10);
        QCOMPARE(listed.total, 1);
        QCOMPARE(listed.requests.size(), 1U);
        QCOMPARE(listed.requests[0].status, 201);
        QCOMPARE(listed.requests[0].outcome, std::string("ok"));
        QCOMPARE(listed.requests[0].logs.size(), 2U);
        QVERIFY(listed.requests[0].worker);
        QCOMPARE(heard.size(), 1U);
    }

    void whatTheRuntimeAnsweredByItselfEnds() {
        SiteLog log;
        const auto silent = log.open(request(site, "/silent"));
        const auto told = log.open(request(site, "/told"));
        log.open(request(site, "/running"));
        log.passedOn(site, silent, 0, at(1'500));
        log.answered(site, told, {});
        log.passedOn(site, told, 200, at(1'500));
        log.expire(at(2'000));
        QVERIFY(log.list(site, {}, 10).requests.empty());
        log.expire(at(2'500));
        const auto ended = log.list(site, {}, 10).requests;
        QCOMPARE(ended.size(), 1U);
        QCOMPARE(ended[0].url, std::string("/silent"));
        QCOMPARE(ended[0].outcome, std::string("unknown"));
        QCOMPARE(ended[0].duration, std::chrono::microseconds(500'000));
    }

    void whatTheRuntimeAnsweredHasItsStatus() {
        SiteLog log;
        for (const int status : {400, 500, 501})
            log.passedOn(site, log.open(request(site, "/")), status, at(1'500));
        log.expire(at(2'500));
        const auto ended = log.list(site, {}, 10).requests;
        QCOMPARE(ended.size(), 3U);
        QCOMPARE(ended[0].status, 400);
        QCOMPARE(ended[0].outcome, std::string(outcome::ok));
        QCOMPARE(ended[1].status, 500);
        QCOMPARE(ended[1].outcome, std::string(outcome::exception));
        QVERIFY(ended[1].exceptions.at(0).message.find("never have answered") != std::string::npos);
        QCOMPARE(ended[2].outcome, std::string(outcome::unknown));
    }

    void whatIsOpenWhenAProcessEndsHasItsReason() {
        SiteLog log;
        log.assign(site, log.open(request(site, "/a")), 1);
        const auto apart = log.open(request(other, "/b"));
        log.assign(other, apart, 1);
        const auto next = log.open(request(site, "/c"));
        log.assign(site, next, 2);
        const auto waiting = log.open(request(site, "/d"));
        log.closeAll(site, 1, 502, outcome::exceededCpu, {"Error", "did not yield", {}, at(4'000)},
                     at(4'000));
        const auto listed = log.list(site, {}, 10).requests;
        QCOMPARE(listed.size(), 1U);
        QCOMPARE(listed[0].outcome, std::string("exceededCpu"));
        QCOMPARE(listed[0].exceptions.at(0).message, std::string("did not yield"));
        QCOMPARE(listed[0].duration, std::chrono::microseconds(3'000'000));
        QVERIFY(log.list(other, {}, 10).requests.empty());
        log.close(site, next, 200, outcome::ok, {}, at(5'000));
        log.closeAll(site, SiteLog::noProcess, 502, outcome::exception, {}, at(5'000));
        QCOMPARE(log.list(site, {}, 10).requests.at(1).url, std::string("/c"));
        QCOMPARE(log.list(site, {}, 10).requests.at(2).url, std::string("/d"));
        log.close(site, waiting, 200, outcome::ok, {}, at(5'000));
        QCOMPARE(log.list(site, {}, 10).total, 3);
        log.close(other, apart, 0, outcome::canceled, {}, at(5'000));
        QCOMPARE(log.list(other, {}, 10).requests.size(), 1U);
    }

    void oneSiteTellsNothingOfAnother() {
        SiteLog log;
        const auto number = log.open(request(site, "/a"));
        log.tell(other, number, {1, at(1), "forged"});
        log.close(other, number, 200, outcome::ok, {}, at(1));
        QVERIFY(log.list(site, {}, 10).requests.empty());
        log.close(site, number, 200, outcome::ok, {}, at(1));
        QVERIFY(log.list(site, {}, 10).requests.at(0).logs.empty());
    }

    void linesOfNoRequestGoToTheNewest() {
        SiteLog log;
        log.open(request(site, "/old"));
        const auto newest = log.open(request(site, "/new"));
        log.tell(site, 0, {4, at(1), "Uncaught"});
        log.close(site, newest, 200, outcome::ok, {}, at(1));
        QCOMPARE(log.list(site, {}, 1).requests.at(0).logs.at(0).text, std::string("Uncaught"));
    }

    void theNewestAreKeptAndFound() {
        SiteLog log;
        for (int i = 0; i < 1'500; ++i)
            log.add(request(site, "/" + std::to_string(i)));
        const auto newest = log.list(site, {}, 2);
        QCOMPARE(newest.total, 1'500);
        QCOMPARE(newest.requests.at(1).url, std::string("/1499"));
        const auto all = log.list(site, 0, 5'000).requests;
        QCOMPARE(all.size(), 1'000U);
        const auto next = log.list(site, all[0].id, 1).requests;
        QCOMPARE(next.at(0).id, all[1].id);
    }

    void memoryIsBounded() {
        SiteLog log;
        const std::string big(400'000, 'x');
        for (int i = 1; i <= 200; ++i)
            for (int n = 0; n < 3; ++n)
                log.add(request(DeploymentKey{i}, big));
        QVERIFY(log.list(DeploymentKey{1}, {}, 10).requests.empty());
        QCOMPARE(log.list(DeploymentKey{200}, {}, 10).requests.size(), 2U);
    }

    void whatNeverEndsMakesRoom() {
        SiteLog log;
        std::vector<SiteRequest> heard;
        log.listen([&](const SiteRequest& ended) { heard.push_back(ended); });
        std::vector<SiteLog::Number> open;
        for (int i = 0; i <= 2'000; ++i)
            open.push_back(log.open(request(site, "/" + std::to_string(i))));
        QCOMPARE(heard.size(), 1U);
        QCOMPARE(heard[0].url, std::string("/0"));
        QCOMPARE(heard[0].outcome, std::string("unknown"));
        // Of all together no more lines are kept than fit.
        for (const auto number : open)
            log.tell(site, number, {1, at(1), std::string(32 << 10, 'x')});
        std::size_t kept = 0;
        for (const auto number : open)
            log.close(site, number, 200, outcome::ok, {}, at(2));
        for (const auto& ended : heard)
            for (const auto& line : ended.logs)
                kept += line.text.size();
        QVERIFY(kept > (8U << 20));
        QVERIFY(kept <= (16U << 20));
        const auto again = log.open(request(site, "/again"));
        log.tell(site, again, {1, at(3), "there is room again"});
        log.close(site, again, 200, outcome::ok, {}, at(3));
        QCOMPARE(heard.back().logs.size(), 1U);
    }
};

QTEST_APPLESS_MAIN(SiteLogTest)
#include "tst_log.moc"
