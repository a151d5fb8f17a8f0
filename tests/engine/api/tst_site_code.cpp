#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/api/pages_code.h"
#include "app/engine/api/site_report.h"
#include "app/engine/api/tail_filter.h"
#include "app/engine/api/upload_form.h"
#include "app/engine/pages/site_content.h"
#endif

#include <nlohmann/json.hpp>

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::engine::rest;
using nlohmann::json;

namespace {

std::string form(const json& metadata) {
    return "------b0\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n" + metadata.dump() +
           "\r\n------b0\r\nContent-Disposition: form-data; name=\"main.mjs\"; filename=\"main.mjs\"\r\n"
           "Content-Type: application/javascript+module\r\n\r\nexport default {};\r\n------b0--\r\n";
}

SiteCode codeOf(const std::string& text, const json& config = json::object()) {
    SiteCode code;
    code.kind = pages::WorkerKind::bundle;
    code.text = text;
    code.file = "/data/run/site-1";
    code.config = config.dump();
    code.scriptName = siteScriptName("shop", pages::Environment::preview);
    code.branch = "fix";
    code.commit = "abc";
    code.url = "http://1.shop.localhost:1";
    return code;
}

json bindings(const Bundle& bundle) {
    auto named = json::object();
    for (const auto& binding : json::parse(bundle.bindingsJson))
        named[binding["name"].get<std::string>()] = binding;
    return named;
}

/// A report of which one member is an array in an array, and so on.
std::string nested(std::size_t levels, const std::string& key) {
    auto value = std::string(levels, '[');
    value.append(levels, ']');
    return "{\"status\":200,\"" + key + "\":{\"a\":" + value + "}}";
}

pages::SiteRequest request() {
    pages::SiteRequest made;
    made.method = "POST";
    made.outcome = "ok";
    made.headers = R"({"x-kind":"large box","cf-connecting-ip":"127.0.0.1"})";
    made.logs.push_back({1, {}, "paid the bill"});
    return made;
}

}  // namespace

/// What the code of a site becomes, and what tails want.
class SiteCodeTest : public QObject {
    Q_OBJECT
  private slots:
    void modulesArePlacesInTheForm() {
        const auto text = form({{"main_module", "main.mjs"}});
        const auto bundle = siteBundle(codeOf(text));
        QVERIFY2(bundle.has_value(), bundle ? "" : bundle.error().message.c_str());
        QCOMPARE(bundle->mainModule, std::string("main.mjs"));
        QCOMPARE(bundle->modules.size(), 1U);
        const auto& module = bundle->modules[0];
        QCOMPARE(text.substr(module.offset, module.bytes.value()), std::string("export default {};"));
        QCOMPARE(bundle->scriptName, std::string("pages-worker--shop-preview"));
        QVERIFY(!bundle->compatibilityDate.empty());
    }

    void aSingleScriptIsItsFile() {
        auto code = codeOf("export default {};");
        code.kind = pages::WorkerKind::script;
        const auto bundle = siteBundle(code);
        QVERIFY(bundle.has_value());
        QVERIFY(!bundle->modules.at(0).bytes);
    }

    void codeIsComparedWhoeverPackedIt() {
        const json metadata{{"main_module", "main.mjs"},
                            {"compatibility_date", "2026-02-03"},
                            {"bindings",
                             {{{"type", "plain_text"}, {"name", "B"}, {"text", "2"}},
                              {{"type", "secret_text"}, {"name", "A"}, {"text", "hidden"}}}}};
        const auto text = form(metadata);
        const auto parts = codeParts(pages::WorkerKind::bundle, text, "functions");
        QCOMPARE(parts.size(), 2U);
        QCOMPARE(parts[0].name, std::string("functions"));
        QCOMPARE(parts[0].bytes, std::string("export default {};"));
        QCOMPARE(parts[1].name, std::string("code settings"));
        const auto settings = json::parse(parts[1].bytes);
        QCOMPARE(settings["bindings"]["B"]["text"].get<std::string>(), std::string("2"));
        QVERIFY(!settings["bindings"]["A"].contains("text"));
        QVERIFY(!settings.contains("main_module"));

        const auto script = codeParts(pages::WorkerKind::script, "export default {};", "_worker.js");
        QCOMPARE(script.size(), 1U);
        QCOMPARE(script[0].bytes, parts[0].bytes);
    }

