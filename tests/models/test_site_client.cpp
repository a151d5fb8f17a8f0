#include "test_site_client.h"

#include "fake_server.h"
#include "models/http_backend.h"

#include <QTest>

namespace stepwell::test {

namespace {

const QByteArray deploymentJson = R"({
    "id": "87bbc8fe-16be-45cd-81e0-63d722e82cdf", "short_id": "87bbc8fe", "project_name": "foo",
    "environment": "preview", "url": "http://87bbc8fe.foo.localhost:8790",
    "aliases": ["http://staging.foo.localhost:8790"], "created_on": "2026-01-01T00:00:00.000000Z",
    "latest_stage": {"name":"deploy","status":"success","started_on":"2026-01-01T00:00:00Z","ended_on":null},
    "stages": [{"name":"queued","status":"success"},{"name":"deploy","status":"success"}],
    "deployment_trigger": {"type":"ad_hoc","metadata":{"branch":"staging","commit_hash":"abc",
        "commit_message":"First","commit_dirty":true}},
    "env_vars": {"TOKEN":{"type":"secret_text","value":"x"},"MODE":{"type":"plain_text","value":"test"}},
    "uses_functions": true, "stepwell": {"files":12,"bytes":3456,"live":false,"newest_of_branch":true}})";

const QByteArray projectJson = R"({
    "id": "p1", "name": "foo", "subdomain": "foo.localhost:8790", "domains": ["foo.localhost:8790","a.test"],
    "production_branch": "main", "created_on": "2026-01-01T00:00:00Z", "source": null,
    "deployment_configs": {"production": {"env_vars": {"B":{"value":"2"},"A":{"type":"plain_text","value":"1"}},
        "compatibility_date":"2026-01-01","compatibility_flags":["nodejs_compat"]}, "preview": {}},
    "canonical_deployment": null, "latest_deployment": )" +
                               deploymentJson + R"(,
    "stepwell": {"production_count":2,"preview_count":3,"requests":{"total":10,"errors":1}}})";

BackendAddress addressOf(const FakeServer& server) {
    return {.name = QStringLiteral("Test"),
            .apiBase = server.apiBase(),
            .account = "acc",
            .token = "secret",
            .live = false};
}

template <class T>
struct Answer {
    std::optional<api::Result<T>> value;
    Done<T> done() {
        return [this](api::Result<T> answer) { value = std::move(answer); };
    }
};

}  // namespace

void SiteClientTest::readsProjects() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.body =
                                      FakeServer::success("[" + projectJson + "]", "{\"total_count\":1}")};
    };
    HttpBackend backend(addressOf(server));
    Answer<std::vector<api::SiteProject>> answer;
    backend.siteProjects(this, answer.done());
    QTRY_VERIFY(answer.value);
    QCOMPARE(server.seen.front().target,
             QByteArray("/client/v4/accounts/acc/pages/projects?page=1&per_page=10"));
    QCOMPARE((*answer.value)->size(), std::size_t{1});
    const auto& project = (*answer.value)->front();
    QCOMPARE(project.url, std::string("http://foo.localhost:8790"));
    QCOMPARE(project.domains.size(), std::size_t{2});
    QVERIFY(!project.live && project.latest && !project.fromGit);
    QCOMPARE(project.latest->branch, std::string("staging"));
    QCOMPARE(project.production.variables.front().name, std::string("A"));
    QCOMPARE(project.production.compatibilityFlags.front(), std::string("nodejs_compat"));
    QCOMPARE(project.productionCount.value_or(-1), std::int64_t{2});
    QCOMPARE(project.requests->total, std::int64_t{10});
}

void SiteClientTest::readsDeployments() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.body = FakeServer::success(deploymentJson)};
    };
    HttpBackend backend(addressOf(server));
    Answer<api::SiteDeployment> answer;
    backend.siteDeployment("foo", "87bbc8fe", this, answer.done());
    QTRY_VERIFY(answer.value);
    QCOMPARE(server.seen.front().target,
             QByteArray("/client/v4/accounts/acc/pages/projects/foo/deployments/87bbc8fe"));
    const auto& deployment = **answer.value;
    QVERIFY(deployment.environment == api::SiteEnvironment::preview);
    QCOMPARE(deployment.aliases.size(), std::size_t{1});
    QCOMPARE(deployment.stages.size(), std::size_t{2});
    QCOMPARE(deployment.latestStage.status, std::string("success"));
    QVERIFY(deployment.commitDirty && deployment.usesFunctions);
    QCOMPARE(deployment.variables.front().value, std::string("test"));
    QVERIFY(deployment.variables.back().secret && deployment.variables.back().value.empty());
    QCOMPARE(deployment.files.value_or(0), std::int64_t{12});
    QVERIFY(deployment.live && !*deployment.live);
    QVERIFY(deployment.newestOfBranch && *deployment.newestOfBranch);
}

