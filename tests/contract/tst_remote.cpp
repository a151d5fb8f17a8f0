#include "tests/contract/support/contract_server.h"
#include "tests/contract/support/contract_window.h"
#include "tests/contract/support/remote_engine.h"

#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr int patienceMs = 60'000;
constexpr int mostTries = 5;

const std::string source = R"(
import { WorkflowEntrypoint } from "cloudflare:workers";
export class Gated extends WorkflowEntrypoint {
  async run(event, step) {
    const before = await step.do("before", async () => ({ id: crypto.randomUUID() }));
    await step.waitForEvent("gate", { type: "go", timeout: "10 minutes" });
    await step.do("after", async () => "done");
    return before;
  }
}
export default { async fetch() { return new Response("hello"); } };
)";
const std::string metadata = R"({"main_module":"index.js","compatibility_date":"2026-06-01",
    "bindings":[{"type":"workflow","name":"GATED","workflow_name":"gated","class_name":"Gated"}]})";

struct Verb {
    QString name;
    QString permission;  ///< that a refusal names
    std::function<void(Backend&, QObject*, std::function<void(std::optional<api::Error>)>)> run;
};

using Told = std::function<void(std::optional<api::Error>)>;
template <class T>
Done<T> into(const Told& told) {
    return [told](api::Result<T> answer) {
        told(answer ? std::optional<api::Error>() : std::optional(answer.error()));
    };
}

/// Everything that changes something, in an order in which an edit token succeeds with all of it.
std::vector<Verb> verbs() {
    const auto change = [](Backend::Verb verb, std::optional<Backend::RestartFrom> from = {}) {
        return [verb, from](Backend& b, QObject* c, Told t) {
            b.changeStatus("gated", "one", verb, from, c, into<api::Status>(t));
        };
    };
    return {
        {"upload a script", "Workers: edit",
         [](Backend& b, QObject* c, Told t) {
             b.uploadScript(
                 {"gated-worker", metadata, {{"index.js", "application/javascript+module", source}}}, c, {},
                 into<void>(t));
         }},
        {"declare a workflow", "Workflows: edit",
         [](Backend& b, QObject* c, Told t) {
             b.putWorkflow({"gated", "Gated", "gated-worker"}, c, into<void>(t));
         }},
        {"trigger", "Workflows: edit",
         [](Backend& b, QObject* c, Told t) {
             b.trigger("gated", "one", R"({"a":1})", c, into<std::string>(t));
         }},
        {"pause", "Workflows: edit", change(Backend::Verb::pause)},
        {"resume", "Workflows: edit", change(Backend::Verb::resume)},
        {"send an event", "Workflows: edit",
         [](Backend& b, QObject* c, Told t) { b.sendEvent("gated", "one", "other", "1", c, into<void>(t)); }},
        {"restart", "Workflows: edit", change(Backend::Verb::restart)},
        {"terminate", "Workflows: edit", change(Backend::Verb::terminate)},
        {"restart from a step", "Workflows: edit",
         change(Backend::Verb::restart, Backend::RestartFrom{"before", 1, "do"})},
        {"delete instances", "Workflows: edit",
         [](Backend& b, QObject* c, Told t) {
             b.deleteInstances("gated", {"one"}, c, into<BatchOutcome>(t));
         }},
        {"change what is kept", "Workflows: edit",
         [](Backend& b, QObject* c, Told t) {
             b.setAccountRetention({api::Milliseconds{86'400'000}, {}}, c, into<api::Retention>(t));
         }},
        {"put a secret", "Workers: edit",
         [](Backend& b, QObject* c, Told t) {
             b.putSecret("gated-worker", "KEY", "value", c, into<void>(t));
         }},
        {"delete a secret", "Workers: edit",
         [](Backend& b, QObject* c, Told t) { b.deleteSecret("gated-worker", "KEY", c, into<void>(t)); }},
        {"set crons", "Workers: edit",
         [](Backend& b, QObject* c, Told t) { b.setWorkerCrons("gated-worker", {}, c, into<void>(t)); }},
        {"create a site", "Pages: edit",
         [](Backend& b, QObject* c, Told t) {
             b.createSiteProject({"shop", "main"}, c, into<api::SiteProject>(t));
         }},
        {"change a site", "Pages: edit",
         [](Backend& b, QObject* c, Told t) {
             b.changeSiteProject("shop", {.productionBranch = "trunk", .production = {}, .preview = {}}, c,
                                 into<api::SiteProject>(t));
         }},
        {"add a domain", "Pages: edit",
         [](Backend& b, QObject* c, Told t) {
             b.addSiteDomain("shop", "shop.example.com", c, into<void>(t));
         }},
        {"delete a domain", "Pages: edit",
         [](Backend& b, QObject* c, Told t) {
             b.deleteSiteDomain("shop", "shop.example.com", c, into<void>(t));
         }},
        {"delete a site", "Pages: edit",
         [](Backend& b, QObject* c, Told t) { b.deleteSiteProject("shop", c, into<void>(t)); }},
        {"delete a workflow", "Workflows: edit",
         [](Backend& b, QObject* c, Told t) { b.deleteWorkflow("gated", c, into<void>(t)); }},
        {"delete a Worker", "Workers: edit",
         [](Backend& b, QObject* c, Told t) { b.deleteWorker("gated-worker", c, into<void>(t)); }},
    };
}

}  // namespace

