#include "models/bulk_job.h"
#include "tests/models/fake_backend.h"

#include <QtTest>

using namespace stepwell;
using test::FakeBackend;
using Phase = BulkJob::Phase;
using Verb = BulkJob::Verb;

namespace {

std::vector<api::InstanceSummary> rows(int count, api::Status status, const std::string& prefix) {
    std::vector<api::InstanceSummary> result;
    for (int i = 0; i < count; ++i) {
        api::InstanceSummary row;
        row.id = prefix + std::to_string(i);
        row.status = status;
        result.push_back(row);
    }
    return result;
}

struct Shop {
    Shop() {
        auto& list = backend.instanceLists["orders"];
        for (auto&& part : {rows(250, api::Status::running, "r"), rows(30, api::Status::waiting, "w"),
                            rows(400, api::Status::complete, "c")})
            list.insert(list.end(), part.begin(), part.end());
    }
    FakeBackend backend;
};

}  // namespace

/// Verbs on many instances: the exact set first, then a few at a time.
/// Its instances have failed; it answers verbs with that, as engines do.
class EndedBackend : public test::FakeBackend {
  public:
    void changeStatus(const std::string&, const std::string&, Verb, std::optional<RestartFrom>,
                      QObject* context, Done<api::Status> done) override {
        QMetaObject::invokeMethod(
            context, [done = std::move(done)] { done(api::Status::errored); }, Qt::QueuedConnection);
    }
};

class BulkJobTest : public QObject {
    Q_OBJECT
  private slots:
    void gathersThoseThatTakeTheVerb() {
        Shop shop;
        BulkJob job(shop.backend, "orders", Verb::pause);
        job.gather({});
        QTRY_COMPARE(job.phase(), Phase::ready);
        QCOMPARE(job.ids().size(), std::size_t{280});
        QCOMPARE(shop.backend.callsStartingWith("changeStatus"), 0);
    }

    void filterNarrows() {
        Shop shop;
        BulkJob job(shop.backend, "orders", Verb::remove);
        InstanceFilter filter;
        filter.status = api::Status::complete;
        job.gather(filter);
        QTRY_COMPARE(job.phase(), Phase::ready);
        QCOMPARE(job.ids().size(), std::size_t{400});
        BulkJob none(shop.backend, "orders", Verb::pause);
        none.gather(filter);
        QTRY_COMPARE(none.phase(), Phase::ready);
        QVERIFY(none.ids().empty());
    }

    /// As the older wrangler dev: it takes the range and lists everything.
    void whatIsOutsideOfTheRangeIsLeftAlone() {
        FakeBackend backend;
        std::vector<api::InstanceSummary> all;
        for (int i = 0; i < 250; ++i) {
            api::InstanceSummary row;
            row.id = "r" + std::to_string(i);
            row.status = api::Status::running;
            if (i > 0) row.createdOn = api::Time{api::Milliseconds{i}};
            all.push_back(row);
        }
        backend.instanceSource = [&all](const InstanceListQuery& query) {
            const auto from = query.cursor->empty() ? 0 : std::stol(*query.cursor);
            const auto to = std::min<std::ptrdiff_t>(from + 100, 250);
            InstanceList list;
            list.rows.assign(all.begin() + from, all.begin() + to);
            list.total = 250;
            if (to < 250) list.cursor = std::to_string(to);
            return list;
        };
        InstanceFilter filter;
        filter.from = api::Time{api::Milliseconds{120}};
        filter.to = api::Time{api::Milliseconds{239}};
        BulkJob job(backend, "orders", Verb::terminate);
        job.gather(filter);
        QTRY_COMPARE(job.phase(), Phase::ready);
        QCOMPARE(job.ids().size(), std::size_t{120});
        QCOMPARE(job.ids().front(), std::string("r120"));
    }

    void doesAllAndListsWhatFailed() {
        Shop shop;
        shop.backend.failWith("changeStatus orders w7 ", {409, 0, "it just ended"});
        BulkJob job(shop.backend, "orders", Verb::terminate);
        job.gather({});
        QTRY_COMPARE(job.phase(), Phase::ready);
        job.start(true);
        QTRY_COMPARE(job.phase(), Phase::finished);
        QCOMPARE(job.done(), std::size_t{279});
        QCOMPARE(job.failures().size(), std::size_t{1});
        QCOMPARE(job.failures()[0].id, std::string("w7"));
        QCOMPARE(job.failures()[0].reason, std::string("it just ended"));
        QVERIFY(shop.backend.calls.contains("changeStatus orders r0 terminateAndRollBack"));
    }

    void whatHadEndedIsNotCountedAsDone() {
        EndedBackend backend;
        BulkJob job(backend, "orders", Verb::pause);
        job.take({"c1", "c2"});
        job.start();
        QTRY_COMPARE(job.phase(), Phase::finished);
        QCOMPARE(job.done(), std::size_t{0});
        QCOMPARE(job.failures().size(), std::size_t{2});
        QCOMPARE(job.failures()[0].reason, std::string("It had ended: errored."));
    }

    void deletesByTheHundred() {
        Shop shop;
        shop.backend.refusedDeletes["c3"] = "it is held";
        BulkJob job(shop.backend, "orders", Verb::remove);
        InstanceFilter filter;
        filter.status = api::Status::complete;
        job.gather(filter);
        QTRY_COMPARE(job.phase(), Phase::ready);
        job.start();
        QTRY_COMPARE(job.phase(), Phase::finished);
        QCOMPARE(job.done(), std::size_t{399});
        QCOMPARE(job.failures().at(0).reason, std::string("it is held"));
        QCOMPARE(shop.backend.callsStartingWith("deleteInstances orders"), 4);
    }

    void stopsHalfWay() {
        Shop shop;
        BulkJob job(shop.backend, "orders", Verb::pause);
        job.gather({});
        QTRY_COMPARE(job.phase(), Phase::ready);
        connect(&job, &BulkJob::changed, &job, [&job] {
            if (job.tried() >= 20) job.stop();
        });
        job.start();
        QTRY_COMPARE(job.phase(), Phase::stopped);
        const int asked = shop.backend.callsStartingWith("changeStatus");
        QVERIFY(asked < 60);
        QTRY_COMPARE(static_cast<int>(job.tried()), asked);  // what was under way still counts
        QCOMPARE(shop.backend.callsStartingWith("changeStatus"), asked);
    }

    void failedGatheringSaysWhy() {
        Shop shop;
        shop.backend.failWith("instances orders", {0, api::code::transport, "no answer"});
        BulkJob job(shop.backend, "orders", Verb::pause);
        job.gather({});
        QTRY_COMPARE(job.phase(), Phase::stopped);
        QCOMPARE(job.problem(), QStringLiteral("no answer"));
    }
};

QTEST_GUILESS_MAIN(BulkJobTest)
#include "test_bulk_job.moc"
