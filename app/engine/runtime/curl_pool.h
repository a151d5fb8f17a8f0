#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stepwell::engine {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct OutboundRequest {
    std::string method;
    std::string url;  ///< http or https, absolute
    HttpHeaders headers;
    std::string body;
    bool hasBody = false;
    std::int64_t largestAnswer = 0;  ///< bytes of the body; more is an error
};

struct OutboundHead {
    int status = 0;
    HttpHeaders headers;  ///< as the server sent them, in order
};

/// Told how a transfer goes, on the pool's thread: hand over and return.
class TransferListener {
  public:
    virtual ~TransferListener() = default;
    virtual void onHead(OutboundHead head) = 0;
    /// There are bytes to be taken.
    virtual void onBody() = 0;
    /// The last call. `error` is empty after a whole answer.
    virtual void onEnd(std::string error) = 0;
};

/// One request on its way. Thread-safe.
class Transfer {
  public:
    virtual ~Transfer() = default;
    /// The bytes of the body that have come by now. While nobody takes them, the transfer waits.
    virtual std::string take() = 0;
    /// Gives up; `onEnd` may still follow.
    virtual void cancel() = 0;
};

/// Performs HTTP requests with libcurl on a thread of its own: no redirects, no decompression, no limit in
/// time except for connecting. Thread-safe.
class CurlPool {
  public:
    CurlPool();
    ~CurlPool();  ///< cancels everything and joins the thread

    std::shared_ptr<Transfer> start(OutboundRequest request, std::shared_ptr<TransferListener> listener);

  private:
    std::shared_ptr<class CurlLoop> m_loop;
};

}  // namespace stepwell::engine
