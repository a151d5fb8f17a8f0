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

Response made(const std::function<Response()>& make) {
    try {
        return make();
    } catch (const std::exception&) {
        return crashed();
    }
}

class SessionExchange final : public Exchange {
  public:
    SessionExchange(Request request, std::weak_ptr<ExchangeEnd> end, std::weak_ptr<Loop> loop, Watch watch)
        : Exchange(std::move(request))
        , end_(std::move(end))
        , loop_(std::move(loop))
        , watch_(std::move(watch)) {}
    ~SessionExchange() override {
        respondWith([] { return crashed(); });
    }

    void respondWith(std::function<Response()> make) override {
        if (answered_.exchange(true)) return;
        const auto loop = loop_.lock();
        if (!loop) return;
        asio::dispatch(loop->io, [weak = end_, answer = std::move(make), told = std::move(watch_.answered)] {
            const auto end = weak.lock();
            if (!end && !told) return;
            auto response = made(answer);
            if (told) told(response);
            if (end) end->answer(std::move(response));
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
        if (watch_.streaming)
            watch_.streaming(
                [weak = end_] {
                    const auto still = weak.lock();
                    return still && still->isStreaming();
                },
                [weak = end_] {
                    if (const auto still = weak.lock()) still->close();
                });
        return std::make_shared<SessionStream>(end_);
    }

    std::weak_ptr<ExchangeEnd> end_;
    std::weak_ptr<Loop> loop_;
    Watch watch_;
    std::atomic<bool> answered_{false};
};

}  // namespace

ExchangePtr makeExchange(Request request, std::weak_ptr<ExchangeEnd> end, std::weak_ptr<Loop> loop,
                         Watch watch) {
    return std::make_shared<SessionExchange>(std::move(request), std::move(end), std::move(loop),
                                             std::move(watch));
}

}  // namespace stepwell::engine::http
