#include "models/client/link.h"

#include <algorithm>
#include <random>
#include <utility>

namespace stepwell::client {

namespace {

using Clock = Budget::Clock;
using namespace std::chrono_literals;

/// Refreshes that may wait for their turn at once: more than any window has.
constexpr int mostWaiting = 128;
constexpr std::chrono::seconds longestScoutPause{15};
constexpr std::chrono::milliseconds firstScoutPause{1'000};
/// When a server only says "too many".
constexpr std::chrono::seconds usualBlock{60};

/// The pause before try number `tries` + 1, anywhere between half of it and all of it.
Clock::duration backoff(const LinkPolicy& policy, int tries) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const auto whole = std::min(policy.firstBackoff * (1 << std::min(tries - 1, 10)), policy.longestBackoff);
    const auto half = whole.count() / 2;
    return std::chrono::milliseconds{half + std::uniform_int_distribution<std::int64_t>(0, half)(random)};
}

bool isOutage(int status) {
    return status == 500 || (status >= 502 && status <= 504) || (status >= 520 && status <= 530);
}

/// Of a 429 that does not say for how long.
bool isAboutAll(const Request& request, const Response& response) {
    if (request.isGraphql) return response.body.find("rate limit") != std::string::npos;
    return request.isRead();
}

std::string secondsText(Clock::duration wait) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s";
}

api::Time wallTime(Clock::time_point time) {
    const auto ahead = time - Clock::now();
    return std::chrono::floor<api::Milliseconds>(
        std::chrono::system_clock::now() + std::chrono::duration_cast<std::chrono::milliseconds>(ahead));
}

}  // namespace

struct Link::Call {
    Request request;
    Callback done;
    Progress progress;
    int tries = 0;
    bool isScout = false;  ///< only finds out whether the server is back
};

Link::Link(Trust trust, LinkPolicy policy, std::shared_ptr<AnswerStore> store)
    : m_policy(std::move(policy))
    , m_store(std::move(store))
    , m_budgets(m_policy.budgets ? m_policy.budgets
                                 : std::make_shared<SharedBudgets>(m_policy.requests, m_policy.graphql))
    , m_client(std::make_unique<Client>(std::move(trust))) {
    publish();
    m_watch = m_budgets->watch([this] { m_client->after(0ms, [this] { publish(); }); });
}

Link::~Link() {
    m_budgets->unwatch(m_watch);
}

void Link::send(Request request, Callback done, Progress progress) {
    auto call = std::make_shared<Call>(Call{std::move(request), std::move(done), std::move(progress)});
    call->request.wantsHeaders = true;
    if (!call->request.isRead()) call->request.once = true;
    m_client->after(0ms, [this, call] { begin(call); });
}

void Link::tryAgain() {
    m_client->after(0ms, [this] { m_nextTry = {}; });
}

Link::State Link::state() const {
    const std::lock_guard lock(m_mutex);
    return m_published;
}

void Link::begin(const CallPtr& call) {
    const auto& request = call->request;
    if (request.url.find("://") == std::string::npos)
        return call->done(api::fail(404, api::code::noRoute, "This kind of backend has no such thing."));
    // Known to be away: waiting for a timeout once more helps nobody who can be shown what there was.
    const bool away = !m_now.reachable && request.isRead() && !call->isScout;
    if (away && Clock::now() < m_nextTry && answerFromStore(call)) return;
    const auto wait = takeTurn(request);
    wait > Clock::duration::zero() ? waitForTurn(call, wait) : transmit(call);
}

void Link::waitForTurn(const CallPtr& call, Clock::duration wait) {
    const bool mayWait =
        call->request.background ? m_waiting < mostWaiting : wait <= Clock::duration(m_policy.clickPatience);
    if (!mayWait) return answerLimited(call, wait);
    ++m_waiting;
    m_client->after(wait, [this, call] {
        --m_waiting;
        begin(call);
    });
}

void Link::answerLimited(const CallPtr& call, Clock::duration wait) {
    if (call->isScout) {
        m_nextTry = Clock::now() + wait;
        return scheduleScout();
    }
    if (call->request.isRead() && answerFromStore(call)) return;
    call->done(api::fail(429, api::code::limited,
                         "The backend takes no more requests for now, and none was sent. Try again in " +
                             secondsText(wait) + "."));
}

void Link::transmit(const CallPtr& call) {
    ++call->tries;
    auto answered = [this, call](api::Result<Response> answer) { take(call, std::move(answer)); };
    // Bodies of verbs may be long, and are sent once.
    auto request = call->request.once ? std::move(call->request) : call->request;
    if (call->request.once) {
        call->request = {};
        call->request.method = request.method;
        call->request.url = request.url;
        call->request.once = true;
    }
    m_client->send(std::move(request), std::move(answered), std::move(call->progress));
}

void Link::take(const CallPtr& call, api::Result<Response> answer) {
    if (!answer) return takeFailure(call, std::move(answer.error()));
    adoptQuota(call->request, *answer);
    if (answer->status == 429) {
        cameBack();
        return takeLimited(call, std::move(*answer));
    }
    if (isOutage(answer->status) && call->request.isRead()) return takeOutage(call, std::move(*answer));
    // A page of what stands before the backend says nothing of it.
    if (!isOutage(answer->status)) cameBack();
    const auto& request = call->request;
    if (m_store && !request.storeKey.empty() && !request.isPartial && answer->status == 200)
        m_store->keep(request.storeKey, *answer);
    if (!call->isScout) call->done(std::move(answer));
}