/// A second engine over TLS: all that the one of this machine can do with a token that may edit; every verb
/// refused, with the permission named, with one that may read.
class RemoteTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void readTokensAreRefusedEveryVerb();
    void editTokensMayDoAll();
    void onlyItsOwnCertificateIsBelieved();
    void revokedAtOnce();

  private:
    std::optional<api::Error> triedOnce(Backend& backend, const Verb& verb);
    /// The error of a verb, or nothing when it went well.
    std::optional<api::Error> outcomeOf(Backend& backend, const Verb& verb);
    std::optional<api::Error> read(Backend& backend);

    std::unique_ptr<RemoteEngine> remote_;
    QString edit_;
    QString readOnly_;
};

void RemoteTest::initTestCase() {
    useOwnFolders("remote");
    remote_ = std::make_unique<RemoteEngine>(QString::fromUtf8(qgetenv("HOME")) + "/engine");
    QVERIFY2(remote_->start(), qPrintable(remote_->problem()));
    QVERIFY(remote_->engine().api().startsWith("https://"));
    edit_ = remote_->createToken({"--permission", "edit", "--name", "edits"}).value("token").toString();
    readOnly_ = remote_->createToken({"--permission", "read", "--name", "reads"}).value("token").toString();
    QVERIFY2(!edit_.isEmpty() && !readOnly_.isEmpty(), qPrintable(remote_->problem()));
}

std::optional<api::Error> RemoteTest::triedOnce(Backend& backend, const Verb& verb) {
    std::optional<std::optional<api::Error>> told;
    verb.run(backend, this, [&told](auto error) { told = std::move(error); });
    if (!QTest::qWaitFor([&] { return told.has_value(); }, patienceMs))
        return api::Error{0, 0, verb.name.toStdString() + " was not answered"};
    return *told;
}

/// Over a bad network as a person does it: what was cut off is tried again, and when it had arrived after all
/// the engine says so.
std::optional<api::Error> RemoteTest::outcomeOf(Backend& backend, const Verb& verb) {
    auto error = triedOnce(backend, verb);
    for (int again = 0; BadNetwork::isWanted() && error && error->http == 0 && again < mostTries; ++again) {
        error = triedOnce(backend, verb);
        if (error && (error->http == 404 || error->http == 409)) return std::nullopt;
    }
    return error;
}

std::optional<api::Error> RemoteTest::read(Backend& backend) {
    return outcomeOf(backend, {"read", {}, [](Backend& b, QObject* c, Told t) {
                                   b.workflows(c, into<std::vector<api::Workflow>>(t));
                               }});
}

void RemoteTest::readTokensAreRefusedEveryVerb() {
    const auto backend = makeBackend(remote_->spec(), readOnly_);
    QVERIFY(!read(*backend));
    QStringList wrong;
    for (const auto& verb : verbs()) {
        const auto error = outcomeOf(*backend, verb);
        const auto message = error ? QString::fromStdString(error->message) : QString("it was allowed");
        if (!error || error->http != 403 || error->code != api::code::authentication ||
            !message.contains(verb.permission) || message.contains(readOnly_))
            wrong << verb.name + ": " + message;
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
}

void RemoteTest::editTokensMayDoAll() {
    const auto backend = makeBackend(remote_->spec(), edit_);
    const auto statusIs = [&](std::initializer_list<api::Status> wanted) {
        std::optional<api::Result<api::InstanceDetail>> answer;
        backend->instance("gated", "one", {}, this, [&answer](auto detail) { answer = std::move(detail); });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, patienceMs) || !*answer) return false;
        return std::find(wanted.begin(), wanted.end(), (*answer)->status) != wanted.end();
    };
    for (const auto& verb : verbs()) {
        // Each needs the instance where a person would find it: waiting at its gate, or paused.
        if (QStringList{"pause", "send an event", "restart", "terminate"}.contains(verb.name))
            QTRY_VERIFY2_WITH_TIMEOUT(statusIs({api::Status::waiting}), qPrintable(verb.name), patienceMs);
        if (verb.name == "resume")
            QTRY_VERIFY2_WITH_TIMEOUT(statusIs({api::Status::paused, api::Status::waitingForPause}),
                                      qPrintable(verb.name), patienceMs);
        const auto error = outcomeOf(*backend, verb);
        QVERIFY2(!error, qPrintable(verb.name + ": " + QString::fromStdString(error ? error->message : "")));
    }
}

void RemoteTest::onlyItsOwnCertificateIsBelieved() {
    auto spec = remote_->spec();
    spec.caFile.clear();
    const auto speaksOfIt = [](const std::optional<api::Error>& error) {
        return error && error->http == 0 && error->message.find("certificate") != std::string::npos;
    };
    auto refused = read(*makeBackend(spec, edit_));
    // A connection that is cut says nothing of certificates.
    for (int again = 0; BadNetwork::isWanted() && !speaksOfIt(refused) && again < mostTries; ++again) {
        QVERIFY(refused);
        refused = read(*makeBackend(spec, edit_));
    }
    QVERIFY2(speaksOfIt(refused), refused ? refused->message.c_str() : "it was believed");
    spec.pinnedSha256 = remote_->publicKey();
    QVERIFY(!read(*makeBackend(spec, edit_)));
    spec.pinnedSha256 = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    QVERIFY(read(*makeBackend(spec, edit_)));
}

void RemoteTest::revokedAtOnce() {
    const auto token = remote_->createToken({"--permission", "read", "--expires", "1 hours"});
    const auto backend = makeBackend(remote_->spec(), token.value("token").toString());
    QVERIFY(!read(*backend));
    QVERIFY2(remote_->revokeToken(token.value("id").toString()), qPrintable(remote_->problem()));
    const auto refused = read(*backend);
    QVERIFY(refused && refused->http == 401);
}

QTEST_MAIN(RemoteTest)
#include "tst_remote.moc"
