#include "app/engine/http/session_exchange.h"

#include "app/engine/http/wire.h"

#include <boost/asio/dispatch.hpp>

namespace stepwell::engine::http {

namespace asio = boost::asio;

namespace {

/// Does not keep the session alive: its owner may outlive the loop.
class SessionStream final : public EventStream {
  public:
    explicit SessionStream(std::weak_ptr<ExchangeEnd> end)
        : end_(std::move(end)) {}
    ~SessionStream() override { SessionStream::close(); }
    void write(std::string_view bytes) override {
        if (const auto end = end_.lock()) end->push(bytes);
    }
    std::size_t queued() const override {
        const auto end = end_.lock();
        return end ? end->queued() : 0;
    }
    void watch(std::function<void()> drained, std::function<void()> closed) override {
        const auto end = end_.lock();
        if (end && end->isStreaming()) return end->watch(std::move(drained), std::move(closed));
        closed();
    }
    void close() override {
        if (const auto end = end_.lock()) end->close();
    }
    void finish() override {
        if (const auto end = end_.lock()) end->finish();
    }

  private:
    std::weak_ptr<ExchangeEnd> end_;
};

class SessionExchange final : public Exchange {
  public:
    SessionExchange(Request request, std::weak_ptr<ExchangeEnd> end, std::weak_ptr<Loop> loop)
        : Exchange(std::move(request))
        , end_(std::move(end))
        , loop_(std::move(loop)) {}
    ~SessionExchange() override {
        respondWith([] { return crashed(); });
    }

    void respondWith(std::function<Response()> make) override {
        if (answered_.exchange(true)) return;
        const auto loop = loop_.lock();
        if (!loop) return;
        asio::dispatch(loop->io, [weak = end_, answer = std::move(make)] {
            const auto end = weak.lock();
            if (!end) return;
            try {
                end->answer(answer());
            } catch (const std::exception&) {
                end->answer(crashed());
            }
        });
    }

    std::shared_ptr<EventStream> openStream() override {
        return open([](ExchangeEnd& end) { return end.beginStream(); });
    }

    std::shared_ptr<EventStream> openWebSocket(WebSocketForm form) override {
        return open([&](ExchangeEnd& end) { return end.beginWebSocket(std::move(form)); });
    }

  private:
    template <class Begin>
    std::shared_ptr<EventStream> open(Begin begin) {
        if (answered_.exchange(true)) return nullptr;
        const auto end = end_.lock();
        if (!end || !begin(*end)) return nullptr;
        return std::make_shared<SessionStream>(end_);
    }

    std::weak_ptr<ExchangeEnd> end_;
    std::weak_ptr<Loop> loop_;
    std::atomic<bool> answered_{false};
};

}  // namespace

ExchangePtr makeExchange(Request request, std::weak_ptr<ExchangeEnd> end, std::weak_ptr<Loop> loop) {
    return std::make_shared<SessionExchange>(std::move(request), std::move(end), std::move(loop));
}

}  // namespace stepwell::engine::http