    void codeIsGivenOutWithoutSecretsAndCanBeDeployedAgain() {
        const json plain{{"type", "plain_text"}, {"name", "B"}, {"text", "2"}};
        const json secret{{"type", "secret_text"}, {"name", "A"}, {"text", "hidden"}};
        const auto text = form({{"main_module", "main.mjs"}, {"bindings", {plain, secret}}});
        const auto given = codeForm(pages::WorkerKind::bundle, text);
        QVERIFY(given);
        QVERIFY(given->body.find("hidden") == std::string::npos);
        const auto read = readUploadForm(given->contentType, given->body);
        QVERIFY(read);
        QCOMPARE(read->mainModule, std::string("main.mjs"));
        QCOMPARE(read->modules.front().contentType, std::string("application/javascript+module"));
        QCOMPARE(read->modules.front().bytes, std::string_view("export default {};"));
        const auto metadata = json::parse(read->metadata);
        QVERIFY(metadata["bindings"] == json::array({plain}));
        QVERIFY(metadata["stepwell"]["secrets"] == json::array({"A"}));

        const auto script = codeForm(pages::WorkerKind::script, "--\r\n----stepwell-form");
        QVERIFY(script);
        const auto alone = readUploadForm(script->contentType, script->body);
        QVERIFY(alone);
        QCOMPARE(alone->modules.front().bytes, std::string_view("--\r\n----stepwell-form"));
        QVERIFY(!codeForm(pages::WorkerKind::bundle, "no form"));
    }

    void variablesComeFromSettingsAndUpload() {
        const json config{{"compatibility_date", "2026-02-03"},
                          {"compatibility_flags", {"nodejs_compat"}},
                          {"env_vars",
                           {{"A", {{"type", "plain_text"}, {"value", "of the project"}}},
                            {"B", {{"type", "plain_text"}, {"value", "kept"}}},
                            {"S", {{"type", "secret_text"}, {"value", "secret"}}}}}};
        const auto text =
            form({{"main_module", "main.mjs"},
                  {"bindings", {{{"type", "plain_text"}, {"name", "A"}, {"text", "of the upload"}}}}});
        const auto bundle = siteBundle(codeOf(text, config));
        QVERIFY(bundle.has_value());
        const auto named = bindings(*bundle);
        QVERIFY(named["A"]["text"] == "of the upload");
        QVERIFY(named["B"]["text"] == "kept");
        QVERIFY(named["S"]["type"] == "secret_text");
        QVERIFY(named["CF_PAGES"]["text"] == "1");
        QVERIFY(named["CF_PAGES_BRANCH"]["text"] == "fix");
        QVERIFY(named["CF_PAGES_COMMIT_SHA"]["text"] == "abc");
        QVERIFY(named["CF_PAGES_URL"]["text"] == "http://1.shop.localhost:1");
        QCOMPARE(bundle->compatibilityDate, std::string("2026-02-03"));
        QCOMPARE(bundle->compatibilityFlags, std::vector<std::string>{"nodejs_compat"});
    }

    void whatIsNotHereIsNamed() {
        const auto plain = form({{"main_module", "main.mjs"}});
        for (const auto& [config, text] :
             {std::pair{json{{"kv_namespaces", {{"CACHE", {{"namespace_id", "1"}}}}}}, plain},
              std::pair{json{{"d1_databases", {{"CACHE", {{"id", "1"}}}}}}, plain},
              std::pair{json::object(),
                        form({{"main_module", "main.mjs"},
                              {"bindings",
                               {{{"type", "kv_namespace"}, {"name", "CACHE"}, {"namespace_id", "1"}}}}})}}) {
            const auto bundle = siteBundle(codeOf(text, config));
            QVERIFY(!bundle);
            QCOMPARE(bundle.error().code, api::code::scriptInvalid);
            QVERIFY2(bundle.error().message.find("\"CACHE\"") != std::string::npos,
                     bundle.error().message.c_str());
        }
        QVERIFY(!siteBundle(codeOf("no form")));
    }

    void filesAnswerForCodeUnlessTurnedOff() {
        const auto failsOpen = [](const char* config) {
            pages::DeploymentRow row;
            row.config = config;
            return pages::SiteContent(row).failsOpen();
        };
        QVERIFY(failsOpen(""));
        QVERIFY(failsOpen("{}"));
        QVERIFY(failsOpen(R"({"fail_open":true})"));
        QVERIFY(!failsOpen(R"({"fail_open":false})"));
    }