void SiteClientTest::passesFiltersOn() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{
            .body = FakeServer::success("[" + deploymentJson + "]", "{\"total_count\":1000000}")};
    };
    HttpBackend backend(addressOf(server));
    Answer<api::SiteDeploymentList> answer;
    backend.siteDeployments({.project = "foo",
                             .environment = api::SiteEnvironment::preview,
                             .branch = "a/b",
                             .text = "fix it",
                             .page = 40'000},
                            this, answer.done());
    QTRY_VERIFY(answer.value);
    QCOMPARE(server.seen.front().target,
             QByteArray("/client/v4/accounts/acc/pages/projects/foo/deployments?page=40000&per_page=25"
                        "&env=preview&stepwell_branch=a%2Fb&stepwell_text=fix%20it"));
    QCOMPARE((*answer.value)->total, std::int64_t{1'000'000});
    QVERIFY((*answer.value)->filters);
}

void SiteClientTest::saysWhenFiltersAreUnknown() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.body = FakeServer::success(R"([{"id":"1"}])")};
    };
    HttpBackend backend(addressOf(server));
    Answer<api::SiteDeploymentList> plain;
    backend.siteDeployments({.project = "foo", .environment = {}, .branch = {}, .text = {}, .page = 2}, this,
                            plain.done());
    QTRY_VERIFY(plain.value);
    QVERIFY(plain.value->has_value() && !(*plain.value)->filters);
    QCOMPARE((*plain.value)->total, std::int64_t{26});
    Answer<api::SiteDeploymentList> filtered;
    backend.siteDeployments({.project = "foo", .environment = {}, .branch = "main", .text = {}}, this,
                            filtered.done());
    QTRY_VERIFY(filtered.value);
    QVERIFY(!filtered.value->has_value());
    QVERIFY(filtered.value->error().message.find("cannot search") != std::string::npos);
}

void SiteClientTest::changesOnlyWhatIsSet() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.body = FakeServer::success(projectJson)}; };
    HttpBackend backend(addressOf(server));
    api::SiteProjectChange change;
    change.preview.set.push_back({"KEY", "text", true});
    change.preview.removed.push_back("OLD");
    Answer<api::SiteProject> answer;
    backend.changeSiteProject("foo", change, this, answer.done());
    QTRY_VERIFY(answer.value);
    QCOMPARE(server.seen.front().method, QByteArray("PATCH"));
    QCOMPARE(server.seen.front().body,
             QByteArray(R"({"deployment_configs":{"preview":{"env_vars":{"OLD":null,)"
                        R"("KEY":{"type":"secret_text","value":"text"}}}}})"));
    Answer<api::SiteProject> made;
    backend.createSiteProject({"bar", "trunk"}, this, made.done());
    QTRY_VERIFY(made.value);
    QCOMPARE(server.seen.back().body, QByteArray(R"({"name":"bar","production_branch":"trunk"})"));
}

void SiteClientTest::deletesAndRollsBack() {
    FakeServer server;
    server.handler = [](const auto& request) {
        return FakeServer::Answer{
            .body = FakeServer::success(request.target.endsWith("/rollback") ? deploymentJson : "null")};
    };
    HttpBackend backend(addressOf(server));
    Answer<void> removed;
    backend.deleteSiteDeployment("foo", "1", Backend::SiteDeletion::withAliases, this, removed.done());
    QTRY_VERIFY(removed.value);
    QVERIFY(removed.value->has_value());
    QVERIFY(server.seen.back().target.endsWith("/deployments/1?force=true"));
    Answer<api::SiteDeployment> back;
    backend.rollBackSite("foo", "1", this, back.done());
    QTRY_VERIFY(back.value);
    QCOMPARE(server.seen.back().method, QByteArray("POST"));
    QCOMPARE((*back.value)->shortId, std::string("87bbc8fe"));
    Answer<void> domain;
    backend.deleteSiteDomain("foo", "a.test", this, domain.done());
    QTRY_VERIFY(domain.value);
    QVERIFY(server.seen.back().target.endsWith("/projects/foo/domains/a.test"));
}

void SiteClientTest::keepsOddAnswersHarmless() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{
            .body = FakeServer::success(
                R"([{"name":7,"domains":{"a":1},"deployment_configs":[],"latest_deployment":"x"},3,null])")};
    };
    HttpBackend backend(addressOf(server));
    Answer<std::vector<api::SiteProject>> answer;
    backend.siteProjects(this, answer.done());
    QTRY_VERIFY(answer.value);
    QCOMPARE((*answer.value)->size(), std::size_t{1});
    QVERIFY(!(*answer.value)->front().latest);
}

