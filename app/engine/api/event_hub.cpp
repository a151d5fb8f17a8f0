#include "app/engine/api/event_hub.h"

#include "app/engine/api/context.h"
#include "app/engine/api/query.h"
#include "app/engine/http/envelope.h"

#include <charconv>

namespace stepwell::engine::rest {

namespace {

constexpr int batch = 1'000;  ///< lines per read
constexpr std::size_t laggingAt =
    256 * 1024;  ///< bytes a client may leave unread before it reads from the database
constexpr auto nothingYet = std::numeric_limits<std::int64_t>::max();

api::Result<std::optional<std::int64_t>> cursorOfStream(const http::Request& request) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max() - 1;
    if (request.queryValue("cursor")) {
        const auto cursor = numberQuery(request, "cursor", 0, 0, most);
        if (!cursor) return tl::unexpected(cursor.error());
        return *cursor;
    }
    std::int64_t id = 0;
    const auto& header = request.lastEventId;
    const auto read = std::from_chars(header.data(), header.data() + header.size(), id);
    // A foreign id in the header is no reason to refuse: the stream then starts now.
    if (header.empty() || read.ec != std::errc() || id < 0) return std::nullopt;
    return id;
}

}  // namespace

EventHub::~EventHub() {
    {
        const std::lock_guard lock(self_->mutex);
        self_->hub = nullptr;
    }
    // A stream calls back when it closes; by then its client must be gone from the map.
    const auto clients = std::exchange(clients_, {});
}

void EventHub::open(const http::ExchangePtr& exchange) {
    const auto& request = exchange->request();
    const auto cursor = cursorOfStream(request);
    if (!cursor) return exchange->respond(http::failure(cursor.error()));
    if (isFull(exchange)) return;
    const auto id = next_++;
    auto& client = clients_[id];
    client.exchange = exchange;
    client.workflow = request.queryValue("workflow").value_or("");
    client.instance = request.queryValue("instance").value_or("");
    client.cursor = *cursor;
    client.last = cursor->value_or(nothingYet);
    count_.store(clients_.size());
    read(id);
}

void EventHub::subscribe(const http::ExchangePtr& exchange, std::int64_t cursor,
                         std::shared_ptr<InstanceEvents> events) {
    post_([this, exchange, cursor, wanted = std::move(events)] {
        if (isFull(exchange)) return;
        const auto id = next_++;
        auto& client = clients_[id];
        client.exchange = exchange;
        client.last = cursor;
        client.events = wanted;
        count_.store(clients_.size());
        read(id);
    });
}

bool EventHub::isFull(const http::ExchangePtr& exchange) const {
    if (clients_.size() < mostStreams) return false;
    exchange->respond(http::failure(
        {503, api::code::unavailable, "There are 64 event streams already; close one and try again."}));
    return true;
}

void EventHub::read(Id id) {
    auto& client = clients_.at(id);
    client.reading = true;
    readers_.post([this, id, last = Sequence(client.last)](const api::Result<Reader*>& reader) {
        auto feed = reader ? (*reader)->feed(last, batch) : tl::unexpected(reader.error());
        const auto page = std::make_shared<api::Result<Reader::FeedPage>>(std::move(feed));
        whenDurable_([self = self_, id, page](bool durable) {
            if (!durable) *page = tl::unexpected(diskFailed());
            const std::lock_guard lock(self->mutex);
            if (self->hub != nullptr)
                self->hub->post_([hub = self->hub, id, page] { hub->onFeed(id, *page); });
        });
    });
}

void EventHub::onFeed(Id id, const api::Result<Reader::FeedPage>& feed) {
    const auto it = clients_.find(id);
    if (it == clients_.end()) return;
    auto& client = it->second;
    client.reading = false;
    if (!feed) {
        if (client.exchange) client.exchange->respond(http::failure(feed.error()));
        return drop(id);
    }
    if (!client.stream && !begin(id, client, *feed)) return;
    if (!deliver(id, feed->lines) || feed->lines.size() >= batch) return continueReading(id);
    client.last = std::max(client.last, feed->last.value);
    if (endsHere(client)) return;
    // What was published while this was being read passed the client by.
    if (client.last < newest_.load()) return continueReading(id);
    client.live = true;
}

