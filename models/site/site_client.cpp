#include "models/site/site_client.h"

#include "models/client/await_answer.h"
#include "models/client/link.h"
#include "models/client/parse.h"
#include "models/client/parse_pages.h"
#include "models/json/bounded_json.h"
#include "models/site/archive.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <thread>

namespace stepwell::site {

using client::Request;
using client::Response;
using json = nlohmann::ordered_json;
namespace read = client::detail;

namespace {

constexpr std::chrono::milliseconds idleLimit{60'000};
constexpr std::size_t mostListed = 1'000'000;
constexpr std::chrono::milliseconds stopCheck{20};

static_assert(codeCancelled == client::stoppedCode);

std::string hashesBody(const std::vector<std::string>& keys) {
    std::string body = "{\"hashes\":[";
    body.reserve(keys.size() * 35 + 16);
    for (const auto& key : keys)
        body.append(body.back() == '[' ? "\"" : ",\"").append(key).append("\"");
    return body + "]}";
}

/// The middle part of a token, as JSON; null when there is none.
json claimsOf(const std::string& jwt) {
    const auto first = jwt.find('.');
    const auto second = jwt.find('.', first + 1);
    if (first == std::string::npos || second == std::string::npos) return {};
    std::string text;
    unsigned bits = 0;
    int held = 0;
    for (auto i = first + 1; i < second; ++i) {
        constexpr std::string_view alphabet =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        const char c = jwt[i] == '+' ? '-' : jwt[i] == '/' ? '_' : jwt[i];
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos) continue;
        bits = (bits << 6U | static_cast<unsigned>(digit)) & 0xFFFFU;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        text += static_cast<char>(bits >> static_cast<unsigned>(held) & 0xFFU);
    }
    return parseBounded<json>(text);
}

template <class T, class From>
api::Result<T> resultOf(const api::Result<Response>& response, From from) {
    if (!response) return api::fail(response.error());
    const auto answer = read::envelope(*response);
    if (!answer) return api::fail(answer.error());
    return from(read::at(*answer, "result"));
}

void addField(std::vector<client::Part>& parts, const char* name, const std::string& text) {
    if (!text.empty()) parts.push_back({name, {}, {}, text});
}

void addFile(std::vector<client::Part>& parts, const char* name, const std::string& bytes) {
    if (!bytes.empty()) parts.push_back({name, name, "application/octet-stream", bytes});
}

}  // namespace

SiteClient::SiteClient(SiteAddress address, std::shared_ptr<const Stop> stop)
    : m_address(std::move(address))
    , m_routes(m_address.apiBase, m_address.account)
    , m_stop(std::move(stop))
    , m_budgets(client::sharedBudgets(m_address.apiBase, m_address.token))
    , m_uploads(std::make_shared<client::SharedBudgets>(std::nullopt, std::nullopt))
    , m_client(client::trustFor(m_address.apiBase, m_address.account)) {}

Request SiteClient::request(const char* method, std::string url, std::string token) const {
    Request result;
    result.method = method;
    result.url = std::move(url);
    result.bearerToken = std::move(token);
    result.timeout = std::chrono::milliseconds{0};  // a slow line is no failure, a silent one is
    result.idleTimeout = idleLimit;
    return result;
}

api::Result<void> SiteClient::waitForTurn(client::SharedBudgets& budgets, std::chrono::seconds patience) {
    using client::Budget;
    for (;;) {
        if (*m_stop) return api::fail(0, codeCancelled, "Cancelled.");
        const auto wait = budgets.tryTake(false, Budget::Urgency::click, Budget::Clock::now());
        if (wait <= Budget::Clock::duration::zero()) return {};
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
        if (seconds > patience)
            return api::fail(429, api::code::limited,
                             "The backend takes no more requests for now, and none was sent. Try again in " +
                                 std::to_string(seconds.count()) + " s.");
        std::this_thread::sleep_for(std::min<Budget::Clock::duration>(wait, stopCheck));
    }
}

api::Result<Response> SiteClient::ask(Request request, Progress progress, std::chrono::seconds patience) {
    auto& budgets = request.bearerToken == m_address.token ? *m_budgets : *m_uploads;
    if (auto turn = waitForTurn(budgets, patience); !turn) return tl::unexpected(turn.error());
    request.wantsHeaders = true;
    // What upload tokens open may be done twice: assets are what they are called.
    request.once = !request.isRead() && request.bearerToken == m_address.token;
    auto answer = exchange(std::move(request), std::move(progress));
    if (answer) client::heed(budgets, *answer);
    return answer;
}

api::Result<Response> SiteClient::exchange(Request request, Progress progress) {
    client::Handle handle;
    auto answer = client::awaitAnswer(*m_stop, [&](client::Callback done) {
        handle = m_client.send(std::move(request), std::move(done), std::move(progress));
    });
    if (!answer && answer.error().code == client::stoppedCode) handle.cancel();
    return answer;
}

api::Result<api::SiteProject> SiteClient::createProject(const api::NewSiteProject& project) {
    auto post = request("POST", m_routes.siteProjects(), m_address.token);
    post.body = client::newSiteProjectBody(project);
    const auto response = ask(std::move(post));
    if (!response) return tl::unexpected(response.error());
    return client::parseSiteProject(*response);
}

api::Result<std::optional<api::SiteProject>> SiteClient::project(const std::string& name) {
    const auto response = ask(request("GET", m_routes.siteProject(name), m_address.token));
    if (!response) return tl::unexpected(response.error());
    auto project = client::parseSiteProject(*response);
    if (!project && project.error().code == code::projectNotFound) return std::nullopt;
    if (!project) return tl::unexpected(project.error());
    return std::optional(std::move(*project));
}

api::Result<std::vector<api::SiteDeployment>> SiteClient::newest(const std::string& project) {
    const auto response = ask(request("GET", m_routes.siteDeployments(project), m_address.token));
    if (!response) return tl::unexpected(response.error());
    auto list = client::parseSiteDeployments(*response);
    if (!list) return tl::unexpected(list.error());
    return std::move(list->rows);
}

api::Result<void> SiteClient::removeEmptyProject(const std::string& project) {
    constexpr std::chrono::seconds soon{5};
    auto list = request("GET", m_routes.siteDeployments(project), m_address.token);
    list.timeout = soon;
    const auto listed = ask(std::move(list), {}, soon);
    if (!listed) return tl::unexpected(listed.error());
    const auto deployments = client::parseSiteDeployments(*listed);
    if (!deployments) return tl::unexpected(deployments.error());
    if (!deployments->rows.empty())
        return api::fail(0, code::projectNotEmpty,
                         "The project " + project + " stays: somebody has deployed into it.");
    auto remove = request("DELETE", m_routes.siteProject(project) + client::query({{"only_empty", "true"}}),
                          m_address.token);
    remove.timeout = soon;
    const auto removed = ask(std::move(remove), {}, soon);
    if (!removed) return tl::unexpected(removed.error());
    return client::parseNothing(*removed);
}

api::Result<std::vector<api::SiteFile>> SiteClient::files(const std::string& project,
                                                          const std::string& deployment) {
    std::vector<api::SiteFile> all;
    for (std::string cursor;;) {
        auto url = m_routes.siteFiles(project, deployment);
        if (!cursor.empty()) url += client::query({{"cursor", cursor}});
        const auto response = ask(request("GET", std::move(url), m_address.token));
        if (!response) return tl::unexpected(response.error());
        auto page = client::parseSiteFiles(*response);
        if (!page) return tl::unexpected(page.error());
        std::move(page->rows.begin(), page->rows.end(), std::back_inserter(all));
        cursor = page->cursor;
        if (cursor.empty() || page->rows.empty()) return all;
        if (all.size() > mostListed)
            return api::fail(0, api::code::tooLarge,
                             "The backend lists more than 1,000,000 files of the deployment " + deployment +
                                 " of " + project + ", which no deployment has.");
    }
}

api::Result<std::string> SiteClient::asset(const std::string& key) {
    const auto response = ask(request("GET", m_routes.siteAsset(key), m_address.token));
    if (!response) return tl::unexpected(response.error());
    return client::parseAsset(*response);
}

api::Result<std::string> SiteClient::part(const DeploymentName& of, const std::string& name) {
    const auto response = ask(request("GET", m_routes.sitePart(of.project, of.id, name), m_address.token));
    if (!response) return tl::unexpected(response.error());
    return client::parseAsset(*response);
}

api::Result<UploadToken> SiteClient::uploadToken(const std::string& project) {
    const auto url = m_routes.siteUploadToken(project);
    return resultOf<UploadToken>(ask(request("GET", url, m_address.token)), [](const json& result) {
        UploadToken token;
        token.jwt = read::text(result, "jwt");
        const auto claims = claimsOf(token.jwt);
        token.mostFiles = read::integer(claims, "max_file_count_allowed", api::usualMostSiteFiles);
        token.keepsChecked = read::flag(claims, "stepwell_keeps_checked", false);
        return token;
    });
}

api::Result<std::vector<std::string>> SiteClient::missing(const std::string& jwt,
                                                          const std::vector<std::string>& keys) {
    auto post = request("POST", m_routes.siteAssets("check-missing"), jwt);
    post.body = hashesBody(keys);
    return resultOf<std::vector<std::string>>(ask(std::move(post)), [](const json& result) {
        std::vector<std::string> missing;
        if (result.is_array())
            for (const auto& key : result)
                if (key.is_string()) missing.push_back(key.get<std::string>());
        return missing;
    });
}

api::Result<void> SiteClient::upload(const std::string& jwt, std::string body, Progress progress) {
    auto post = request("POST", m_routes.siteAssets("upload"), jwt);
    post.body = std::move(body);
    const auto response = ask(std::move(post), std::move(progress));
    if (!response) return tl::unexpected(response.error());
    return client::parseNothing(*response);
}

api::Result<void> SiteClient::touch(const std::string& jwt, const std::vector<std::string>& keys) {
    auto post = request("POST", m_routes.siteAssets("upsert-hashes"), jwt);
    post.body = hashesBody(keys);
    const auto response = ask(std::move(post));
    if (!response) return tl::unexpected(response.error());
    return client::parseNothing(*response);
}

api::Result<api::SiteDeployment> SiteClient::deploy(const std::string& project, const DeploymentForm& form,
                                                    Progress progress) {
    auto post = request("POST", m_routes.siteDeployments(project), m_address.token);
    addField(post.parts, "manifest", form.manifest);
    addField(post.parts, "branch", form.branch);
    addField(post.parts, "commit_message", form.commitMessage);
    addField(post.parts, "commit_hash", form.commitHash);
    addFile(post.parts, "_headers", form.headers);
    addFile(post.parts, "_redirects", form.redirects);
    addFile(post.parts, "functions-filepath-routing-config.json", form.routingConfig);
    addFile(post.parts, "_worker.bundle", form.workerBundle);
    if (!form.workerBundle.empty()) addFile(post.parts, "_routes.json", form.routes);
    const auto response = ask(std::move(post), std::move(progress));
    if (!response) return tl::unexpected(response.error());
    return client::parseSiteDeployment(*response);
}

api::Result<api::SiteDeployment> SiteClient::deployment(const std::string& project, const std::string& id) {
    const auto response = ask(request("GET", m_routes.siteDeployment(project, id), m_address.token));
    if (!response) return tl::unexpected(response.error());
    return client::parseSiteDeployment(*response);
}

std::string SiteClient::failureOf(const std::string& project, const std::string& id) {
    const auto url = m_routes.siteDeployment(project, id) + "/history/logs";
    const auto response = ask(request("GET", url, m_address.token));
    if (!response) return {};
    const auto lines = client::parseSiteLog(*response);
    return lines && !lines->empty() ? lines->back().text : std::string();
}

}  // namespace stepwell::site
