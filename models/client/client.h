#pragma once

#include "models/api/error.h"
#include "models/client/trust.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::client {

struct Header {
    std::string name;
    std::string value;
};

/// One part of a multipart form. Without a file name the part is a plain field.
struct Part {
    std::string name;
    std::string fileName;
    std::string contentType;
    std::string bytes;
};

struct Request {
    std::string method = "GET";
    std::string url;  ///< http or https; nothing else is ever opened
    std::vector<Header> headers;
    std::string body;
    std::string bodyFile;  ///< path of a file that is sent instead of `body`, read as it goes
    std::string bodyType = "application/json";  ///< used when there is a body
    std::vector<Part> parts;                    ///< when not empty, sent instead of `body`
    std::string bearerToken;                    ///< sent as Authorization; in no error text and no log
    std::chrono::milliseconds timeout{30'000};  ///< for the whole exchange; 0: none
    std::chrono::milliseconds idleTimeout{0};   ///< longest time without a byte either way; 0: none
    bool wantsHeaders = false;
    std::size_t largestResponse = 256U * 1024U * 1024U;  ///< bytes; a longer body ends in code::tooLarge
    /// On a connection of its own: on one that was kept, and turns out to be gone, libcurl would send it
    /// twice.
    bool once = false;
    // What Link goes by.
    bool background = false;    ///< nobody waits for it
    bool isGraphql = false;     ///< a question, although it is a POST; counted apart
    std::string storeKey = {};  ///< under which its answer is kept for worse times; empty: not at all
    bool isPartial = false;     ///< its answer is not kept, and that of the whole is taken instead

    /// Changes nothing there, so that it can be sent again.
    bool isRead() const { return method == "GET" || method == "HEAD" || isGraphql; }
};

struct Response {
    int status = 0;
    std::string contentType;
    std::string body;                  ///< empty for streams
    std::vector<Header> headers = {};  ///< when the request wants them
};

/// Every answer the server gave is a Response, whatever its status; an Error (code::transport,
/// code::certificate, code::tooLarge) means there was none.
using Callback = std::function<void(api::Result<Response>)>;
/// Bytes of the request body sent, and in all.
using Progress = std::function<void(std::int64_t, std::int64_t)>;

struct StreamHandlers {
    std::function<void(const Response&)> opened;  ///< status and headers are in; optional
    std::function<void(std::string_view)> chunk;  ///< a piece of the body, whatever the status
    Callback ended;                               ///< closed by the server, or failed; once
};

class Transfer;
class Core;

/// Ends a transfer early. Copies mean the same transfer; dropping a handle does not cancel.
class Handle {
  public:
    Handle() = default;
    /// Any thread. Afterwards no callback starts; one that is running on the client thread may still finish.
    void cancel();

  private:
    friend class Client;
    std::shared_ptr<Transfer> m_transfer;
    std::weak_ptr<Core> m_core;
};

/// Asynchronous HTTP over one libcurl multi handle on a thread of its own. Connections are kept and reused;
/// redirects are not followed, so a token goes nowhere but where it was meant for; proxies of the environment
/// are honoured except for this machine itself. All members may be called from any thread, also from a
/// callback. Callbacks run on the client thread and must not block it. Destruction drops what is under way
/// without calling back and joins the thread; not from a callback.
class Client {
  public:
    explicit Client(Trust trust = {});
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    Handle send(Request request, Callback done, Progress progress = {});
    Handle stream(Request request, StreamHandlers handlers);
    /// Nothing is begun from now on, and nobody is called back. Does not wait, so that who may not wait can
    /// leave the destruction to another thread.
    void end();
    /// Runs `action` on the client thread, after this while at the earliest and about a millisecond later.
    void after(std::chrono::steady_clock::duration wait, std::function<void()> action);

  private:
    Handle start(std::shared_ptr<Transfer> transfer);

    std::shared_ptr<Core> m_core;
};

}  // namespace stepwell::client
