#include "app/engine/pages/site_log.h"

#include <algorithm>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t mostRequests = 1'000;  ///< of one deployment
constexpr std::size_t mostRingBytes = 1 << 20;
constexpr std::size_t mostBytes = 32 << 20;
constexpr std::size_t mostOpen = 2'000;
constexpr std::size_t mostLines = 256;  ///< of one request
constexpr std::size_t mostLineBytes = 64 << 10;

std::size_t sizeOf(const SiteRequest& request) {
    auto bytes = sizeof(SiteRequest) + request.method.size() + request.url.size() + request.headers.size() +
                 request.cf.size();
    for (const auto& line : request.logs)
        bytes += sizeof(SiteLogLine) + line.text.size();
    for (const auto& exception : request.exceptions)
        bytes += sizeof(SiteException) + exception.message.size() + exception.stack.size();
    return bytes;
}

}  // namespace

void SiteLog::add(SiteRequest request) {
    const std::lock_guard lock(m_mutex);
    request.id = ++m_lastId;
    keep(std::move(request));
}

void SiteLog::keep(SiteRequest request) {
    auto& ring = m_rings[request.deployment];
    const auto bytes = sizeOf(request);
    ring.used = ++m_uses;
    ++ring.total;
    ring.bytes += bytes;
    m_bytes += bytes;
    ring.requests.push_back(std::move(request));
    while (ring.requests.size() > mostRequests || (ring.bytes > mostRingBytes && ring.requests.size() > 1)) {
        const auto least = sizeOf(ring.requests.front());
        ring.bytes -= least;
        m_bytes -= least;
        ring.requests.pop_front();
    }
    if (m_bytes > mostBytes) shrink();
}

/// Lets go of the deployment that was visited longest ago.
void SiteLog::shrink() {
    const auto oldest = std::min_element(m_rings.begin(), m_rings.end(), [](const auto& a, const auto& b) {
        return a.second.used < b.second.used;
    });
    m_bytes -= oldest->second.bytes;
    m_rings.erase(oldest);
}

SiteLog::Number SiteLog::open(SiteRequest request) {
    std::vector<SiteRequest> ended;
    const std::lock_guard lock(m_mutex);
    if (m_open.size() >= mostOpen) end(m_open.begin(), ended);
    const auto number = ++m_lastNumber;
    request.worker = true;
    m_open[number].request = std::move(request);
    return number;
}

std::map<SiteLog::Number, SiteLog::Open>::iterator SiteLog::find(DeploymentKey deployment, Number number) {
    const auto found = m_open.find(number);
    return found != m_open.end() && found->second.request.deployment == deployment ? found : m_open.end();
}

void SiteLog::tell(DeploymentKey deployment, Number number, SiteLogLine line) {
    const std::lock_guard lock(m_mutex);
    auto open = find(deployment, number);
    for (auto it = m_open.rbegin(); number == 0 && open == m_open.end() && it != m_open.rend(); ++it)
        if (it->second.request.deployment == deployment) open = std::prev(it.base());
    if (open == m_open.end()) return;
    auto& [request, answered, bytes] = open->second;
    if (request.logs.size() >= mostLines || bytes + line.text.size() > mostLineBytes) return;
    bytes += line.text.size();
    request.logs.push_back(std::move(line));
}

void SiteLog::answered(DeploymentKey deployment, Number number, Answered answer) {
    const std::lock_guard lock(m_mutex);
    const auto open = find(deployment, number);
    if (open == m_open.end() || open->second.answered) return;
    open->second.answered = true;
    auto& request = open->second.request;
    request.status = answer.status;
    request.duration = answer.duration;
    request.outcome = std::move(answer.outcome);
    request.exceptions = std::move(answer.exceptions);
    request.headers = std::move(answer.headers);
    request.cf = std::move(answer.cf);
}

void SiteLog::end(std::map<Number, Open>::iterator open, std::vector<SiteRequest>& ended) {
    auto request = std::move(open->second.request);
    m_open.erase(open);
    request.id = ++m_lastId;
    ended.push_back(request);
    keep(std::move(request));
}

namespace {

void fail(SiteRequest& request, int status, const std::string& outcome,
          const std::optional<SiteException>& exception, api::Time now) {
    request.status = status;
    request.outcome = outcome;
    request.duration = now - request.time;
    if (exception) request.exceptions.push_back(*exception);
}

}  // namespace

void SiteLog::close(DeploymentKey deployment, Number number, int status, const std::string& outcome,
                    std::optional<SiteException> exception, api::Time now) {
    std::vector<SiteRequest> ended;
    {
        const std::lock_guard lock(m_mutex);
        const auto open = find(deployment, number);
        if (open == m_open.end()) return;
        if (!open->second.answered) fail(open->second.request, status, outcome, exception, now);
        end(open, ended);
    }
    report(ended);
}

void SiteLog::closeAll(DeploymentKey deployment, int status, const std::string& outcome,
                       const SiteException& exception, api::Time now) {
    std::vector<SiteRequest> ended;
    {
        const std::lock_guard lock(m_mutex);
        for (auto open = m_open.begin(); open != m_open.end();) {
            const auto next = std::next(open);
            if (open->second.request.deployment == deployment) {
                if (!open->second.answered) fail(open->second.request, status, outcome, exception, now);
                end(open, ended);
            }
            open = next;
        }
    }
    report(ended);
}

void SiteLog::report(const std::vector<SiteRequest>& ended) const {
    if (!m_listener) return;
    for (const auto& request : ended)
        m_listener(request);
}

SiteLog::Listing SiteLog::list(DeploymentKey deployment, std::optional<std::int64_t> after,
                               std::size_t limit) const {
    Listing listing;
    const std::lock_guard lock(m_mutex);
    const auto ring = m_rings.find(deployment);
    if (ring == m_rings.end()) return listing;
    const auto& all = ring->second.requests;
    listing.total = ring->second.total;
    auto first = all.begin();
    if (after)
        first = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id > *after; });
    else if (all.size() > limit)
        first = all.end() - static_cast<std::ptrdiff_t>(limit);
    for (; first != all.end() && listing.requests.size() < limit; ++first)
        listing.requests.push_back(*first);
    return listing;
}

}  // namespace stepwell::engine::pages
