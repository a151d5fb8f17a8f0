#include "tests/models/test_import_job.h"

#include "models/import/import_job.h"
#include "models/import/tools.h"
#include "tests/models/fake_backend.h"
#include "tests/models/project_files.h"

#include <nlohmann/json.hpp>

#include <QSignalSpy>
#include <QtTest>

#include <set>

using namespace stepwell;
using test::FakeBackend;
using test::ProjectFiles;
using Phase = ImportJob::Phase;

namespace {

QString texts(const std::vector<Problem>& problems) {
    QStringList list;
    for (const auto& problem : problems)
        list << toText(problem);
    return list.join('\n');
}

/// Runs one import to its end.
struct Import {
    Import(FakeBackend& backend, const QString& path, const QString& esbuild = findEsbuild())
        : job(&backend, path, esbuild) {
        QObject::connect(&job, &ImportJob::finished, &job, [this](const auto& value) {
            ++ends;
            result = value;
        });
        QObject::connect(&job, &ImportJob::failed, &job, [this](const auto& value) {
            ++ends;
            errors = value;
        });
        QObject::connect(&job, &ImportJob::cancelled, &job, [this] {
            ++ends;
            cancelled = true;
        });
        QObject::connect(&job, &ImportJob::progress, &job, [this](Phase phase, qint64, qint64) {
            if (phases.isEmpty() || phases.last() != phase) phases << phase;
        });
    }
    void run() {
        job.start();
        QTRY_COMPARE_WITH_TIMEOUT(ends, 1, 30'000);
    }

    ImportJob job;
    int ends = 0;
    bool cancelled = false;
    ImportJob::Result result;
    std::vector<Problem> errors;
    QList<Phase> phases;
};

const QByteArray config = R"({"name":"hello","main":"src/index.ts","compatibility_date":"2026-01-01",
    "vars":{"STAGE":"test","N":{"a":1}},
    "workflows":[{"binding":"HELLO","name":"hello-flow","class_name":"HelloWorkflow","limits":{"steps":7}}]})";

void writeProject(const ProjectFiles& files, const QByteArray& wrangler = config) {
    files.write("wrangler.jsonc", wrangler);
    files.write("src/index.ts", test::workerSource);
    files.write("src/greet.ts", test::greetSource);
}

}  // namespace

void ImportJobTest::initTestCase() {
    if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
}

void ImportJobTest::importsAProject() {
    ProjectFiles files;
    writeProject(files);
    FakeBackend backend;
    Import import(backend, files.path());
    import.run();
    QVERIFY2(import.errors.empty(), qPrintable(texts(import.errors)));
    QCOMPARE(import.result.script, std::string("hello"));
    QCOMPARE(import.result.workflows, std::vector<std::string>{"hello-flow"});
    QCOMPARE(import.phases,
             (QList<Phase>{Phase::reading, Phase::bundling, Phase::uploading, Phase::declaring}));
    const auto& upload = backend.uploads.at(0);
    QCOMPARE(upload.script, std::string("hello"));
    QCOMPARE(upload.modules.at(0).name, std::string("index.js"));
    QCOMPARE(upload.modules.at(0).contentType, std::string("application/javascript+module"));
    const auto code = QString::fromStdString(upload.modules.at(0).bytes);
    QVERIFY(code.contains("Hello ${name}") && !code.contains("Promise<string>"));
    QVERIFY(code.contains("from \"cloudflare:workers\""));
    QCOMPARE(upload.modules.at(1).name, std::string("index.js.map"));
    const auto map = nlohmann::json::parse(upload.modules.at(1).bytes);
    const auto sources = map["sources"].get<std::set<std::string>>();
    QCOMPARE(sources, (std::set<std::string>{"src/greet.ts", "src/index.ts"}));
    const auto metadata = nlohmann::json::parse(upload.metadataJson);
    QCOMPARE(metadata["main_module"], "index.js");
    QCOMPARE(metadata["bindings"].size(), std::size_t{3});
    QCOMPARE(backend.declarations.at(0).className, std::string("HelloWorkflow"));
    QCOMPARE(backend.declarations.at(0).settingsJson, std::string(R"({"limits":{"steps":7}})"));
    QCOMPARE(backend.calls,
             (QStringList{"workflows", "uploadScript hello", "putWorkflow hello-flow HelloWorkflow hello"}));
}

void ImportJobTest::setsTheCrons() {
    ProjectFiles files;
    FakeBackend backend;
    for (const auto& [triggers, call] :
         {std::pair{R"("triggers":{"crons":["*/5 * * * *","0 3 * * MON-FRI"]},)",
                    "setWorkerCrons hello */5 * * * * 0 3 * * MON-FRI"},
          std::pair{R"("triggers":{"crons":[]},)", "setWorkerCrons hello"}}) {
        writeProject(files, QByteArray(config).replace("\"vars\"", QByteArray(triggers) + "\"vars\""));
        Import import(backend, files.path());
        import.run();
        QVERIFY2(import.errors.empty(), qPrintable(texts(import.errors)));
        QVERIFY(import.result.warnings.empty());
        QCOMPARE(backend.calls.last(), QString(call));
    }
}

