#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <nlohmann/json.hpp>

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;

/// Deployments, secrets, and what they do to the workflows of a script.
class TestScripts : public QObject {
    Q_OBJECT

    static Reply edit(CoreRig& rig, const std::string& name, const std::optional<std::string>& text,
                      const std::string& uuid) {
        return rig.ask(EditSecrets{"worker", {{name, text}}, uuid, "deployment-" + uuid});
    }
    static std::string metadataOf(const Reply& reply) {
        return std::get<ScriptVersionPut>(*reply).version.metadata;
    }

  private slots:
    void aSecretMakesAVersionThatNewInstancesRun() {
        CoreRig rig;
        const auto before = rig.create("before");
        const auto put = edit(rig, "KEY", "s3cret", "second");
        QVERIFY(put);
        QVERIFY(metadataOf(put).find("s3cret") != std::string::npos);
        rig.create("after");
        QVERIFY(rig.row("after").version != rig.row("before").version);
        QVERIFY(rig.row("before").key == before);
        const auto& types = rig.feedTypes();
        QVERIFY(std::find(types.begin(), types.end(), "workflow_changed") != types.end());
    }

    void aSecretIsReplacedAndRemoved() {
        CoreRig rig;
        edit(rig, "KEY", "one", "v2");
        const auto replaced = metadataOf(edit(rig, "KEY", "two", "v3"));
        QVERIFY(replaced.find("two") != std::string::npos);
        QVERIFY(replaced.find("one") == std::string::npos);
        const auto removed = nlohmann::json::parse(metadataOf(edit(rig, "KEY", std::nullopt, "v4")));
        QVERIFY(removed["bindings"].empty());
        QCOMPARE(edit(rig, "KEY", std::nullopt, "v5").error().code, api::code::secretNotFound);
        QCOMPARE(rig.ask(EditSecrets{"other", {{"A", "b"}}, "x", "y"}).error().code,
                 api::code::scriptNotFound);
    }

    void aSecretDoesNotHideAnotherBinding() {
        CoreRig rig;
        PutScriptVersion upload;
        upload.script = "worker";
        upload.version.uuid = "v2";
        upload.version.entrypoints = R"(["Flow"])";
        upload.version.metadata = R"({"bindings":[{"type":"plain_text","name":"KEY","text":"x"}]})";
        upload.deploymentUuid = "d2";
        rig.ask(upload);
        QCOMPARE(edit(rig, "KEY", "s3cret", "v3").error().code, api::code::bindingInUse);
        QVERIFY(edit(rig, "OTHER", "s3cret", "v4"));
    }

    void aDeploymentMovesTheWorkflowsOfItsScript() {
        CoreRig rig;
        rig.create("first");
        PutScriptVersion upload;
        upload.script = "worker";
        upload.version.uuid = "v2";
        upload.version.entrypoints = R"(["Flow"])";
        upload.deploy = false;
        rig.ask(upload);
        rig.create("uploaded");
        QVERIFY(rig.row("uploaded").version == rig.row("first").version);
        rig.ask(DeployScriptVersion{"worker", "v2", "d2"});
        rig.create("deployed");
        QVERIFY(rig.row("deployed").version != rig.row("first").version);
        // Declaring it as it is makes no further version.
        const auto put = rig.ask(PutWorkflow{"flow", "Flow", "worker", "{}", "u", "unused"});
        QVERIFY(std::get<WorkflowPut>(*put).versionUuid != "unused");
    }

    void aClassThatIsGoneKeepsItsCode() {
        CoreRig rig;
        PutScriptVersion upload;
        upload.script = "worker";
        upload.version.uuid = "v2";
        upload.version.entrypoints = R"(["Other"])";
        upload.deploymentUuid = "d2";
        rig.create("first");
        rig.ask(upload);
        rig.create("second");
        QVERIFY(rig.row("second").version == rig.row("first").version);
    }
};

QTEST_GUILESS_MAIN(TestScripts)
#include "tst_scripts.moc"