    void reportsAreRead() {
        const auto answered = readReport(
            R"({"status":201,"outcome":"exception","wallTime":1.5,"headers":{"a":"b"},"cf":{"colo":"LOCAL"},)"
            R"("exceptions":[{"name":"RangeError","message":"far","stack":"at x","timestamp":7}]})");
        QCOMPARE(answered.status, 201);
        QCOMPARE(answered.outcome, std::string("exception"));
        QCOMPARE(answered.duration, std::chrono::microseconds(1'500));
        QCOMPARE(answered.headers, std::string(R"({"a":"b"})"));
        QCOMPARE(answered.exceptions.at(0).message, std::string("far"));
        QCOMPARE(answered.exceptions.at(0).time, api::Time{api::Milliseconds{7}});
    }

    void reportsOfUserCodeDoNoHarm() {
        const std::string big(300'000, 'x');
        const json exception{{"name", big}, {"message", big}, {"stack", 7}, {"timestamp", -1e300}};
        const json large{
            {"headers", {{"a", big}}}, {"outcome", big}, {"exceptions", json::array({exception})}};
        const json wrong{{"status", "x"}, {"wallTime", "y"}, {"headers", "z"}, {"exceptions", {7}}};
        const json beyond{{"status", 1e300}, {"wallTime", 1e300}, {"outcome", "mine"}, {"exceptions", 7}};
        for (const std::string& details :
             {std::string(), std::string("{"), std::string("[]"), std::string("\x1e\xff"), large.dump(),
              wrong.dump(), beyond.dump()}) {
            const auto answered = readReport(details);
            QVERIFY(answered.status >= 0 && answered.status <= 999);
            QVERIFY(answered.duration.count() >= 0);
            QCOMPARE(answered.outcome, std::string("unknown"));
            QCOMPARE(answered.headers, std::string("{}"));
            QVERIFY(answered.exceptions.size() <= 1);
            for (const auto& one : answered.exceptions)
                QVERIFY(one.name.size() + one.message.size() + one.stack.size() < 40'000);
        }
    }

    void reportsThatAreTooDeepAreLeftOut() {
        for (const char* key : {"headers", "cf", "exceptions", "other"}) {
            QCOMPARE(readReport(nested(200'000, key)).status, 0);
            QCOMPARE(readReport(nested(20, key)).status, 200);
        }
        QCOMPARE(readReport(nested(200'000, "other").substr(0, 150'000)).status, 0);
    }

    void headersOfAnyKindAreFiltered() {
        const auto filter =
            readTailFilter(R"({"filters":[{"client_ip":["self"]},{"header":{"key":"x-kind"}}]})");
        QVERIFY(filter.has_value());
        auto odd = request();
        for (const char* headers : {R"({"cf-connecting-ip":7,"x-kind":[]})",
                                    R"({"cf-connecting-ip":"::1","x-kind":{}})", "[]", "no JSON"}) {
            odd.headers = headers;
            QVERIFY(!wants(*filter, odd, 0));
        }
    }

    void tailsFilter() {
        const auto wanted = [](const char* filters) {
            const auto filter = readTailFilter(std::string(R"({"filters":)") + filters + "}");
            return filter && wants(*filter, request(), 0.5);
        };
        QVERIFY(wanted("[]"));
        QVERIFY(wanted(R"([{"method":["POST"]},{"outcome":["ok","canceled"]}])"));
        QVERIFY(!wanted(R"([{"method":["GET"]}])"));
        QVERIFY(!wanted(R"([{"outcome":["exception"]}])"));
        QVERIFY(wanted(R"([{"query":"bill"}])"));
        QVERIFY(!wanted(R"([{"query":"Bill"}])"));
        QVERIFY(wanted(R"([{"header":{"key":"X-Kind"}}])"));
        QVERIFY(wanted(R"([{"header":{"key":"X-Kind","query":"large"}}])"));
        QVERIFY(!wanted(R"([{"header":{"key":"X-Kind","query":"small"}}])"));
        QVERIFY(wanted(R"([{"client_ip":["self"]}])"));
        QVERIFY(!wanted(R"([{"client_ip":["10.0.0.1"]}])"));
        QVERIFY(wanted(R"([{"sampling_rate":0.6}])"));
        QVERIFY(!wanted(R"([{"sampling_rate":0.4}])"));
        for (const char* wrong :
             {R"([{"sampling_rate":2}])", R"([{"method":"GET"}])", R"([7])", R"([{"header":{}}])"})
            QVERIFY(!readTailFilter(std::string(R"({"filters":)") + wrong + "}"));
    }
};

QTEST_APPLESS_MAIN(SiteCodeTest)
#include "tst_site_code.moc"