void ImportJobTest::refusedCronsAreTold() {
    ProjectFiles files;
    const auto with = [&](const QByteArray& cron) {
        writeProject(files, QByteArray(config).replace("\"vars\"", "\"triggers\":{\"crons\":[\"" + cron +
                                                                       "\"]},\"vars\""));
    };
    FakeBackend backend;
    with("* * *");
    Import wrong(backend, files.path());
    wrong.run();
    QVERIFY2(texts(wrong.errors).contains("triggers.crons"), qPrintable(texts(wrong.errors)));
    QVERIFY(backend.calls.isEmpty());
    with("0 3 * * *");
    backend.failWith("setWorkerCrons", {400, 10001, "too many"});
    Import refused(backend, files.path());
    refused.run();
    QVERIFY2(texts(refused.errors).contains("Crons: too many"), qPrintable(texts(refused.errors)));
}

void ImportJobTest::importsALoneFile() {
    ProjectFiles files;
    const auto path = files.write("two.js", R"(
        import { WorkflowEntrypoint as Base } from "cloudflare:workers";
        class Shared extends Base {}
        export class OrderFlow extends Shared { async run() {} }
        export class HTTPFlow extends Base { async run() {} }
        class Hidden extends Base {}
        export class Helper {}
        export { Shared as SharedFlow };
        export default { fetch() { return new Response(Hidden.name); } };
    )");
    FakeBackend backend;
    Import import(backend, path);
    import.run();
    QVERIFY2(import.errors.empty(), qPrintable(texts(import.errors)));
    QCOMPARE(import.result.script, std::string("two"));
    auto names = import.result.workflows;
    std::sort(names.begin(), names.end());
    QCOMPARE(names, (std::vector<std::string>{"http-flow", "order-flow", "shared-flow"}));
}

void ImportJobTest::syntaxErrorsHaveAPlace() {
    ProjectFiles files;
    writeProject(files);
    files.write("src/greet.ts", "export const greet = 1;\nconst ä = \"ö\"; let x: number = = 3;\n");
    FakeBackend backend;
    Import import(backend, files.path());
    import.run();
    QCOMPARE(import.errors.size(), std::size_t{1});
    const auto& error = import.errors[0];
    QCOMPARE(error.text, QString("Unexpected \"=\""));
    QCOMPARE(error.file, QString("src/greet.ts"));
    QCOMPARE(error.line, 2);
    QCOMPARE(error.column, 32);
    QVERIFY(error.lineText.startsWith("const ä"));
    QVERIFY(backend.calls.isEmpty());
}

void ImportJobTest::missingImportsHaveAPlaceAndARemedy() {
    ProjectFiles files;
    writeProject(files);
    files.write("src/greet.ts",
                "import pad from \"left-pad\";\nimport \"./gone\";\nexport const greet = pad;\n");
    FakeBackend backend;
    Import import(backend, files.path());
    import.run();
    QCOMPARE(import.errors.size(), std::size_t{2});
    const auto all = texts(import.errors);
    QVERIFY2(all.contains("src/greet.ts:1:17: Could not resolve \"left-pad\". Run \"npm install\""),
             qPrintable(all));
    QVERIFY2(all.contains("src/greet.ts:2:8: Could not resolve \"./gone\". Check the path"), qPrintable(all));
}