void SiteClientTest::readsRulesAndExplanations() {
    FakeServer server;
    server.handler = [](const auto& request) {
        return FakeServer::Answer{
            .body = FakeServer::success(
                request.target.endsWith("/rules")
                    ? R"({"redirects":{"rules":[{"line":2,"from":"/a","to":"/b","status":301,"dynamic":true}],
                          "warnings":[{"line":null,"text":"x","reason":"Too many."}],"notes":[]},
                         "headers":{"rules":[{"path":"/*","set":[["x-a","1"],["bad"]],"removed":["Link"]}]},
                         "routes":{"include":["/api/*"],"exclude":[]},"worker":"bundle",
                         "functions":{"routes":[{"routePath":"/api","method":"GET","module":["api.js:onGet"]}]}})"
                    : R"({"url":"http://a.localhost/x","method":"GET","runs_worker":false,"status":200,
                          "headers":[["ETag","\"1\""]],"file":{"path":"/x.html","size":3,
                          "content_type":"text/html","key":"k"},"body":"","steps":["One","Two"]})")};
    };
    HttpBackend backend(addressOf(server));
    Answer<api::SiteRules> rules;
    backend.siteRules("foo", "1", this, rules.done());
    QTRY_VERIFY(rules.value);
    const auto& parsed = **rules.value;
    QVERIFY(parsed.redirects.front().dynamic && !parsed.redirectWarnings.front().line);
    QCOMPARE(parsed.headers.front().set.front().second, std::string("1"));
    QVERIFY(parsed.hasRoutes);
    QCOMPARE(parsed.functions.front().module, std::string("api.js:onGet"));
    Answer<api::SiteExplanation> explanation;
    backend.explainSite("foo", "1", "/x?a=b", this, explanation.done());
    QTRY_VERIFY(explanation.value);
    QVERIFY(server.seen.back().target.endsWith(
        "/stepwell/pages/projects/foo/deployments/1/explain?url=%2Fx%3Fa%3Db"));
    QCOMPARE((*explanation.value)->file->path, std::string("/x.html"));
    QCOMPARE((*explanation.value)->steps.size(), std::size_t{2});
}

void SiteClientTest::readsTheLogOfRequests() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{
            .body = FakeServer::success(
                R"({"total":812,"requests":[{"id":9,"time":"2026-11-20T10:00:00.250Z","method":"GET","url":"http://a/x",
                "status":500,"duration_ms":1.5,"source":"worker","outcome":"exception",
                "exceptions":[{"name":"TypeError","message":"no","stack":"TypeError: no","time":null}],
                "logs":[{"level":"warn","time":"2026-11-20T10:00:00.100Z","text":"careful"}]}, 3]})")};
    };
    HttpBackend backend(addressOf(server));
    Answer<api::SiteRequestList> answer;
    backend.siteRequests("foo", "1", 8, this, answer.done());
    QTRY_VERIFY(answer.value);
    QVERIFY(server.seen.back().target.endsWith(
        "/stepwell/pages/projects/foo/deployments/1/requests?limit=1000&after=8"));
    const auto& list = **answer.value;
    QCOMPARE(list.total, std::int64_t{812});
    const auto& request = list.rows.front();
    QVERIFY(request.byCode && request.failed() && request.took.count() == 1.5);
    QCOMPARE(request.exceptions.front().stack, std::string("TypeError: no"));
    QVERIFY(request.logs.front().level == api::LogLevel::warn);
    backend.siteRequests("foo", "1", -1, this, answer.done());
    QTRY_VERIFY(server.seen.back().target.endsWith("/requests?limit=1000"));
}

void SiteClientTest::visitsWithoutTheToken() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.status = 404, .body = "no", .type = "text/html"};
    };
    HttpBackend backend(addressOf(server));
    Answer<api::SiteResponse> answer;
    backend.visitSite(server.origin() + "/page", this, answer.done());
    QTRY_VERIFY(answer.value);
    QCOMPARE((*answer.value)->status, 404);
    QCOMPARE((*answer.value)->bytes, std::int64_t{2});
    QVERIFY(!server.seen.back().headers.contains("authorization"));
    const auto& headers = (*answer.value)->headers;
    QVERIFY(std::any_of(headers.begin(), headers.end(),
                        [](const auto& header) { return header.second == "text/html"; }));
}

}  // namespace stepwell::test

QTEST_GUILESS_MAIN(stepwell::test::SiteClientTest)
