#include "app/engine/pages/site_log.h"

#include <algorithm>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t mostRequests = 1'000;  ///< of one deployment
constexpr std::size_t mostRingBytes = 1 << 20;
constexpr std::size_t mostBytes = 8 << 20;  ///< of all deployments
constexpr std::size_t mostOpen = 2'000;
/// From the answer until the code has told of it. It tells before it answers: what is left is the way here.
constexpr api::Milliseconds longestReport{1'000};
constexpr std::size_t mostLines = 256;  ///< of one request
constexpr std::size_t mostLineBytes = 64 << 10;
constexpr std::size_t mostOpenBytes = 16 << 20;  ///< of all that is open; what is told beyond is left out

std::size_t sizeOf(const SiteException& exception) {
    return sizeof(SiteException) + exception.name.size() + exception.message.size() + exception.stack.size();
}

std::size_t sizeOf(const SiteRequest& request) {
    auto bytes = sizeof(SiteRequest) + request.method.size() + request.url.size() + request.headers.size() +
                 request.cf.size() + request.outcome.size();
    for (const auto& line : request.logs)
        bytes += sizeof(SiteLogLine) + line.text.size();
    for (const auto& exception : request.exceptions)
        bytes += sizeOf(exception);
    return bytes;
}

void fail(SiteRequest& request, int status, const std::string& outcome,
          const std::optional<SiteException>& exception, api::Time now) {
    request.status = status;
    request.outcome = outcome;
    request.duration = now - request.time;
    if (exception) request.exceptions.push_back(*exception);
}

/// What the runtime answered by itself: that a request is none, or 500 for code that it saw would never
/// answer.
void endByRuntime(SiteRequest& request, int status, api::Time when) {
    constexpr int serverError = 500;
    if (status == 0) return fail(request, 0, outcome::unknown, {}, when);
    if (status < serverError) return fail(request, status, outcome::ok, {}, when);
    if (status > serverError) return fail(request, status, outcome::unknown, {}, when);
    const SiteException hung{"Error",
                             "The code had hung and would never have answered: all that its promise waited "
                             "for had ended.",
                             {},
                             when};
    fail(request, status, outcome::exception, hung, when);
}

}  // namespace

void SiteLog::add(SiteRequest request) {
    const std::lock_guard lock(m_mutex);
    request.id = ++m_lastId;
    keep(std::move(request));
}

void SiteLog::keep(SiteRequest request) {
    auto& counts = m_counts[request.project];
    ++counts.total;
    if (request.status == 0 || request.status >= 500) ++counts.errors;
    auto& ring = m_rings[request.deployment];
    const auto bytes = sizeOf(request);
    use(ring, request.deployment);
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

SiteLog::Counts SiteLog::countsOf(ProjectKey project) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_counts.find(project);
    return found == m_counts.end() ? Counts{} : found->second;
}

void SiteLog::use(Ring& ring, DeploymentKey deployment) {
    m_byUse.erase(ring.used);
    ring.used = ++m_uses;
    m_byUse.emplace(ring.used, deployment);
}

/// Lets go of the deployment that was visited longest ago.
void SiteLog::shrink() {
    const auto oldest = m_rings.find(m_byUse.begin()->second);
    m_bytes -= oldest->second.bytes;
    m_rings.erase(oldest);
    m_byUse.erase(m_byUse.begin());
}

SiteLog::Number SiteLog::open(SiteRequest request) {
    std::vector<SiteRequest> ended;
    Number number = 0;
    {
        const std::lock_guard lock(m_mutex);
        if (m_open.size() >= mostOpen) {
            const auto oldest = m_open.begin();
            if (!oldest->second.answered) fail(oldest->second.request, 0, outcome::unknown, {}, request.time);
            end(oldest, ended);
        }
        number = ++m_lastNumber;
        request.worker = true;
        auto& open = m_open[number];
        open.bytes = request.url.size();
        m_openBytes += open.bytes;
        open.request = std::move(request);
    }
    report(ended);
    return number;
}

void SiteLog::assign(DeploymentKey deployment, Number number, std::int64_t process) {
    const std::lock_guard lock(m_mutex);
    const auto open = find(deployment, number);
    if (open != m_open.end()) open->second.process = process;
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
    auto& request = open->second.request;
    const auto size = sizeof(SiteLogLine) + line.text.size();
    if (request.logs.size() >= mostLines || m_openBytes + size > mostOpenBytes) return;
    if (open->second.lineBytes + line.text.size() > mostLineBytes) return;
    open->second.lineBytes += line.text.size();
    open->second.bytes += size;
    m_openBytes += size;
    request.logs.push_back(std::move(line));
}

void SiteLog::answered(DeploymentKey deployment, Number number, Answered answer) {
    const std::lock_guard lock(m_mutex);
    const auto open = find(deployment, number);
    if (open == m_open.end() || open->second.answered) return;
    open->second.answered = true;
    auto& request = open->second.request;
    request.answered = true;
    request.status = answer.status;
    request.duration = answer.duration;
    request.outcome = std::move(answer.outcome);
    auto size = answer.headers.size() + answer.cf.size();
    for (const auto& exception : answer.exceptions)
        size += sizeOf(exception);
    if (m_openBytes + size > mostOpenBytes) return;
    open->second.bytes += size;
    m_openBytes += size;
    request.exceptions = std::move(answer.exceptions);
    request.headers = std::move(answer.headers);
    request.cf = std::move(answer.cf);
}

void SiteLog::end(std::map<Number, Open>::iterator open, std::vector<SiteRequest>& ended) {
    auto request = std::move(open->second.request);
    m_openBytes -= open->second.bytes;
    m_open.erase(open);
    request.id = ++m_lastId;
    ended.push_back(request);
    keep(std::move(request));
}

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

void SiteLog::passedOn(DeploymentKey deployment, Number number, int status, api::Time now) {
    const std::lock_guard lock(m_mutex);
    const auto open = find(deployment, number);
    if (open == m_open.end()) return;
    open->second.passedOn = now;
    open->second.request.answered = true;
    open->second.passedStatus = status;
}

void SiteLog::expire(api::Time now) {
    std::vector<SiteRequest> ended;
    {
        const std::lock_guard lock(m_mutex);
        for (auto open = m_open.begin(); open != m_open.end();) {
            const auto next = std::next(open);
            const auto since = open->second.passedOn;
            if (!open->second.answered && since && now - *since >= longestReport) {
                endByRuntime(open->second.request, open->second.passedStatus, *since);
                end(open, ended);
            }
            open = next;
        }
    }
    report(ended);
}

void SiteLog::closeAll(DeploymentKey deployment, std::int64_t process, int status, const std::string& outcome,
                       const SiteException& exception, api::Time now) {
    std::vector<SiteRequest> ended;
    {
        const std::lock_guard lock(m_mutex);
        for (auto open = m_open.begin(); open != m_open.end();) {
            const auto next = std::next(open);
            if (open->second.request.deployment == deployment && open->second.process == process) {
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
