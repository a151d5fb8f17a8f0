#include "models/live_stream.h"

#include "models/client/parse.h"
#include "models/client/sse.h"

#include <deque>
#include <mutex>

namespace stepwell {

namespace {

constexpr std::chrono::milliseconds shortestBackoff{500};
constexpr std::chrono::milliseconds longestBackoff{10'000};
constexpr std::chrono::milliseconds gatherTime{50};
/// The server says it is alive every 10 s; three of those missing means that it is not.
constexpr std::chrono::milliseconds silenceLimit{35'000};
/// More than a view can show one by one: from here on loading anew is cheaper than following.
constexpr std::size_t mostWaiting = 200'000;

}  // namespace

/// What the client thread hands over. One per connection, so a late chunk of an old one goes nowhere.
struct LiveStream::Inbox {
    std::mutex mutex;
    std::vector<api::LiveEvent> events;  // guarded by mutex
    std::int64_t cursor = -1;            // guarded by mutex
    bool reset = false;                  // guarded by mutex
    bool announced = false;              // guarded by mutex
    client::SseParser parser;            // client thread only

    /// True when the owner is to be told.
    bool add(std::string_view chunk) {
        const auto fresh = parser.feed(chunk);
        if (fresh.empty()) return false;
        const std::lock_guard lock(mutex);
        for (const auto& event : fresh)
            addOne(event);
        return !std::exchange(announced, true);
    }

  private:
    void addOne(const client::SseEvent& event) {
        if (event.type == "reset") {
            events.clear();
            reset = true;
            cursor = client::parseResetSequence(event.data).value_or(cursor);
            return;
        }
        auto parsed = client::parseLiveEvent(event.data);
        if (!parsed) return;
        cursor = parsed->sequence;
        if (events.size() >= mostWaiting) {
            events.clear();
            reset = true;
        }
        events.push_back(std::move(*parsed));
    }
};

LiveStream::LiveStream(client::Client& client, std::string url, std::string token, QObject* parent)
    : QObject(parent)
    , m_client(client)
    , m_post(std::make_shared<Post>(this))
    , m_url(std::move(url))
    , m_token(std::move(token))
    , m_backoff(shortestBackoff) {
    m_flush.setSingleShot(true);
    m_reconnect.setSingleShot(true);
    connect(&m_flush, &QTimer::timeout, this, &LiveStream::flush);
    connect(&m_reconnect, &QTimer::timeout, this, &LiveStream::connectNow);
}

LiveStream::~LiveStream() {
    m_post->close();
    m_handle.cancel();
}

void LiveStream::start() {
    setState(LiveState::connecting);
    connectNow();
}

void LiveStream::connectNow() {
    m_inbox = std::make_shared<Inbox>();
    client::Request request;
    request.url = m_url;
    request.bearerToken = m_token;
    request.timeout = std::chrono::milliseconds{0};
    request.idleTimeout = silenceLimit;
    if (m_cursor >= 0) request.headers.push_back({"Last-Event-ID", std::to_string(m_cursor)});
    const auto tell = [this, post = m_post, inbox = m_inbox](auto action) {
        post->send([this, inbox, action] {
            if (inbox == m_inbox) action();
        });
    };
    client::StreamHandlers handlers;
    handlers.opened = [this, tell](const client::Response& head) {
        tell([this, status = head.status] { onOpened(status); });
    };
    handlers.chunk = [this, tell, inbox = m_inbox](std::string_view bytes) {
        if (inbox->add(bytes)) tell([this] { drain(); });
    };
    handlers.ended = [this, tell](const api::Result<client::Response>& end) {
        tell([this, status = end ? end->status : 0] { onEnded(status); });
    };
    m_handle = m_client.stream(std::move(request), std::move(handlers));
}

void LiveStream::onOpened(int status) {
    if (status != 200) return;
    m_backoff = shortestBackoff;
    setState(LiveState::live);
    // Without a place to go on from, what happened before this moment is unknown.
    if (m_cursor < 0) emit reset();
}

void LiveStream::onEnded(int status) {
    drain();
    m_inbox.reset();
    if (status == 404 || status == 405 || status == 501) return setState(LiveState::polling);
    // Full or refused: the rest of the backend may well work, so views poll until the stream does.
    setState(status >= 400 ? LiveState::polling : LiveState::connecting);
    m_reconnect.start(m_backoff);
    m_backoff = std::min(m_backoff * 2, longestBackoff);
}

void LiveStream::drain() {
    std::vector<api::LiveEvent> events;
    bool wasReset = false;
    {
        const std::lock_guard lock(m_inbox->mutex);
        events.swap(m_inbox->events);
        wasReset = std::exchange(m_inbox->reset, false);
        m_cursor = std::max(m_cursor, m_inbox->cursor);
        // After a reset the database may be another one, with smaller numbers.
        if (wasReset) m_cursor = m_inbox->cursor;
        m_inbox->announced = false;
    }
    if (wasReset) {
        m_gathered.clear();
        emit reset();
    }
    m_gathered.insert(m_gathered.end(), std::make_move_iterator(events.begin()),
                      std::make_move_iterator(events.end()));
    if (!m_gathered.empty() && !m_flush.isActive()) m_flush.start(gatherTime);
}

void LiveStream::flush() {
    const auto gathered = std::exchange(m_gathered, {});
    if (!gathered.empty()) emit events(gathered);
}

void LiveStream::setState(LiveState state) {
    if (m_state == state) return;
    m_state = state;
    emit stateChanged(state);
}

}  // namespace stepwell
