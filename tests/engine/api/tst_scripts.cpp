#include "app/engine/api/upload_form.h"
#include "tests/engine/api/rig.h"

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::test;
namespace api = stepwell::api;
using nlohmann::json;

namespace {

constexpr auto multipart = "multipart/form-data; boundary=XX";
constexpr auto script = "/workers/scripts/shop";

std::string part(const std::string& name, const std::string& type, const std::string& body) {
    const auto file = type.empty() ? "" : "; filename=\"" + name + "\"\r\nContent-Type: " + type;
    return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"" + file + "\r\n\r\n" + body +
           "\r\n";
}

json metadata() {
    return {
        {"main_module", "index.js"},
        {"compatibility_date", "2026-01-01"},
        {"compatibility_flags", {"nodejs_compat"}},
        {"bindings",
         json::array(
             {{{"type", "workflow"}, {"name", "W"}, {"workflow_name", "orders"}, {"class_name", "Flow"}}})}};
}

std::string form(const json& meta, const std::string& more = {}) {
    return part("metadata", "", meta.dump()) +
           part("index.js", "application/javascript+module", "export class Flow {}") + more + "--XX--\r\n";
}

}  // namespace

class ScriptsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Rig> rig_;

    JsonAnswer put(const std::string& body) {
        return rig_->call("PUT", std::string(script) + "?excludeScript=true&bindings_inherit=strict", body,
                          multipart);
    }

    void haveDeployed(const json& meta) {
        rig_->data.scripts = {scriptRow("shop")};
        ScriptVersionRow version;
        version.uuid = "bbbbbbbb-0000-4000-8000-000000000009";
        version.number = 3;
        version.metadata = meta.dump();
        version.etag = "e";
        version.created = at(0);
        rig_->data.scriptVersions = {version};
        DeploymentRow deployment;
        deployment.uuid = "cccccccc-0000-4000-8000-000000000001";
        deployment.versionUuid = version.uuid;
        deployment.created = at(0);
        rig_->data.deployments = {deployment};
    }

  private slots:
    void init() {
        rig_ = std::make_unique<Rig>();
        rig_->engine.reply = [](const Request& request) -> Reply {
            if (const auto* asked = std::get_if<PutScriptVersion>(&request))
                return Answer{ScriptVersionPut{asked->version, asked->deploymentUuid}};
            return Answer{Done{at(0)}};
        };
    }

    void uploadsAndDeploys() {
        Bundle checked;
        rig_->engine.check = [&](const Bundle& bundle) -> api::Result<BundleFacts> {
            checked = bundle;
            return BundleFacts{{"Flow"}, {"fetch"}, api::Milliseconds(12)};
        };
        const auto answer = put(
            form(metadata(), part("./a/data.bin", "application/octet-stream", std::string("\0\r\n--X", 6)) +
                                 part("index.js.map", "application/source-map", "{}")));
        QVERIFY2(answer.status == 200, answer.body.dump().c_str());
        const auto command = rig_->engine.only<PutScriptVersion>();
        COMPARE_JSON(answer.result()["id"], "shop");
        COMPARE_JSON(answer.result()["startup_time_ms"], 12);
        QCOMPARE(answer.result()["deployment_id"].get<std::string>(), command.version.uuid);
        QCOMPARE(answer.result()["etag"].get<std::string>(), command.version.etag);
        QVERIFY(command.deploy);
        QCOMPARE(command.version.mainModule, std::string("index.js"));
        QCOMPARE(command.version.modules.size(), 3U);
        QCOMPARE(command.version.entrypoints, std::string(R"(["Flow"])"));
        QCOMPARE(rig_->engine.blobs(),
                 (std::vector<std::string>{"export class Flow {}", std::string("\0\r\n--X", 6), "{}"}));
        QCOMPARE(checked.compatibilityDate, std::string("2026-01-01"));
        QCOMPARE(checked.compatibilityFlags, std::vector<std::string>{"nodejs_compat"});
        QCOMPARE(checked.modules[0].file, std::filesystem::path("blobs/" + command.version.modules[0].blob));
        QVERIFY(checked.bindingsJson.find("orders") != std::string::npos);
    }

    void uploadsAVersionOnly() {
        QCOMPARE(rig_->call("POST", std::string(script) + "/versions", form(metadata()), multipart).code(),
                 10007);
        haveDeployed(metadata());
        const auto answer =
            rig_->call("POST", std::string(script) + "/versions", form(metadata()), multipart);
        QCOMPARE(answer.status, 200);
        QVERIFY(!rig_->engine.only<PutScriptVersion>().deploy);
        QVERIFY(answer.result()["resources"]["script"]["etag"].is_string());
        COMPARE_JSON(answer.result()["startup_time_ms"], 7);
    }

    void whatDoesNotImportIsNotKept() {
        rig_->engine.check = [](const Bundle&) -> api::Result<BundleFacts> {
            return api::fail(400, 10021, "Uncaught SyntaxError at index.js:3:7");
        };
        const auto answer = put(form(metadata()));
        QCOMPARE(answer.code(), 10021);
        QVERIFY(answer.message().find("index.js:3:7") != std::string::npos);
        QVERIFY(rig_->engine.commands().empty());
    }

    void refusesBadForms_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const std::string& body, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(body) << QByteArray(says);
        };
        const auto with = [](const char* key, const json& value) {
            auto meta = metadata();
            meta[key] = value;
            return form(meta);
        };
        const auto binding = [&](const json& value) { return with("bindings", json::array({value})); };
        row("no metadata", part("index.js", "application/javascript+module", "x") + "--XX--", "metadata");
        row("metadata not JSON", part("metadata", "", "{") + "--XX--", "JSON");
        row("no main module", with("main_module", ""), "main_module");
        row("main module missing", with("main_module", "other.js"), "other.js");
        row("service worker", form({{"body_part", "index.js"}}), "ES modules");
        row("traversal", form(metadata(), part("../x.js", "text/plain", "x")), "../x.js");
        row("inner traversal", form(metadata(), part("a/../../x.js", "text/plain", "x")), "relative path");
        row("absolute", form(metadata(), part("/etc/passwd", "text/plain", "x")), "/etc/passwd");
        row("backslash", form(metadata(), part("a\\b", "text/plain", "x")), "relative path");
        row("twice", form(metadata(), part("index.js", "text/plain", "x")), "twice");
        row("python", form(metadata(), part("x.py", "text/x-python", "x")), "Python");
        row("odd type", form(metadata(), part("x.css", "text/css", "x")), "text/css");
        row("kv", binding({{"type", "kv_namespace"}, {"name", "CACHE"}}), "CACHE");
        row("d1", binding({{"type", "d1"}, {"name", "DB"}}), "not supported yet");
        row("ai", binding({{"type", "ai"}, {"name", "AI"}}), "not supported yet");
        row("durable object", binding({{"type", "durable_object_namespace"}, {"name", "DO"}}), "DO");
        row("nameless", binding({{"type", "plain_text"}, {"text", "x"}}), "name");
        row("no text", binding({{"type", "plain_text"}, {"name", "A"}}), "no text");
        row("bad workflow", binding({{"type", "workflow"}, {"name", "A"}, {"workflow_name", "-"}}),
            "workflow_name");
        row("inherit nothing", binding({{"type", "inherit"}, {"name", "A"}}), "inherited");
        row("bindings no list", with("bindings", 5), "list");
        row("migrations", with("migrations", {{"new_tag", "v1"}}), "Durable Objects");
        row("assets", with("assets", {{"jwt", "x"}}), "assets");
        row("date", with("compatibility_date", "yesterday"), "compatibility_date");
        row("flags", with("compatibility_flags", {1}), "compatibility_flags");
        row("export", with("exports", {{"Room", {{"type", "durable-object"}}}}), "Room");
    }
    void refusesBadForms() {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, says);
        const auto answer = put(body.toStdString());
        QVERIFY2(answer.status == 400, answer.body.dump().c_str());
        QVERIFY2(answer.code() == 10021, answer.body.dump().c_str());
        QVERIFY2(answer.message().find(says.toStdString()) != std::string::npos, answer.message().c_str());
        QVERIFY(rig_->engine.commands().empty());
    }

    void refusesOtherBodies() {
        QCOMPARE(rig_->call("PUT", script, "{}", "application/json").status, 415);
        QCOMPARE(rig_->call("PUT", script, "junk", multipart).code(), 10002);
        QCOMPARE(rig_->call("PUT", "/workers/scripts/a%20b", form(metadata()), multipart).code(), 10021);
        QCOMPARE(rig_->call("PUT", "/workers/scripts/..", form(metadata()), multipart).code(), 10021);
    }

    void sourceMapsTakeTheRoomThatTheCodeLeaves() {
        constexpr std::size_t MiB = 1024 * 1024;
        const auto map = [](const char* name, std::size_t bytes) {
            return part(name, "application/source-map", std::string(bytes, ' '));
        };
        http::Request request;
        request.contentType = multipart;
        request.body =
            form(metadata(), part("a.bin", "application/octet-stream", std::string(40 * MiB, ' ')) +
                                 map("a.js.map", 12 * MiB) + map("b.js.map", 10 * MiB) +
                                 map("index.js.map", 11 * MiB) + map("c.js.map", MiB / 4));
        const auto read = rest::readUploadForm(request);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        std::vector<std::string> names;
        for (const auto& module : read->modules)
            names.push_back(module.name);
        QCOMPARE(names,
                 (std::vector<std::string>{"index.js", "a.bin", "index.js.map", "a.js.map", "c.js.map"}));
    }

    void takesMetadataOutOfAFile() {  // as `curl -F "metadata=@metadata.json;type=application/json"` sends it
        const auto file = "--XX\r\nContent-Disposition: form-data; name=\"metadata\"; "
                          "filename=\"metadata.json\"\r\nContent-Type: application/json\r\n\r\n" +
                          metadata().dump() + "\r\n";
        const auto whole = form(metadata());
        QCOMPARE(put(file + whole.substr(whole.find("--XX", 4))).status, 200);
    }

    void secretsAreKeptAndNotTold() {
        auto old = metadata();
        old["bindings"] = json::array({{{"type", "secret_text"}, {"name", "KEY"}, {"text", "s3cret"}},
                                       {{"type", "plain_text"}, {"name", "GREETING"}, {"text", "hi"}},
                                       {{"type", "plain_text"}, {"name", "GONE"}, {"text", "x"}}});
        haveDeployed(old);
        auto fresh = metadata();
        fresh["keep_bindings"] = {"secret_text", "secret_key"};
        fresh["bindings"].push_back({{"type", "inherit"}, {"name", "GREETING"}});
        QCOMPARE(put(form(fresh)).status, 200);
        const auto kept = json::parse(rig_->engine.only<PutScriptVersion>().version.metadata)["bindings"];
        QCOMPARE(kept.size(), 3U);
        COMPARE_JSON(kept[1]["text"], "hi");
        COMPARE_JSON(kept[2]["text"], "s3cret");

        COMPARE_JSON(rig_->get(std::string(script) + "/secrets").result(),
                     json::parse(R"([{"name":"KEY","type":"secret_text"}])"));
        for (const auto* path :
             {"/settings", "/versions", "/versions/bbbbbbbb-0000-4000-8000-000000000009", "/deployments"}) {
            const auto answer = rig_->get(std::string(script) + path);
            QCOMPARE(answer.status, 200);
            QVERIFY(answer.body.dump().find("s3cret") == std::string::npos);
        }
    }

    void secretsOutliveAnUploadThatNamesNoKinds() {
        auto old = metadata();
        old["bindings"].push_back({{"type", "secret_text"}, {"name", "KEY"}, {"text", "s3cret"}});
        haveDeployed(old);
        QCOMPARE(put(form(metadata())).status, 200);  // as releases of wrangler before November 2026 do it
        QVERIFY(rig_->engine.only<PutScriptVersion>().version.metadata.find("s3cret") != std::string::npos);
    }

    void editsSecrets() {
        const auto secrets = std::string(script) + "/secrets";
        const auto answer =
            rig_->call("PUT", secrets, R"({"name":"KEY","text":"s3cret","type":"secret_text"})");
        COMPARE_JSON(answer.result(), json({{"name", "KEY"}, {"type", "secret_text"}}));
        auto command = rig_->engine.only<EditSecrets>();
        QCOMPARE(command.script, std::string("shop"));
        QCOMPARE(command.changes.size(), 1U);
        QCOMPARE(command.changes[0].first, std::string("KEY"));
        QCOMPARE(command.changes[0].second.value_or(""), std::string("s3cret"));
        QVERIFY(!command.versionUuid.empty() && command.versionUuid != command.deploymentUuid);
        for (const auto* body :
             {"{}", R"({"name":"","text":"x"})", R"({"name":"A"})", R"({"name":"A","text":1})",
              R"({"name":"A","text":"x","type":"secret_key"})"})
            QCOMPARE(rig_->call("PUT", secrets, body).code(), 10002);
    }

    void removesAndChangesManySecrets() {
        QCOMPARE(rig_->call("DELETE", std::string(script) + "/secrets/KEY?url_encoded=true").status, 200);
        const auto removed = rig_->engine.only<EditSecrets>();
        QVERIFY(removed.changes[0].first == "KEY" && !removed.changes[0].second);
        const auto answer =
            rig_->call("PATCH", std::string(script) + "/secrets-bulk",
                       R"({"secrets":{"A":{"name":"A","text":"s3cret","type":"secret_text"},"B":null}})",
                       "application/merge-patch+json");
        COMPARE_JSON(answer.result(), json::parse(R"([{"name":"A","type":"secret_text"}])"));
        const auto bulk = std::get<EditSecrets>(rig_->engine.commands().back());
        QVERIFY(bulk.changes[0].second == "s3cret" && !bulk.changes[1].second);
    }

    void tellsOneSecret() {
        auto meta = metadata();
        meta["bindings"].push_back({{"type", "secret_text"}, {"name", "KEY"}, {"text", "s3cret"}});
        haveDeployed(meta);
        COMPARE_JSON(rig_->get(std::string(script) + "/secrets/KEY").result(),
                     json({{"name", "KEY"}, {"type", "secret_text"}}));
        QCOMPARE(rig_->get(std::string(script) + "/secrets/W").code(), 10056);
    }

    void answersBeforeTheFirstDeployment() {
        QCOMPARE(rig_->get("/workers/services/shop").code(), 10090);
        for (const auto* path : {"/secrets", "/deployments", "/settings", "/subdomain", "/versions"}) {
            const auto answer = rig_->get(std::string(script) + path);
            QCOMPARE(answer.status, 404);
            QCOMPARE(answer.code(), 10007);
        }
        COMPARE_JSON(rig_->get("/workers/subdomain").result()["subdomain"], "local");
    }

    void answersAfterIt() {
        haveDeployed(metadata());
        const auto environment = rig_->get("/workers/services/shop").result()["default_environment"];
        COMPARE_JSON(environment["environment"], "production");
        COMPARE_JSON(environment["script"]["last_deployed_from"], "wrangler");
        auto subdomain = rig_->get("/workers/workers/shop").result()["subdomain"];
        subdomain.erase("url");
        COMPARE_JSON(subdomain, json({{"enabled", true}, {"previews_enabled", false}}));
        COMPARE_JSON(rig_->get(std::string(script) + "/subdomain").result(),
                     json({{"enabled", true}, {"previews_enabled", false}}));
        const auto deployment = rig_->get(std::string(script) + "/deployments").result()["deployments"][0];
        COMPARE_JSON(deployment["versions"][0]["version_id"], "bbbbbbbb-0000-4000-8000-000000000009");
        COMPARE_JSON(deployment["versions"][0]["percentage"], 100);
        COMPARE_JSON(
            rig_->get(std::string(script) + "/versions?deployable=true").result()["items"][0]["number"], 3);
        COMPARE_JSON(rig_->get(std::string(script) + "/settings").result()["bindings"][0]["name"], "W");
    }

    void listsWithHandlersAddressAndCrons() {
        haveDeployed(metadata());
        rig_->data.scriptVersions[0].handlers = R"(["fetch","scheduled"])";
        rig_->data.schedules = {{1, {}, ScriptKey(1), "*/5 * * * *", at(0), at(300'000)}};
        const auto listed = rig_->get("/workers/scripts").result()[0];
        COMPARE_JSON(listed["id"], "shop");
        COMPARE_JSON(listed["handlers"], json({"fetch", "scheduled"}));
        COMPARE_JSON(listed["stepwell"]["url"], "http://shop.workers.localhost");
        const auto& cron = listed["stepwell"]["schedules"][0];
        COMPARE_JSON(cron["cron"], "*/5 * * * *");
        COMPARE_JSON(cron["next_run"], api::toIso(at(300'000)));
    }

    void deploysAVersion() {
        const auto path = std::string(script) + "/deployments";
        const auto answer =
            rig_->call("POST", path,
                       R"({"strategy":"percentage","versions":[{"version_id":"v1","percentage":100}],
                                           "annotations":{"workers/message":"hello"},
                                           "code_update_strategy":{"mode":"deferred","max_delay":300}})");
        QCOMPARE(answer.status, 200);
        const auto command = rig_->engine.only<DeployScriptVersion>();
        QCOMPARE(command.versionUuid, std::string("v1"));
        QCOMPARE(answer.result()["id"].get<std::string>(), command.deploymentUuid);
        QVERIFY(command.annotations.find("hello") != std::string::npos);
        for (const auto* body :
             {"{}", R"({"versions":[]})", R"({"versions":[{"version_id":"a","percentage":50}]})",
              R"({"versions":[{"version_id":"a","percentage":50},{"version_id":"b","percentage":50}]})"})
            QCOMPARE(rig_->call("POST", path, body).code(), 10002);
    }

    void changesSettings() {
        rig_->data.scripts = {scriptRow("shop")};
        rig_->data.scripts[0].settings = R"({"logpush":true,"tags":["a"]})";
        const auto answer = rig_->call("PATCH", std::string(script) + "/script-settings", R"({"tags":[]})");
        COMPARE_JSON(answer.result(), json::parse(R"({"logpush":true,"tags":[]})"));
        COMPARE_JSON(json::parse(*rig_->engine.only<PatchScript>().settings), answer.result());
    }

    void switchesTheSubdomain() {
        const auto answer = rig_->call("POST", std::string(script) + "/subdomain", R"({"enabled":true})");
        COMPARE_JSON(answer.result(), json({{"enabled", true}, {"previews_enabled", true}}));
        QCOMPARE(rig_->call("POST", std::string(script) + "/subdomain", R"({"enabled":1})").status, 400);
    }

    void deletesAndTheCallsAround() {
        QCOMPARE(rig_->call("DELETE", "/workers/services/shop?force=true").status, 200);
        QCOMPARE(rig_->engine.only<DeleteScript>().script, std::string("shop"));
        QVERIFY(rig_->get("/durable_objects/namespaces?per_page=1000&page=1").result().empty());
        QVERIFY(rig_->get("/storage/kv/namespaces?per_page=100&page=1").result().empty());
    }
};

QTEST_GUILESS_MAIN(ScriptsTest)
#include "tst_scripts.moc"
