#pragma once

#include "app/engine/api/reader_pool.h"
#include "app/engine/engine.h"
#include "app/engine/http/exchange.h"
#include "app/engine/instance_events.h"
#include "app/engine/store/rows.h"

#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace stepwell::engine::rest {

/// The live event streams. A stream first reads what it missed from the database, then gets every commit's
/// lines as they are published; one that cannot keep up goes back to reading. So nothing is lost and nothing
/// piles up in memory.
class EventHub {
  public:
    using Post = std::function<void(std::function<void()>)>;  ///< onto the io thread
    static constexpr std::size_t mostStreams = 64;

    /// See Engine::whenDurable.
    using WhenDurable = std::function<void(std::function<void(bool durable)> then)>;
    EventHub(ReaderPool& readers, Post post, WhenDurable whenDurable)
        : readers_(readers)
        , post_(std::move(post))
        , whenDurable_(std::move(whenDurable)) {
        self_->hub = this;
    }

    ~EventHub();
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    /// A GET of the stream. io thread.
    void open(const http::ExchangePtr& exchange);
    /// The events of one instance over a WebSocket, those after `cursor` first. Any thread.
    void subscribe(const http::ExchangePtr& exchange, std::int64_t cursor,
                   std::shared_ptr<InstanceEvents> events);
    /// Lines of one commit. Any thread, in order of commits.
    void publish(Sequence newest, const Engine::FeedLines& lines);
    /// Sends a comment to every stream. io thread.
    void keepAlive();
    int streams() const { return static_cast<int>(count_.load()); }

  private:
    struct Client {
        http::ExchangePtr exchange;  ///< until the stream is open
        std::shared_ptr<http::EventStream> stream;
        std::string workflow;  ///< empty: all
        std::string instance;
        std::optional<std::int64_t> cursor;  ///< as asked
        std::int64_t last = 0;               ///< newest sequence that was delivered or passed over
        bool live = false;                   ///< gets what is published
        bool reading = false;
        std::shared_ptr<InstanceEvents> events;  ///< of a WebSocket
        bool restarted = false;                  ///< since the subscription began
        bool over = false;                       ///< told everything; only its end is awaited
    };
    using Id = std::uint64_t;

    void read(Id id);
    void onFeed(Id id, const api::Result<Reader::FeedPage>& feed);
    bool begin(Id id, Client& client, const Reader::FeedPage& feed);
    /// False when the client has enough to read before the last line was reached, or is gone.
    bool deliver(Id id, const std::vector<FeedLine>& lines);
    bool tell(Id id, const std::vector<FeedLine>& lines);
    bool endsHere(Client& client);
    void continueReading(Id id);
    bool isFull(const http::ExchangePtr& exchange) const;
    void spread(const std::vector<FeedLine>& lines);
    void drop(Id id);

    /// How calls that come late find out whether the hub is still there.
    struct Self {
        std::mutex mutex;
        EventHub* hub;  ///< guarded by mutex
    };
    std::shared_ptr<Self> self_ = std::make_shared<Self>();
    ReaderPool& readers_;
    Post post_;
    WhenDurable whenDurable_;
    std::map<Id, Client> clients_;  ///< io thread only
    Id next_ = 1;
    std::atomic<std::size_t> count_{0};
    std::atomic<std::int64_t> newest_{0};  ///< newest sequence that was published
};

}  // namespace stepwell::engine::rest
