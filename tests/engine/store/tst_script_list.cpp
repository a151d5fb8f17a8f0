#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/store/reader.h"
#include "app/engine/store/schema.h"
#include "app/engine/store/sqlite_transaction.h"
#endif

#include <QTemporaryDir>
#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;

/// The list of Workers, as the database gives it.
class ScriptListTest : public QObject {
    Q_OBJECT

    static ScriptKey addScript(SqliteTransaction& transaction, const std::string& name) {
        ScriptRow row;
        row.name = name;
        row.tag = name + "-tag";
        transaction.putScript(row);
        return row.key;
    }
    static void addVersion(SqliteTransaction& transaction, ScriptKey script, const std::string& uuid,
                           const std::string& handlers) {
        ScriptVersionRow row;
        row.uuid = uuid;
        row.script = script;
        row.handlers = handlers;
        row.modules = {{"index.js", "application/javascript+module", "blob", 7}};
        transaction.insertScriptVersion(row);
    }
    static void deploy(SqliteTransaction& transaction, ScriptKey script, const std::string& version) {
        DeploymentRow row;
        row.script = script;
        row.uuid = "of-" + version;
        row.versionUuid = version;
        transaction.insertDeployment(row);
    }

  private slots:
    void tellsWhatTheDeployedVersionHandles() {
        const QTemporaryDir dir;
        const auto file = std::filesystem::path(dir.path().toStdString()) / "stepwell.db";
        const auto db = std::move(*openDatabase(file));
        SqliteTransaction transaction(*db);
        transaction.begin();
        const auto shop = addScript(transaction, "shop");
        addVersion(transaction, shop, "v1", R"(["fetch"])");
        addVersion(transaction, shop, "v2", R"(["fetch","scheduled"])");
        addVersion(transaction, shop, "v3", "[]");  // uploaded only
        deploy(transaction, shop, "v1");
        deploy(transaction, shop, "v2");
        addScript(transaction, "bare");
        for (const auto* cron : {"*/5 * * * *", "0 0 * * *"}) {
            ScheduleRow row;
            row.script = shop;
            row.cron = cron;
            transaction.putSchedule(row);
        }
        ScheduleRow ofWorkflow;
        ofWorkflow.workflow = WorkflowKey{1};
        ofWorkflow.script = shop;
        ofWorkflow.cron = "1 1 * * *";
        transaction.putSchedule(ofWorkflow);
        std::string error;
        QVERIFY2(transaction.commit(error), error.c_str());

        const auto reader = std::move(*Reader::open(file));
        const auto listings = reader->scriptListings();
        QVERIFY(listings);
        QCOMPARE(listings->size(), 2U);
        const auto& bare = listings->at(0);
        QCOMPARE(bare.script.name, std::string("bare"));
        QCOMPARE(bare.handlers, std::string("[]"));
        QVERIFY(bare.schedules.empty());
        const auto& listed = listings->at(1);
        QCOMPARE(listed.script.name, std::string("shop"));
        QCOMPARE(listed.handlers, std::string(R"(["fetch","scheduled"])"));
        QCOMPARE(listed.schedules.size(), 2U);
        QCOMPARE(listed.schedules.at(0).cron, std::string("*/5 * * * *"));
        QCOMPARE(listed.schedules.at(1).cron, std::string("0 0 * * *"));
    }
};

QTEST_GUILESS_MAIN(ScriptListTest)
#include "tst_script_list.moc"