/// Opens the stream once its place in the feed is known, so that nothing is missed after the head is out.
bool EventHub::begin(Id id, Client& client, const Reader::FeedPage& feed) {
    const auto exchange = std::exchange(client.exchange, nullptr);
    client.stream = client.events ? exchange->openWebSocket() : exchange->openStream();
    if (!client.stream) {
        drop(id);
        return false;
    }
    client.stream->watch([this, id] { continueReading(id); }, [this, id] { drop(id); });
    if (clients_.count(id) == 0) return false;
    if (client.events) return true;
    const bool missed =
        client.cursor && (*client.cursor + 1 < feed.first.value || *client.cursor > feed.last.value);
    if (missed) {
        client.stream->write("event: reset\ndata: {\"sequence\":" + std::to_string(feed.last.value) +
                             "}\n\n");
        client.last = feed.last.value;
    }
    if (!client.cursor) client.last = feed.last.value;
    return clients_.count(id) != 0;
}

bool EventHub::deliver(Id id, const std::vector<FeedLine>& lines) {
    auto& client = clients_.at(id);
    if (client.events) return tell(id, lines);
    const auto stream = client.stream;
    std::string text;
    bool whole = true;
    for (const auto& line : lines) {
        if (line.sequence.value <= client.last) continue;
        whole = stream->queued() + text.size() <= laggingAt;
        if (!whole) break;
        client.last = line.sequence.value;
        if (!client.workflow.empty() && line.workflow != client.workflow) continue;
        if (!client.instance.empty() && line.instance != client.instance) continue;
        text += "id: " + std::to_string(line.sequence.value) + "\nevent: change\ndata: " + line.json + "\n\n";
    }
    // May drop the client.
    if (!text.empty()) stream->write(text);
    return whole && clients_.count(id) != 0;
}

/// The same for a WebSocket, a message for each event. Every write may drop the client.
bool EventHub::tell(Id id, const std::vector<FeedLine>& lines) {
    for (const auto& line : lines) {
        const auto it = clients_.find(id);
        if (it == clients_.end()) return false;
        auto& client = it->second;
        if (client.over || client.stream->queued() > laggingAt) return false;
        if (line.sequence.value <= client.last) continue;
        client.last = line.sequence.value;
        const auto told = client.events->tell(line);
        client.over = told.over;
        client.restarted |= told.restarted;
        const auto stream = client.stream;
        if (told.message) stream->write(*told.message);
        if (told.over) stream->finish();
    }
    const auto it = clients_.find(id);
    return it != clients_.end() && !it->second.over;
}

/// Ends a WebSocket about an instance that had ended, when no line told so. May drop the client.
bool EventHub::endsHere(Client& client) {
    if (!client.events || client.restarted || !client.events->isOverAt(Sequence{client.last})) return false;
    client.over = true;
    const auto stream = client.stream;
    stream->finish();
    return true;
}

/// Reads on as soon as the client has taken what it was sent; `watch` calls again when it has.
void EventHub::continueReading(Id id) {
    const auto it = clients_.find(id);
    if (it == clients_.end()) return;
    const auto& client = it->second;
    if (!client.live && !client.reading && !client.over && client.stream && client.stream->queued() == 0)
        read(id);
}

void EventHub::publish(Sequence newest, const Engine::FeedLines& lines) {
    // In this order: a client that is not counted yet reads `newest_` after it is, and goes to the database.
    newest_.store(newest.value);
    if (count_.load() == 0) return;
    post_([this, made = lines()] { spread(made); });
}

void EventHub::spread(const std::vector<FeedLine>& lines) {
    std::vector<Id> live;
    for (const auto& [id, client] : clients_)
        if (client.live) live.push_back(id);
    for (const auto id : live) {
        if (clients_.count(id) == 0 || deliver(id, lines)) continue;
        const auto it = clients_.find(id);
        if (it == clients_.end()) continue;
        it->second.live = false;
        continueReading(id);
    }
}

void EventHub::keepAlive() {
    std::vector<std::shared_ptr<http::EventStream>> streams;
    for (const auto& [id, client] : clients_)
        if (client.stream && !client.events) streams.push_back(client.stream);
    for (const auto& stream : streams)
        stream->write(": alive\n\n");
}

void EventHub::drop(Id id) {
    // The stream closes when it is destroyed, which calls back: by then the client must be gone.
    const auto node = clients_.extract(id);
    count_.store(clients_.size());
}

}  // namespace stepwell::engine::rest
