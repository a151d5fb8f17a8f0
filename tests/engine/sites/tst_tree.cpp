#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/pages/service_schema.h"
#include "app/engine/pages/site_tree.h"
#endif

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace stepwell::engine;
using namespace stepwell::engine::pages;

namespace {

std::string keyOf(std::size_t number) {
    auto text = QByteArray::number(static_cast<qulonglong>(number), 16).rightJustified(32, '0');
    return text.toStdString();
}

/// Files in folders of a hundred, sorted.
std::vector<ManifestEntry> manifestOf(std::size_t count) {
    std::vector<ManifestEntry> entries;
    for (std::size_t i = 0; i < count; ++i)
        entries.push_back(
            {"/folder-" + std::to_string(i / 100) + "/file-" + std::to_string(i) + ".html", keyOf(i)});
    std::sort(entries.begin(), entries.end(),
              [](const auto& left, const auto& right) { return left.path < right.path; });
    return entries;
}

}  // namespace

class TreeTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        m_dir = std::make_unique<QTemporaryDir>();
        m_db = std::move(*openPagesDatabase(std::filesystem::path(m_dir->path().toStdString()) / "pages.db"));
    }

    void whatIsStoredIsLoaded() {
        SiteTree tree(*m_db);
        QVERIFY(tree.store({}).root.empty());
        QVERIFY(tree.load("").empty());
        for (const std::size_t count : {1U, 2U, 63U, 64U, 65U, 1'000U, 20'000U}) {
            const auto entries = manifestOf(count);
            QVERIFY(tree.load(tree.store(entries).root) == entries);
        }
        const std::vector<ManifestEntry> odd = {
            {"/", keyOf(1)}, {"/\xC3\xA9", keyOf(2)}, {"/" + std::string(4'000, 'x'), keyOf(3)}};
        QVERIFY(tree.load(tree.store(odd).root) == odd);
        QVERIFY(m_db->ok());
    }

    void oneChangedFileOfManyCostsAFewNodes() {
        SiteTree tree(*m_db);
        auto entries = manifestOf(20'000);
        tree.store(entries);
        const auto [nodes, bytes] = size();
        entries[9'876].key = keyOf(1'000'000);
        const auto changed = tree.store(entries).root;
        QVERIFY2(size().first - nodes <= 5, qPrintable(QString::number(size().first - nodes)));
        QVERIFY2(size().second - bytes < 64 * 1024, qPrintable(QString::number(size().second - bytes)));
        QVERIFY(tree.load(changed) == entries);
        const auto before = size();
        entries.erase(entries.begin() + 5'000);
        tree.store(entries);
        QVERIFY2(size().first - before.first <= 6, qPrintable(QString::number(size().first - before.first)));
    }

    void nodesGoWithTheLastOfTheirSites() {
        SiteTree tree(*m_db);
        auto entries = manifestOf(5'000);
        const auto first = tree.store(entries).root;
        QCOMPARE(tree.store(entries).root, first);
        entries[77].key = keyOf(1'000'000);
        const auto second = tree.store(entries).root;
        tree.retain(second);
        release(tree, first);
        release(tree, first);
        QVERIFY(tree.load(second) == entries);
        QVERIFY(tree.load(first).empty());
        release(tree, second);
        QVERIFY(tree.load(second) == entries);
        release(tree, second);
        QCOMPARE(size().first, 0);
    }

    void assetsAreCountedByTheLeavesThatNameThem() {
        SiteTree tree(*m_db);
        m_db->exec(
            "INSERT INTO assets(key, blob, type, used, refs) VALUES('00000000000000000000000000000007',"
            " 'b', 't', 5, 0)");
        auto entries = manifestOf(1'000);
        const auto first = tree.store(entries).root;
        QCOMPARE(references(), 1);
        tree.store(entries);
        QCOMPARE(references(), 1);
        entries[0].path += "x";
        entries[999].key = keyOf(7);
        const auto second = tree.store(entries).root;
        const auto counted = references();
        QVERIFY(counted >= 2);
        tree.countReferences();
        QCOMPARE(references(), counted);
        release(tree, second);
        QCOMPARE(references(), 1);
        release(tree, first);
        QCOMPARE(references(), 1);
        release(tree, first);
        QCOMPARE(references(), 0);
    }

    void filesAreMeasuredOnceAndThoseOfNewNodesMustBeThere() {
        m_db->exec("BEGIN");
        SiteTree tree(*m_db);
        auto entries = manifestOf(3'000);
        for (const auto& entry : entries)
            addAsset(entry.key, 10);
        QCOMPARE(tree.store(entries).bytes, 30'000);
        addAsset(keyOf(9'999), 25);
        entries[1'500].key = keyOf(9'999);
        const auto changed = tree.store(entries);
        QCOMPARE(changed.bytes, 30'015);
        QVERIFY(!changed.absent);
        // As in databases of older versions.
        m_db->exec("UPDATE nodes SET bytes=NULL");
        QCOMPARE(tree.store(entries).bytes, 30'015);
        entries[7].key = keyOf(123'456);
        const auto broken = tree.store(entries);
        QVERIFY(broken.absent == entries[7]);
        QVERIFY(m_db->ok());
    }

  private:
    void addAsset(const std::string& key, std::int64_t bytes) {
        m_db->query("INSERT INTO blobs(digest, pack, start, bytes, refs) VALUES(?, 1, 0, ?, 1)")
            .bind(key)
            .bind(bytes)
            .run();
        m_db->query("INSERT INTO assets(key, blob, type, used, refs) VALUES(?, ?, 't', 0, 0)")
            .bind(key)
            .bind(key)
            .run();
    }
    static void release(SiteTree& tree, const std::string& root) {
        for (const auto& child : tree.release(root, {}))
            release(tree, child);
    }
    int references() {
        auto query = m_db->query("SELECT refs FROM assets");
        return query.step() ? query.small() : -1;
    }
    std::pair<std::int64_t, std::int64_t> size() {
        auto query = m_db->query("SELECT count(*), coalesce(sum(length(content)), 0) FROM nodes");
        query.step();
        const auto count = query.integer();
        return {count, query.integer()};
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Sqlite> m_db;
};

QTEST_APPLESS_MAIN(TreeTest)
#include "tst_tree.moc"
