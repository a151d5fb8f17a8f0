#include "tests/models/test_worker_project.h"

#include "models/import/worker_project.h"
#include "tests/models/project_files.h"

#include <QtTest>

using namespace stepwell;
using test::ProjectFiles;

namespace {

QStringList texts(const std::vector<Problem>& problems) {
    QStringList list;
    for (const auto& problem : problems)
        list << toText(problem);
    return list;
}

ReadProject readConfig(const QByteArray& config, const QString& name = "wrangler.jsonc") {
    ProjectFiles files;
    files.write(name, config);
    files.write("src/index.ts", test::workerSource);
    return readWorkerProject(files.path());
}

}  // namespace

void WorkerProjectTest::readsJsonc() {
    ProjectFiles files;
    files.write("wrangler.jsonc", R"({
        "$schema": "node_modules/wrangler/config-schema.json",
        "name": "shop", // the name
        "main": "src/index.ts",
        "compatibility_date": "2026-01-01",
        "compatibility_flags": ["nodejs_compat"],
        "vars": {"STAGE": "test", "LIMITS": {"n": 3}},
        "workflows": [
            {"binding": "ORDERS", "name": "orders", "class_name": "OrderWorkflow",
             "limits": {"steps": 500}, "schedules": "0 * * * *", "concurrency": {"limit": 10},
             "default_retention": {"success_retention": "3 days"}},
        ],
    })");
    files.write("src/index.ts", test::workerSource);
    const auto read = readWorkerProject(files.path());
    QVERIFY2(read.ok(), qPrintable(texts(read.errors).join('\n')));
    const auto& project = read.project;
    QCOMPARE(project.name, std::string("shop"));
    QCOMPARE(project.entry, QDir(files.path()).filePath("src/index.ts"));
    QCOMPARE(project.folder, files.path());
    QCOMPARE(project.compatibilityDate, std::string("2026-01-01"));
    QCOMPARE(project.compatibilityFlags, std::vector<std::string>{"nodejs_compat"});
    QCOMPARE(project.varsJson, std::string(R"({"LIMITS":{"n":3},"STAGE":"test"})"));
    QCOMPARE(project.workflows.size(), std::size_t{1});
    QCOMPARE(project.workflows[0].binding, std::string("ORDERS"));
    QCOMPARE(project.workflows[0].className, std::string("OrderWorkflow"));
    QCOMPARE(project.workflows[0].settingsJson,
             std::string(R"({"concurrency":{"limit":10},"default_retention":{"success_retention":"3 days"},)"
                         R"("limits":{"steps":500},"schedules":[{"cron":"0 * * * *"}]})"));
    QCOMPARE(texts(project.warnings), QStringList());
    QCOMPARE(readWorkerProject(QDir(files.path()).filePath("wrangler.jsonc")).project.name,
             std::string("shop"));
}

void WorkerProjectTest::readsToml() {
    const auto read = readConfig(R"(
name = "shop"
main = "src/index.ts"
compatibility_date = "2026-01-01"
[vars]
STAGE = "test"
[[workflows]]
binding = "ORDERS"
name = "orders"
class_name = "OrderWorkflow"
schedules = ["0 * * * *", "5 * * * *"]
)",
                                 "wrangler.toml");
    QVERIFY2(read.ok(), qPrintable(texts(read.errors).join('\n')));
    QCOMPARE(read.project.workflows.at(0).name, std::string("orders"));
    QCOMPARE(read.project.workflows.at(0).settingsJson,
             std::string(R"({"schedules":[{"cron":"0 * * * *"},{"cron":"5 * * * *"}]})"));
    QCOMPARE(read.project.varsJson, std::string(R"({"STAGE":"test"})"));
}

void WorkerProjectTest::jsoncGoesBeforeToml() {
    ProjectFiles files;
    files.write("wrangler.toml", "name = \"old\"\n");
    files.write("wrangler.json", R"({"name":"new","main":"a.js"})");
    files.write("a.js", "");
    QCOMPARE(readWorkerProject(files.path()).project.name, std::string("new"));
}

void WorkerProjectTest::findsTheEntryWithoutConfig() {
    ProjectFiles files;
    files.write("My Shop (2)/index.js", "");
    files.write("My Shop (2)/src/index.ts", test::workerSource);
    const auto read = readWorkerProject(files.folder.filePath("My Shop (2)"));
    QVERIFY(read.ok());
    QCOMPARE(read.project.entry, files.folder.filePath("My Shop (2)/src/index.ts"));
    QCOMPARE(read.project.name, std::string("my-shop-2"));
    QVERIFY(read.project.workflows.empty());
    ProjectFiles empty;
    empty.write("readme.md", "x");
    QVERIFY(texts(readWorkerProject(empty.path()).errors).join("").contains("no Worker project"));
}

void WorkerProjectTest::readsALoneFile() {
    ProjectFiles files;
    const auto path = files.write("Order Flow.ts", test::workerSource);
    const auto read = readWorkerProject(path);
    QVERIFY(read.ok());
    QCOMPARE(read.project.name, std::string("order-flow"));
    QVERIFY(!read.project.compatibilityDate.empty());
    QCOMPARE(read.project.entry, path);
    QCOMPARE(read.project.folder, files.path());
    const auto generic = readWorkerProject(files.write("thing/index.mjs", ""));
    QCOMPARE(generic.project.name, std::string("thing"));
}