void Link::takeFailure(const CallPtr& call, api::Error error) {
    const bool isNetwork = error.code == api::code::transport;
    if (!call->request.isRead() || !isNetwork) {
        if (!call->isScout) call->done(api::fail(std::move(error)));
        return;
    }
    if (m_now.reachable && retry(call, {})) return;
    wentAway(call, error.message);
    if (call->isScout || answerFromStore(call)) return;
    call->done(api::fail(std::move(error)));
}

void Link::takeLimited(const CallPtr& call, Response response) {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    const auto asked = retryAfter(response, now);
    // Some things are limited apart, and some questions are just too large: neither concerns the rest.
    if (!asked && !isAboutAll(call->request, response)) {
        if (!call->isScout) call->done(std::move(response));
        return;
    }
    const auto wait = Clock::duration(asked.value_or(usualBlock));
    blockUntil(call->request, Clock::now() + wait);
    const auto patience = call->request.background ? m_policy.backgroundPatience : m_policy.clickPatience;
    if (call->request.isRead() && wait <= Clock::duration(patience) && retry(call, wait)) return;
    if (call->isScout) return;
    if (call->request.isRead() && answerFromStore(call)) return;
    call->done(
        api::fail(429, api::code::limited,
                  "The backend was asked too often and refused. Try again in " + secondsText(wait) + "."));
}

void Link::takeOutage(const CallPtr& call, Response response) {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    const auto wait = Clock::duration(retryAfter(response, now).value_or(0s));
    const auto patience = call->request.background ? m_policy.backgroundPatience : m_policy.clickPatience;
    if (m_now.reachable && wait <= Clock::duration(patience) && retry(call, wait)) return;
    // An answer of the service itself tells more than what was seen before; a proxy's page tells nothing.
    const bool isService = response.contentType.find("json") != std::string::npos;
    if (isService) {
        cameBack();
    } else {
        wentAway(call, "The backend answers " + std::to_string(response.status) + " and nothing else.");
        if (call->isScout || answerFromStore(call)) return;
    }
    if (!call->isScout) call->done(std::move(response));
}

bool Link::retry(const CallPtr& call, Clock::duration atLeast) {
    if (call->isScout || call->tries >= m_policy.tries) return false;
    const auto pause = backoff(m_policy, call->tries);
    m_client->after(atLeast + pause, [this, call] { begin(call); });
    return true;
}

bool Link::answerFromStore(const CallPtr& call) {
    if (!m_store || call->request.storeKey.empty()) return false;
    auto stored = m_store->find(call->request.storeKey);
    if (!stored) return false;
    m_now.shownFrom = std::min(m_now.shownFrom.value_or(stored->seen), stored->seen);
    publish();
    call->done(std::move(stored->response));
    return true;
}

void Link::wentAway(const CallPtr& call, const std::string& reason) {
    m_scouts = m_now.reachable ? 0 : std::min(m_scouts + 1, 10);
    m_now.reachable = false;
    m_now.reason = reason;
    m_lastFailed = call->request;
    const auto pause = std::min<Clock::duration>(firstScoutPause * (1 << m_scouts), longestScoutPause);
    m_nextTry = Clock::now() + pause;
    publish();
    scheduleScout();
}

/// Views that have been shown what was stored need not ask again, so this finds out by itself.
void Link::scheduleScout() {
    if (std::exchange(m_scoutPlanned, true)) return;
    m_client->after(m_nextTry - Clock::now(), [this] {
        m_scoutPlanned = false;
        if (m_now.reachable || !m_lastFailed) return;
        auto scout = std::make_shared<Call>(Call{*m_lastFailed, {}, {}});
        scout->isScout = true;
        begin(scout);
    });
}

void Link::cameBack() {
    m_now.answered = true;
    m_lastFailed.reset();
    m_scouts = 0;
    if (!m_budgets->isBlocked(Clock::now())) m_now.shownFrom.reset();
    m_now.reachable = true;
    m_now.reason.clear();
    publish();
}

Link::Clock::duration Link::takeTurn(const Request& request) {
    const auto urgency = request.background ? Budget::Urgency::background : Budget::Urgency::click;
    const auto wait = m_budgets->tryTake(request.isGraphql, urgency, Clock::now());
    if (wait <= Clock::duration::zero()) publish();
    return wait;
}

void Link::adoptQuota(const Request& request, const Response& response) {
    const auto told = toldQuota(response);
    if (!told) return;
    m_budgets->adopt(request.isGraphql, *told, Clock::now());
    publish();
}

void Link::blockUntil(const Request& request, Clock::time_point until) {
    m_budgets->block(request.isGraphql, until);
    publish();
}

void Link::publish() {
    m_now.budgets.clear();
    for (const auto& count : m_budgets->counts(Clock::now())) {
        Counted counted{count.limit.name, count.used, count.limit.allowed, count.limit.window};
        if (count.blockedUntil) counted.blockedUntil = wallTime(*count.blockedUntil);
        m_now.budgets.push_back(std::move(counted));
    }
    {
        const std::lock_guard lock(m_mutex);
        if (m_published == m_now) return;
        m_published = m_now;
    }
    if (m_changed) m_changed();
}

}  // namespace stepwell::client
