#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/store/instance_list.h"
#include "app/engine/store/schema.h"
#include "app/engine/store/sqlite_transaction.h"
#endif

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <random>

using namespace stepwell;
using namespace stepwell::engine;

namespace {

constexpr std::array statuses = {api::Status::queued, api::Status::waiting, api::Status::errored,
                                 api::Status::complete};
constexpr std::int64_t start = 1'767'225'600'000;  // 2026-01-01, ms since 1970

/// The database under test, and beside it the same instances as plain rows.
class Instances {
  public:
    Instances()
        : m_db(std::move(*openDatabase(std::filesystem::path(m_dir.path().toStdString()) / "stepwell.db")))
        , m_transaction(*m_db) {}

    Sqlite& db() { return *m_db; }
    const std::vector<InstanceRow>& rows() const { return m_rows; }

    void fill(int count, std::mt19937& random) {
        change([&] {
            std::int64_t key = 0;
            for (int i = 0; i < count; ++i) {
                key += 1 + (random() % 40 == 0 ? static_cast<std::int64_t>(random() % 3'000) : 0);
                InstanceRow row;
                row.key = InstanceKey{key};
                row.workflow = WorkflowKey{1 + static_cast<std::int64_t>(random() % 3)};
                row.id = "i" + std::to_string(key);
                row.status = statuses.at(random() % statuses.size());
                row.created = row.modified = api::Time{api::Milliseconds{start + i / 3 * 1'000}};
                m_transaction.insertInstance(row);
                m_transaction.addCount(groupOf(row), 1);
                m_rows.push_back(std::move(row));
            }
        });
    }

    void changeSome(int count, std::mt19937& random) {
        change([&] {
            for (int i = 0; i < count; ++i) {
                auto& row = m_rows.at(random() % m_rows.size());
                m_transaction.addCount(groupOf(row), -1);
                row.status = statuses.at(random() % statuses.size());
                m_transaction.addCount(groupOf(row), 1);
                m_transaction.updateInstance(row);
            }
        });
    }

    std::int64_t emptyBlocks() {
        auto query = m_db->query("SELECT count(*) FROM blocks WHERE n<=0");
        return query.step() ? query.integer() : -1;
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
    std::vector<InstanceRow> m_rows;
};

/// What the listing must hold, by looking at every row.
InstanceListing expected(const std::vector<InstanceRow>& rows, const InstanceQuery& asked) {
    InstanceListing listing;
    std::vector<InstanceRow> fitting;
    for (const auto& row : rows) {
        const bool fits = row.workflow == asked.workflow && (!asked.status || row.status == *asked.status) &&
                          (!asked.from || row.created >= *asked.from) &&
                          (!asked.to || row.created <= *asked.to);
        if (fits) fitting.push_back(row);
    }
    listing.total = static_cast<std::int64_t>(fitting.size());
    if (!asked.ascending) std::reverse(fitting.begin(), fitting.end());
    std::int64_t skipped = 0;
    for (const auto& row : fitting) {
        const bool passed =
            !asked.after || (asked.ascending ? row.key > *asked.after : row.key < *asked.after);
        if (!passed) continue;
        if (!asked.after && skipped++ < asked.offset) continue;
        listing.more = static_cast<int>(listing.rows.size()) == asked.size;
        if (listing.more) break;
        listing.rows.push_back({row, 0, {}, {}});
    }
    return listing;
}

InstanceQuery randomQuery(std::mt19937& random, const std::vector<InstanceRow>& rows) {
    InstanceQuery asked;
    asked.workflow =
        WorkflowKey{1 + static_cast<std::int64_t>(random() % 4)};  // one of them has no instances
    if (random() % 2 == 0) asked.status = statuses.at(random() % statuses.size());
    const auto someTime = [&] { return rows.at(random() % rows.size()).created; };
    if (random() % 3 == 0) asked.from = someTime();
    if (random() % 3 == 0) asked.to = someTime() + api::Milliseconds{random() % 2};
    asked.size = 1 + static_cast<int>(random() % 100);
    asked.ascending = random() % 2 == 0;
    if (random() % 3 == 0)
        asked.after = rows.at(random() % rows.size()).key;
    else
        asked.offset = static_cast<std::int64_t>(random() % (rows.size() / 2));
    return asked;
}

std::vector<std::string> ids(const InstanceListing& listing) {
    std::vector<std::string> names;
    for (const auto& item : listing.rows)
        names.push_back(item.instance.id);
    return names;
}

}  // namespace

class TestInstanceList : public QObject {
    Q_OBJECT

  private slots:
    void everyStretchIsWhatAWalkOverAllRowsFinds() {
        std::mt19937 random(20'261'125);
        Instances instances;
        instances.fill(6'000, random);
        for (int round = 0; round < 4; ++round) {
            instances.changeSome(1'500, random);
            for (int i = 0; i < 250; ++i) {
                const auto asked = randomQuery(random, instances.rows());
                const auto found = listInstances(instances.db(), asked);
                const auto wanted = expected(instances.rows(), asked);
                QCOMPARE(found.total, wanted.total);
                QCOMPARE(found.more, wanted.more);
                QVERIFY(ids(found) == ids(wanted));
            }
        }
    }

    void blocksThatEmptyAreNotKept() {
        std::mt19937 random(7);
        Instances instances;
        instances.fill(300, random);
        instances.changeSome(3'000, random);
        QCOMPARE(instances.emptyBlocks(), 0);
    }
};

QTEST_APPLESS_MAIN(TestInstanceList)
#include "tst_instance_list.moc"