void ImportJobTest::reportsAreRead() {
    const auto report = parseEsbuildReport(
        QString::fromUtf8(R"(▲ [WARNING] Duplicate key "a" in object literal [duplicate-object-key]

    w.ts:2:13:
      2 │ let o = {a:1,a:2}; console.log(o)
        ╵              ^

  The original key "a" is here:

    w.ts:2:9:
      2 │ let o = {a:1,a:2}; console.log(o)
        ╵          ^

✘ [ERROR] No loader is configured for ".wasm" files: a.wasm

)"));
    QCOMPARE(report.warnings.size(), std::size_t{1});
    QCOMPARE(report.warnings[0].column, 14);
    QCOMPARE(report.errors.size(), std::size_t{1});
    QCOMPARE(report.errors[0].line, 0);
    QVERIFY(parseEsbuildReport("").errors.empty());
}

void ImportJobTest::missingClassIsNamed() {
    ProjectFiles files;
    writeProject(files, QByteArray(config).replace("HelloWorkflow", "OtherWorkflow"));
    FakeBackend backend;
    Import import(backend, files.path());
    import.run();
    QVERIFY2(texts(import.errors)
                 .contains("needs a class \"OtherWorkflow\", which the code does not export. It exports: "
                           "HelloWorkflow, default"),
             qPrintable(texts(import.errors)));
    QVERIFY(backend.calls.isEmpty());
}

void ImportJobTest::noWorkflowAtAll() {
    ProjectFiles files;
    FakeBackend backend;
    Import import(backend, files.write("x.js", "export default { fetch() {} };"));
    import.run();
    QVERIFY(texts(import.errors).contains("exports no workflow"));
}

void ImportJobTest::refusedUploadKeepsTheReason() {
    ProjectFiles files;
    writeProject(files);
    FakeBackend backend;
    backend.failWith("uploadScript", {400, 10021, "The script does not start: ReferenceError: x"});
    Import import(backend, files.path());
    import.run();
    QCOMPARE(texts(import.errors), QString("The script does not start: ReferenceError: x"));
    QVERIFY(backend.declarations.empty());
}

void ImportJobTest::refusedWorkflowIsNamed() {
    ProjectFiles files;
    const auto path = files.write("two.js", R"(
        import { WorkflowEntrypoint } from "cloudflare:workers";
        export class A extends WorkflowEntrypoint {}
        export class B extends WorkflowEntrypoint {}
    )");
    FakeBackend backend;
    backend.failWith("putWorkflow a ", {409, 10001, "another script owns it"});
    Import import(backend, path);
    import.run();
    const auto all = texts(import.errors);
    QVERIFY2(all.contains("Workflow \"a\": another script owns it"), qPrintable(all));
    QVERIFY2(all.contains("\"two\" was uploaded; declared workflows: b"), qPrintable(all));
}

void ImportJobTest::cancelStopsEverything() {
    ProjectFiles files;
    writeProject(files);
    FakeBackend backend;
    Import import(backend, files.path());
    QObject::connect(&import.job, &ImportJob::progress, &import.job, [&](Phase phase, qint64, qint64) {
        if (phase == Phase::bundling)
            QMetaObject::invokeMethod(&import.job, &ImportJob::cancel, Qt::QueuedConnection);
    });
    import.run();
    QVERIFY(import.cancelled);
    import.job.cancel();
    QCOMPARE(import.ends, 1);
    QVERIFY(backend.calls.isEmpty());
    // Dropping a job half-way must not leave anything behind either.
    auto dropped = std::make_unique<Import>(backend, files.path());
    dropped->job.start();
    QTRY_VERIFY(dropped->phases.contains(Phase::bundling));
    dropped.reset();
}

void ImportJobTest::missingEsbuildIsSaid() {
    ProjectFiles files;
    writeProject(files);
    FakeBackend backend;
    Import none(backend, files.path(), QString());
    none.run();
    QVERIFY(texts(none.errors).contains("esbuild was not found"));
    Import wrong(backend, files.path(), files.folder.filePath("no-such-program"));
    wrong.run();
    QVERIFY(texts(wrong.errors).contains("cannot be started"));
}

void ImportJobTest::nodeModulesNeedTheFlag() {
    ProjectFiles files;
    files.write("src/index.ts", "import { createHash } from \"crypto\";\n" + test::workerSource +
                                    "export const hash = createHash;\n");
    files.write("src/greet.ts", test::greetSource);
    files.write("wrangler.jsonc", config);
    FakeBackend backend;
    Import without(backend, files.path());
    without.run();
    QVERIFY(texts(without.errors).contains("Could not resolve \"crypto\""));
    files.write("wrangler.jsonc", QByteArray(config).replace(
                                      "\"vars\"", "\"compatibility_flags\":[\"nodejs_compat\"],\"vars\""));
    Import with(backend, files.path());
    with.run();
    QVERIFY2(with.errors.empty(), qPrintable(texts(with.errors)));
    QVERIFY(QString::fromStdString(backend.uploads.at(0).modules.at(0).bytes).contains("\"node:crypto\""));
}

void ImportJobTest::findsClassesInBundles() {
    QCOMPARE(findWorkflowClasses(
                 "var A = class extends Late {};\nvar Late = class extends workers.WorkflowEntrypoint {};\n"
                 "var B = class _B extends WorkflowEntrypoint {};\nclass C extends Object {}\n"
                 "export {\n  A,\n  B as Bee,\n  C,\n  Late as default\n};\n"),
             (std::vector<std::string>{"A", "Bee"}));
    QCOMPARE(findWorkflowClasses(""), std::vector<std::string>{});
}

void ImportJobTest::metadata() {
    WorkerProject project;
    project.varsJson = R"({"T":"x","J":[1]})";
    project.compatibilityFlags = {"nodejs_compat"};
    project.workflows.resize(2);
    project.workflows[0] = {"B", "n", "C", "other", "{}"};
    QCOMPARE(
        uploadMetadata(project, "m.js"),
        std::string(R"({"bindings":[{"class_name":"C","name":"B","script_name":"other","type":"workflow",)"
                    R"("workflow_name":"n"},{"json":[1],"name":"J","type":"json"},)"
                    R"({"name":"T","text":"x","type":"plain_text"}],)"
                    R"("compatibility_flags":["nodejs_compat"],"keep_bindings":["secret_text","secret_key"],)"
                    R"("main_module":"m.js"})"));
}

QTEST_GUILESS_MAIN(ImportJobTest)
