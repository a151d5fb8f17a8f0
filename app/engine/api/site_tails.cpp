#include "app/engine/api/site_tails.h"

#include "app/engine/api/unique.h"
#include "app/engine/http/envelope.h"
#include "app/engine/http/guards.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>

namespace stepwell::engine::rest {

namespace {

using nlohmann::json;

constexpr auto protocol = "trace-v1";

double draw() {
    thread_local std::minstd_rand numbers{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(numbers);
}

const char* levelName(int level) {
    constexpr std::array<const char*, 5> names = {"debug", "log", "info", "warn", "error"};
    return names.at(static_cast<std::size_t>(std::clamp(level, 0, 4)));
}

std::int64_t millisecondsOf(api::Time time) {
    return time.time_since_epoch().count();
}

http::Response noTail() {
    return http::failure({404, api::code::noRoute, "There is no such tail: it was ended, or it expired."});
}

}  // namespace

std::string tailMessage(const pages::SiteRequest& request, const std::string& scriptName) {
    auto logs = json::array();
    for (const auto& line : request.logs)
        logs.push_back({{"message", json::array({line.text})},
                        {"level", levelName(line.level)},
                        {"timestamp", millisecondsOf(line.time)}});
    auto exceptions = json::array();
    for (const auto& one : request.exceptions)
        exceptions.push_back({{"name", one.name},
                              {"message", one.message},
                              {"stack", one.stack},
                              {"timestamp", millisecondsOf(one.time)}});
    json event{{"request",
                {{"url", request.url},
                 {"method", request.method},
                 {"headers", parseBounded<json>(request.headers)},
                 {"cf", parseBounded<json>(request.cf)}}}};
    if (request.status != 0) event["response"] = {{"status", request.status}};
    const json message{{"outcome", request.outcome},
                       {"scriptName", scriptName},
                       {"exceptions", std::move(exceptions)},
                       {"logs", std::move(logs)},
                       {"eventTimestamp", millisecondsOf(request.time)},
                       {"wallTime", request.duration.count() / 1000},
                       {"event", std::move(event)}};
    return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

api::Result<SiteTails::Created> SiteTails::create(pages::DeploymentKey deployment,
                                                  const std::string& scriptName, TailFilter filter,
                                                  access::IdentityPtr creator, api::Time now) {
    const auto tail = std::make_shared<Tail>();
    tail->deployment = deployment;
    tail->secret = newUuid() + newUuid();
    tail->scriptName = scriptName;
    tail->filter = std::move(filter);
    tail->creator = std::move(creator);
    tail->created = now;
    const auto id = newUuid();
    const std::lock_guard lock(m_mutex);
    if (m_tails.size() >= mostTails)
        return api::fail(
            503, api::code::unavailable,
            "Too many tails at once: end one of the 64 that there are, or wait until one expires.");
    m_tails[id] = tail;
    m_count = m_tails.size();
    return Created{id, tail->secret, now + lifetime};
}

access::IdentityPtr SiteTails::admits(const std::string& id, const std::string& secret) const {
    const std::lock_guard lock(m_mutex);
    const auto tail = m_tails.find(id);
    const bool fits = tail != m_tails.end() && http::equalSecrets(secret, tail->second->secret);
    return fits ? tail->second->creator : nullptr;
}

void SiteTails::open(const http::ExchangePtr& exchange, const std::string& id) {
    if (!exchange->request().upgrade)
        return exchange->respond(http::failure(
            {426, api::code::badBody,
             "A tail is a WebSocket: ask with the headers Connection: Upgrade and Upgrade: websocket."}));
    TailPtr tail;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_tails.find(id);
        if (found != m_tails.end() && !found->second->opened) tail = found->second;
        if (tail) tail->opened = true;
    }
    if (!tail) return exchange->respond(noTail());
    auto stream = exchange->openWebSocket({protocol, http::WebSocketForm::Clients::unmasked});
    if (!stream) return;
    tail->stream = std::move(stream);
    tail->stream->watch(nullptr, [this, id, weak = std::weak_ptr(tail)] {
        if (const auto ended = weak.lock()) remove(ended->deployment, id);
    });
}

/// The stream is let go of on the io thread when it has said good-bye, and not within one of its own calls.
void SiteTails::end(const TailPtr& tail) {
    m_post([tail, post = m_post] {
        if (!tail->stream) return;
        const auto stream = tail->stream;
        stream->watch(nullptr, [tail, post] { post([tail] { tail->stream.reset(); }); });
        stream->finish();
    });
}

bool SiteTails::remove(pages::DeploymentKey deployment, const std::string& id) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_tails.find(id);
    if (found == m_tails.end() || found->second->deployment != deployment) return false;
    if (!m_closed) end(found->second);
    m_tails.erase(found);
    m_count = m_tails.size();
    return true;
}

void SiteTails::publish(const pages::SiteRequest& request) {
    if (m_count == 0) return;
    const std::lock_guard lock(m_mutex);
    if (m_closed) return;
    for (const auto& [id, tail] : m_tails) {
        if (tail->deployment != request.deployment || !tail->opened || !wants(tail->filter, request, draw()))
            continue;
        m_post([tail = tail, message = tailMessage(request, tail->scriptName)] {
            if (tail->stream) tail->stream->write(message);
        });
    }
}

void SiteTails::expire(api::Time now) {
    const std::lock_guard lock(m_mutex);
    for (auto it = m_tails.begin(); it != m_tails.end();) {
        const auto& tail = *it->second;
        const bool over =
            now >= tail.created + lifetime || (!tail.opened && now >= tail.created + longestUnopened);
        if (over) end(it->second);
        it = over ? m_tails.erase(it) : std::next(it);
    }
    m_count = m_tails.size();
}

void SiteTails::close() {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
}

}  // namespace stepwell::engine::rest