void WorkerProjectTest::namesUnsupportedBindings() {
    const auto read = readConfig(R"({"name":"s","main":"src/index.ts",
        "kv_namespaces":[{"binding":"CACHE","id":"1"},{"binding":"USERS","id":"2"}],
        "durable_objects":{"bindings":[{"name":"ROOM","class_name":"Room"}]},
        "queues":{"producers":[{"binding":"JOBS","queue":"jobs"}]},
        "d1_databases":[], "ai":{"binding":"AI"}, "services":[{"binding":"AUTH","service":"auth"}],
        "r2_buckets":[{"binding":"FILES","bucket_name":"b"}]})");
    const auto all = texts(read.errors).join('\n');
    QCOMPARE(read.errors.size(), std::size_t{6});
    for (const char* part : {"KV namespace CACHE, USERS", "Durable Object ROOM", "queue JOBS",
                             "AI binding AI", "service binding AUTH", "R2 bucket FILES", "wrangler.jsonc"})
        QVERIFY2(all.contains(part), qPrintable(all));
}

void WorkerProjectTest::warnsAboutUnknownKeys() {
    const auto read = readConfig(R"({"name":"s","main":"src/index.ts","routes":["x"],"frobnicate":1,
        "workflows":[{"binding":"B","name":"n","class_name":"C","colour":"red"}]})");
    QVERIFY(read.ok());
    const auto all = texts(read.project.warnings).join('\n');
    QCOMPARE(read.project.warnings.size(), std::size_t{4});
    for (const char* part : {"\"compatibility_date\" is missing; 2026", "\"routes\"", "\"frobnicate\"",
                             "workflows[0]: \"colour\""})
        QVERIFY2(all.contains(part), qPrintable(all));
}

void WorkerProjectTest::refusesBadWorkflows() {
    const auto read =
        readConfig(R"({"name":"s s","main":"src/index.ts","vars":[],"compatibility_flags":"x","workflows":[
        {"binding":"A","name":"bad name","class_name":"C"}, {"name":"n"}, 7, {"binding":"B","name":"n","class_name":5,
         "schedules":[""]}]})");
    const auto all = texts(read.errors).join('\n');
    for (const char* part :
         {"\"s s\"", "\"bad name\"", "workflows[1] has no \"binding\"", "workflows[1] has no \"class_name\"",
          "workflows[2] must be an object", "\"n\" is used twice", "\"class_name\" must be a text",
          "\"schedules\"", "\"vars\"", "\"compatibility_flags\""})
        QVERIFY2(all.contains(part), qPrintable(QString(part) + " in\n" + all));
    QVERIFY(!readConfig(R"({"name":"s","main":"src/index.ts","workflows":{}})").ok());
}

void WorkerProjectTest::workflowOfAnotherScript() {
    auto read = readConfig(R"({"name":"s","main":"src/index.ts","workflows":[
        {"binding":"A","name":"a","class_name":"C","script_name":"other"},
        {"binding":"B","name":"b","class_name":"C","script_name":"s"}]})");
    QVERIFY(read.ok());
    QCOMPARE(read.project.workflows[0].scriptName, std::string("other"));
    QCOMPARE(read.project.workflows[1].scriptName, std::string());
    read = readConfig(R"({"name":"s","main":"src/index.ts","workflows":[
        {"binding":"A","name":"a","class_name":"C","script_name":"other","limits":{"steps":1}}]})");
    QVERIFY(texts(read.errors).join("").contains("belongs to the script \"other\""));
}

void WorkerProjectTest::missingMain() {
    auto read = readConfig(R"({"name":"s","main":"src/gone.ts"})");
    QVERIFY(texts(read.errors).join("").contains("\"src/gone.ts\", but there is no such file"));
    read = readConfig(R"({"name":"s"})");
    QVERIFY(read.ok());
    QVERIFY(read.project.entry.endsWith("src/index.ts"));
}

void WorkerProjectTest::brokenConfigHasAPlace() {
    const auto read = readConfig("{\n  \"name\": \"s\"\n  \"main\": \"x\"\n}");
    QCOMPARE(read.errors.size(), std::size_t{1});
    QCOMPARE(read.errors[0].file, QString("wrangler.jsonc"));
    QCOMPARE(read.errors[0].line, 3);
}

void WorkerProjectTest::refusesZipsAndOthers() {
    ProjectFiles files;
    QVERIFY(
        texts(readWorkerProject(files.write("shop.zip", "PK")).errors).join("").contains("drop the folder"));
    QVERIFY(!readWorkerProject(files.write("notes.txt", "x")).ok());
    QVERIFY(!readWorkerProject(files.folder.filePath("nothing")).ok());
}

void WorkerProjectTest::looksOnly() {
    ProjectFiles files;
    files.write("a/wrangler.toml", "");
    files.write("b/index.html", "");
    QVERIFY(looksLikeWorkerProject(files.folder.filePath("a")));
    QVERIFY(!looksLikeWorkerProject(files.folder.filePath("b")));
    QVERIFY(looksLikeWorkerProject(files.write("x.ts", "")));
    QVERIFY(!looksLikeWorkerProject(files.write("x.zip", "")));
}

void WorkerProjectTest::kebab() {
    QCOMPARE(kebabCase("OrderWorkflow"), std::string("order-workflow"));
    QCOMPARE(kebabCase("HTTPSync2Flow"), std::string("http-sync2-flow"));
    QCOMPARE(kebabCase("$Odd_Name"), std::string("odd-name"));
    QCOMPARE(kebabCase("x"), std::string("x"));
    QCOMPARE(kebabCase("$"), std::string("workflow"));
}

QTEST_GUILESS_MAIN(WorkerProjectTest)
