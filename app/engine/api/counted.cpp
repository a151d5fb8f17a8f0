#include "app/engine/api/counted.h"

#include "app/engine/pages/host_name.h"

#include <algorithm>
#include <array>
#include <mutex>

namespace stepwell::engine::rest {

namespace {

constexpr std::size_t longestPath = 1'024;
constexpr std::string_view success = "success";

/// Without the port.
std::string_view bareHost(std::string_view host) {
    const auto colon = host.rfind(':');
    const bool isPort = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
    return isPort ? host.substr(0, colon) : host;
}

/// Without the query.
std::string_view pathOf(std::string_view target) {
    return target.substr(0, std::min(target.find('?'), longestPath));
}

std::string_view typeOf(const http::Response& response) {
    constexpr std::string_view name = "content-type";
    for (const auto& [key, value] : response.headers) {
        const bool isType = std::equal(key.begin(), key.end(), name.begin(), name.end(), [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
        });
        if (isType) return std::string_view(value).substr(0, value.find(';'));
    }
    return {};
}

std::string_view environmentOf(pages::Environment environment) {
    return environment == pages::Environment::production ? "production" : "preview";
}

/// The words of tails as those of the reference, 11.
std::string_view statusOf(std::string_view outcome) {
    if (outcome == pages::outcome::ok) return success;
    if (outcome == pages::outcome::exception) return "scriptThrewException";
    if (outcome == pages::outcome::canceled) return "clientDisconnected";
    const bool isExceeded =
        outcome == pages::outcome::exceededCpu || outcome == pages::outcome::exceededMemory;
    return isExceeded ? "exceededResources" : "internalError";
}

std::int64_t bytesOf(const http::Request& request, const http::Response& response) {
    if (request.method == http::Method::head) return 0;
    if (response.shared) return static_cast<std::int64_t>(response.shared.bytes);
    if (response.longBody) return static_cast<std::int64_t>(response.longBody->bytes);
    return static_cast<std::int64_t>(response.body.size());
}

}  // namespace

SiteCounter::Name SiteCounter::nameOf(pages::ProjectKey project) {
    {
        const std::shared_lock lock(m_mutex);
        const auto known = m_names.find(project);
        if (known != m_names.end()) return known->second;
    }
    const auto row = m_service.projectOf(project);
    auto name = std::make_shared<const std::string>(row ? row->name : std::string());
    const std::unique_lock lock(m_mutex);
    if (row) m_names.emplace(project, name);
    return name;
}

void SiteCounter::answered(const http::Request& request, const http::Response& response,
                           const pages::DeploymentRow& deployment, api::Time time,
                           std::chrono::microseconds duration) {
    const auto project = nameOf(deployment.project);
    const bool isHit = response.status == 304 || response.shared;
    const std::array<std::string_view, 7> words = {bareHost(request.host),
                                                   *project,
                                                   environmentOf(deployment.environment),
                                                   toString(request.method),
                                                   pathOf(request.target),
                                                   isHit               ? "hit"
                                                   : response.longBody ? "miss"
                                                                       : "none",
                                                   typeOf(response)};
    const std::array<std::int64_t, 3> integers = {response.status, bytesOf(request, response),
                                                  duration.count()};
    m_engine.record({analytics::TableId::siteRequests, time, words, integers});
}

void SiteCounter::ran(const pages::SiteRequest& request) {
    const auto project = nameOf(request.project);
    // The visitor asked once, and was answered once: with the file, which is counted where it is served.
    const bool isCanceled = request.outcome == pages::outcome::canceled;
    if (!request.failsOpen || request.answered || isCanceled) countRun(request, *project);
    countInvocation(m_engine, {"pages", *project, request.version, statusOf(request.outcome), "fetch",
                               request.time, request.duration});
}

void SiteCounter::countRun(const pages::SiteRequest& request, const std::string& project) {
    std::string_view url = request.url;
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    const auto slash = std::min(url.find('/'), url.size());
    const std::array<std::string_view, 7> words = {bareHost(url.substr(0, slash)),
                                                   project,
                                                   environmentOf(request.environment),
                                                   request.method,
                                                   pathOf(url.substr(slash)),
                                                   "dynamic",
                                                   {}};
    const std::array<std::int64_t, 3> integers = {request.status, analytics::noValue,
                                                  request.duration.count()};
    m_engine.record({analytics::TableId::siteRequests, request.time, words, integers});
}

void countInvocation(Engine& engine, const Invocation& invocation) {
    const std::array<std::string_view, 5> words = {invocation.kind, invocation.script, invocation.version,
                                                   invocation.status, invocation.event};
    const std::array<std::int64_t, 5> integers = {invocation.wall.count(), analytics::noValue,
                                                  analytics::noValue, 0,
                                                  invocation.status == success ? 0 : 1};
    engine.record({analytics::TableId::invocations, invocation.time, words, integers});
}

}  // namespace stepwell::engine::rest
