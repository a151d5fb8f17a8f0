#include "tests/models/fake_backend.h"

namespace stepwell::test {

namespace sample {

namespace {

constexpr std::int64_t shopDeployments = 40;

api::SiteFile file(const std::string& path, std::int64_t size, const std::string& type, int content) {
    auto key = std::to_string(content);
    key.insert(0, 32 - key.size(), '0');
    return {path, size, type, key};
}

}  // namespace

api::SiteDeployment siteDeploymentAt(std::int64_t index, std::int64_t total) {
    const auto number = total - index;
    const bool production = index % 3 == 2;
    auto id = std::to_string(number);
    id.insert(0, 8 - std::min<std::size_t>(8, id.size()), '0');
    api::SiteDeployment row;
    row.id = id + "-16be-45cd-81e0-63d722e82cdf";
    row.shortId = id;
    row.projectName = "shop";
    row.environment = production ? api::SiteEnvironment::production : api::SiteEnvironment::preview;
    row.url = "http://" + id + ".shop.localhost:8790";
    row.branch = production ? "main" : index % 3 == 0 ? "redesign/checkout-with-vouchers" : "fix-prices";
    if (index == 1 || index == 3)
        row.aliases = {index == 1 ? "http://fix-prices.shop.localhost:8790"
                                  : "http://redesign.shop.localhost:8790"};
    row.createdOn = baseTime() - std::chrono::minutes(17 * index);
    row.latestStage = {"deploy", index == 7 ? "failure" : "success", row.createdOn, row.createdOn};
    for (const char* name : {"queued", "initialize", "clone_repo", "build", "deploy"})
        row.stages.push_back({name, "success", row.createdOn, *row.createdOn + std::chrono::milliseconds(4)});
    row.stages.back().status = row.latestStage.status;
    row.trigger = "ad_hoc";
    row.commitHash = "9c41e0aa" + id;
    row.commitMessage =
        index % 4 == 0 ? "Vouchers can be typed in at the checkout" : "Prices with two digits";
    row.variables = {{"API_URL", "https://api.example.com", false}, {"TOKEN", {}, true}};
    row.files = 120 + index % 7;
    row.bytes = 4'218'113 + index * 1000;
    row.live = index == 2;
    return row;
}

std::vector<api::SiteProject> siteProjects() {
    api::SiteProject shop;
    shop.name = "shop";
    shop.subdomain = "shop.localhost:8790";
    shop.url = "http://shop.localhost:8790";
    shop.domains = {"shop.localhost:8790", "www.example.com"};
    shop.productionBranch = "main";
    shop.createdOn = baseTime();
    shop.production.variables = {{"API_URL", "https://api.example.com", false}, {"TOKEN", {}, true}};
    shop.live = siteDeploymentAt(2, shopDeployments);
    shop.latest = siteDeploymentAt(0, shopDeployments);
    shop.productionCount = 13;
    shop.previewCount = 27;
    api::SiteProject landing;
    landing.name = "landing-page-of-the-spring-campaign";
    landing.subdomain = landing.name + ".localhost:8790";
    landing.url = "http://" + landing.subdomain;
    landing.domains = {landing.subdomain};
    landing.productionBranch = "main";
    landing.productionCount = 0;
    landing.previewCount = 0;
    return {shop, landing};
}

std::vector<api::SiteFile> siteFiles() {
    return {file("/404.html", 812, "text/html", 1),
            file("/_astro/index.4f1c09aa.css", 18'204, "text/css", 2),
            file("/_astro/index.93bb12.js", 184'320, "application/javascript", 3),
            file("/about/index.html", 9'412, "text/html", 4),
            file("/about/team/index.html", 7'300, "text/html", 5),
            file("/img/logo.svg", 3'100, "image/svg+xml", 6),
            file("/img/hero@2x.avif", 212'000, "image/avif", 7),
            file("/index.html", 9'900, "text/html", 8),
            file("/robots.txt", 67, "text/plain", 9)};
}

std::vector<api::SiteFile> siteFilesBefore() {
    auto files = siteFiles();
    files[7] = file("/index.html", 9'400, "text/html", 18);
    files[5].path = "/logo.svg";
    files.erase(files.begin() + 6);
    files.push_back(file("/old.html", 500, "text/html", 19));
    return files;
}

api::SiteRules siteRules() {
    api::SiteRules rules;
    rules.redirects = {{1, "/old", "/about", 301, false}, {2, "/blog/:slug", "/posts/:slug", 302, true}};
    rules.redirectWarnings = {{3, "/bad", "A rule needs a source and a target."}};
    rules.headers = {{"/img/*", {{"cache-control", "public, max-age=31536000"}}, {"Link"}}};
    rules.headerWarnings = {{5, "nonsense", "A header needs a name, a colon and a value."}};
    rules.worker = "none";
    return rules;
}

api::SiteRequestList siteRequests() {
    const std::string host = "http://4f1c09aa.shop.localhost:8790";
    const auto request = [&](std::int64_t id, const char* path, int status, double took, bool code) {
        api::SiteRequest row;
        row.id = id;
        row.time = baseTime() + std::chrono::seconds(id);
        row.method = "GET";
        row.url = host + path;
        row.status = status;
        row.took = std::chrono::duration<double, std::milli>(took);
        row.byCode = code;
        row.outcome = "ok";
        return row;
    };
    api::SiteRequestList list;
    list.total = 4812;
    list.rows = {request(4808, "/", 200, 0.3, false),
                 request(4809, "/_astro/index.93bb12.js", 200, 0.4, false),
                 request(4810, "/api/cart?user=17", 200, 8.1, true),
                 request(4811, "/api/pay", 500, 21.7, true), request(4812, "/favicon.ico", 404, 0.2, false)};
    list.rows[2].logs = {{1, -1, api::LogLevel::log, list.rows[2].time, "cart of 17 has 3 entries"}};
    list.rows[3].method = "POST";
    list.rows[3].outcome = "exception";
    list.rows[3].exceptions = {{"TypeError", "Cannot read properties of undefined (reading 'amount')",
                                "TypeError: Cannot read properties of undefined (reading 'amount')\n    at "
                                "onRequestPost (functions/api/pay.ts:12:31)"}};
    list.rows[3].logs = {{1, -1, api::LogLevel::warn, list.rows[3].time, "no amount in the order"}};
    return list;
}

}  // namespace sample

void FakeBackend::fillSites() {
    siteProjectList = sample::siteProjects();
    auto& shop = siteDeploymentLists["shop"];
    for (std::int64_t index = 0; index < sample::shopDeployments; ++index) {
        shop.push_back(sample::siteDeploymentAt(index, sample::shopDeployments));
        siteFileLists[shop.back().id] = index == 2 ? sample::siteFiles() : sample::siteFilesBefore();
        siteRuleSets[shop.back().id] = sample::siteRules();
        if (index < 3) siteRequestLists[shop.back().id] = sample::siteRequests();
        siteLogs[shop.back().id] = {{shop.back().createdOn, "Received 9 files, 445115 bytes."},
                                    {shop.back().createdOn, "Warning: _redirects line 3: not a rule."},
                                    {shop.back().createdOn, "Success: the deployment is published."}};
    }
    siteDomainLists["shop"] = {{"www.example.com", "active", {}, sample::baseTime()}};
}

}  // namespace stepwell::test
