#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;

/// Calls of user code through workflow bindings.
class TestBindings : public QObject {
    Q_OBJECT

    /// A second Worker whose bindings these are; answers the key of its version.
    static ScriptVersionKey deployCaller(CoreRig& rig, const std::string& bindings) {
        PutScriptVersion upload;
        upload.script = "caller";
        upload.scriptTag = "tag2";
        upload.version.uuid = "caller-version";
        upload.version.metadata = "{\"bindings\":" + bindings + "}";
        upload.deploymentUuid = "caller-deployment";
        return std::get<ScriptVersionPut>(*rig.ask(upload)).version.key;
    }
    static ScriptVersionKey permitted(CoreRig& rig) {
        return deployCaller(
            rig, R"([{"type":"workflow","name":"FLOW","workflow_name":"flow","script_name":"worker"},
                                     {"type":"workflow","name":"GONE","workflow_name":"gone","script_name":"worker"},
                                     {"type":"workflow","name":"OWN","workflow_name":"flow"},
                                     {"type":"plain_text","name":"TEXT","text":"x"}])");
    }
    static BindingAnswer call(CoreRig& rig, ScriptVersionKey caller, const std::string& binding,
                              BindingCall::Operation operation) {
        CallBindings calls;
        calls.caller = caller;
        calls.calls.push_back({binding, std::move(operation)});
        return std::get<BindingAnswers>(*rig.ask(calls)).answers.at(0);
    }
    static CreateInstances instances(const std::vector<std::string>& ids) {
        CreateInstances create;
        for (const auto& id : ids) {
            CreateInstance instance;
            instance.id = id;
            create.instances.push_back(instance);
        }
        return create;
    }

  private slots:
    void createsInTheWorkflowOfAnotherWorker() {
        CoreRig rig;
        const auto caller = permitted(rig);
        const auto answer = call(rig, caller, "FLOW", instances({"a", "b", "a"}));
        QVERIFY(!answer.error);
        QCOMPARE(answer.created.size(), 3U);
        QVERIFY(!answer.created[0] && !answer.created[1]);
        QCOMPARE(answer.created[2]->code, api::code::instanceExists);
        QVERIFY(rig.row("a").trigger == api::TriggerSource::binding);
        QVERIFY(rig.heard().find("Flow") != std::string::npos);
    }

    void reachesOnlyWhatABindingNames() {
        CoreRig rig;
        const auto caller = permitted(rig);
        rig.create("a");
        for (const auto* binding : {"OTHER", "TEXT", ""})
            QCOMPARE(call(rig, caller, binding, TerminateInstance{{}, "a"}).error->http, 403);
        QCOMPARE(call(rig, ScriptVersionKey{99}, "FLOW", GetInstance{{}, "a"}).error->http, 403);
        // Naming another workflow in the call itself changes nothing.
        QVERIFY(!call(rig, caller, "FLOW", GetInstance{"other", "a"}).error);
        const auto missing = call(rig, caller, "GONE", GetInstance{{}, "a"});
        QCOMPARE(missing.error->code, api::code::workflowNotFound);
        const auto foreign = call(rig, caller, "OWN", GetInstance{{}, "a"});
        QVERIFY(foreign.error->message.find("script_name") != std::string::npos);
        QVERIFY(!api::isFinal(rig.row("a").status));
    }

    void carriesEveryVerb() {
        CoreRig rig;
        const auto caller = permitted(rig);
        rig.create("a");
        QVERIFY(!call(rig, caller, "FLOW", PauseInstance{{}, "a"}).error);
        QVERIFY(rig.row("a").status == api::Status::paused);
        QVERIFY(!call(rig, caller, "FLOW", ResumeInstance{{}, "a"}).error);
        QVERIFY(rig.row("a").status == api::Status::running);
        QVERIFY(!call(rig, caller, "FLOW", SendEvent{{}, "a", "go", "j1"}).error);
        QVERIFY(!call(rig, caller, "FLOW", TerminateInstance{{}, "a"}).error);
        QCOMPARE(call(rig, caller, "FLOW", TerminateInstance{{}, "a"}).error->code,
                 api::code::cannotTerminate);
        QCOMPARE(call(rig, caller, "FLOW", RestartInstance{{}, "a", RestartInstance::From{"x"}}).error->code,
                 api::code::cannotRestart);
        QVERIFY(!call(rig, caller, "FLOW", RestartInstance{{}, "a", {}}).error);
        const auto found = call(rig, caller, "FLOW", GetInstance{{}, "a"}).found;
        QVERIFY(found && found->status == api::Status::running);
        QCOMPARE(call(rig, caller, "FLOW", GetInstance{{}, "nobody"}).error->code,
                 api::code::instanceNotFound);
    }

    void oneBadCallDoesNotStopTheOthers() {
        CoreRig rig;
        CallBindings calls;
        calls.caller = permitted(rig);
        calls.calls.push_back({"FLOW", tl::unexpected(api::Error{400, api::code::badBody, "malformed"})});
        calls.calls.push_back({"FLOW", instances({"a"})});
        const auto answers = std::get<BindingAnswers>(*rig.ask(calls)).answers;
        QCOMPARE(answers[0].error->message, std::string("malformed"));
        QVERIFY(!answers[1].error && !answers[1].created[0]);
    }
};

QTEST_GUILESS_MAIN(TestBindings)
#include "tst_bindings.moc"
