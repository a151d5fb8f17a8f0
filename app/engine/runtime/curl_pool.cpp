#include "app/engine/runtime/curl_pool.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace stepwell::engine {

namespace {

constexpr std::size_t mostBuffered = 512 << 10;
constexpr std::size_t mostHeaderBytes = 256 << 10;
constexpr long connectSeconds = 30;
/// Without a transfer there is nothing to wake up for; libcurl's own timers end a wait earlier.
constexpr int pollMilliseconds = 3'600'000;

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
        text.remove_suffix(1);
    return text;
}

}  // namespace

class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
  public:
    void run();
    void post(std::function<void()> command);
    void add(const std::shared_ptr<class CurlTransfer>& transfer);
    void remove(CURL* easy, const std::string& error);
    void stop();

    std::thread thread;

  private:
    void runCommands();
    void takeFinished();

    std::unique_ptr<CURLM, MultiDeleter> m_multi{curl_multi_init()};
    std::map<CURL*, std::shared_ptr<class CurlTransfer>> m_active;  // the pool's thread only
    std::mutex m_mutex;
    std::vector<std::function<void()>> m_commands;  // guarded by m_mutex
    std::atomic<bool> m_stopping{false};
};

/// State of one request; fields without a note belong to the pool's thread.
class CurlTransfer : public Transfer, public std::enable_shared_from_this<CurlTransfer> {
  public:
    CurlTransfer(std::weak_ptr<CurlLoop> pool, OutboundRequest request,
                 std::shared_ptr<TransferListener> listener)
        : m_pool(std::move(pool))
        , m_request(std::move(request))
        , m_listener(std::move(listener)) {}

    std::string take() override;
    void cancel() override;

    CURL* prepare();
    void finish(CURLcode code);
    void fail(const std::string& error) {
        if (auto listener = std::move(m_listener)) listener->onEnd(error);
    }

  private:
    static std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t onData(char* data, std::size_t size, std::size_t count, void* self);
    bool header(std::string_view line);
    void setMethod();
    void setHeaders();
    std::size_t data(const char* bytes, std::size_t size);

    std::weak_ptr<CurlLoop> m_pool;
    OutboundRequest m_request;
    std::shared_ptr<TransferListener> m_listener;
    std::unique_ptr<CURL, EasyDeleter> m_easy;
    std::unique_ptr<curl_slist, ListDeleter> m_headerList;
    std::array<char, CURL_ERROR_SIZE> m_error{};
    std::string m_ownError;
    OutboundHead m_head;
    std::size_t m_headerBytes = 0;
    bool m_headDone = false;
    std::int64_t m_received = 0;

    std::mutex m_mutex;
    std::string m_buffer;   // guarded by m_mutex
    bool m_paused = false;  // guarded by m_mutex
};

std::string CurlTransfer::take() {
    std::string taken;
    bool wasPaused = false;
    {
        const std::lock_guard lock(m_mutex);
        taken.swap(m_buffer);
        wasPaused = std::exchange(m_paused, false);
    }
    if (wasPaused)
        if (const auto pool = m_pool.lock())
            pool->post([self = shared_from_this()] {
                if (self->m_listener) curl_easy_pause(self->m_easy.get(), CURLPAUSE_CONT);
            });
    return taken;
}

void CurlTransfer::cancel() {
    if (const auto pool = m_pool.lock())
        pool->post([self = shared_from_this(), pool = pool.get()] {
            if (self->m_easy) pool->remove(self->m_easy.get(), "cancelled by the caller");
        });
}

void CurlTransfer::setMethod() {
    CURL* easy = m_easy.get();
    if (m_request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (m_request.hasBody) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(m_request.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, m_request.body.data());
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, m_request.method.c_str());
}

void CurlTransfer::setHeaders() {
    curl_slist* list = nullptr;
    const auto append = [&list](const std::string& line) {
        if (auto* longer = curl_slist_append(list, line.c_str())) list = longer;
    };
    for (const char* unasked : {"Accept:", "User-Agent:", "Expect:", "Content-Type:"}) {
        const std::string name(unasked, std::char_traits<char>::length(unasked) - 1);
        const bool given =
            std::any_of(m_request.headers.begin(), m_request.headers.end(), [&](const auto& header) {
                return curl_strequal(header.first.c_str(), name.c_str()) != 0;
            });
        if (!given) append(unasked);
    }
    for (const auto& [name, value] : m_request.headers)
        append(value.empty() ? name + ";" : name + ": " + value);  // libcurl's form of an empty header
    m_headerList.reset(list);
    curl_easy_setopt(m_easy.get(), CURLOPT_HTTPHEADER, list);
}

CURL* CurlTransfer::prepare() {
    m_easy.reset(curl_easy_init());
    CURL* easy = m_easy.get();
    if (easy == nullptr) return nullptr;
    curl_easy_setopt(easy, CURLOPT_URL, m_request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, connectSeconds);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, m_error.data());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::onHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::onData);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    setMethod();
    setHeaders();
    return easy;
}

std::size_t CurlTransfer::onHeader(char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<CurlTransfer*>(self)->header({data, size * count}) ? size * count : 0;
}

std::size_t CurlTransfer::onData(char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<CurlTransfer*>(self)->data(data, size * count);
}

bool CurlTransfer::header(std::string_view line) {
    if (m_headDone) return true;  // trailers
    m_headerBytes += line.size();
    if (m_headerBytes > mostHeaderBytes) {
        m_ownError = "the headers of the answer are larger than 256 KiB";
        return false;
    }
    if (line.starts_with("HTTP/")) {
        m_head.headers.clear();
        return true;
    }
    const auto text = trimmed(line);
    if (!text.empty()) {
        const auto colon = text.find(':');
        if (colon != std::string_view::npos)
            m_head.headers.emplace_back(text.substr(0, colon), trimmed(text.substr(colon + 1)));
        return true;
    }
    long status = 0;
    curl_easy_getinfo(m_easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status < 200) return true;
    m_headDone = true;
    m_head.status = static_cast<int>(status);
    m_listener->onHead(std::move(m_head));
    return true;
}

std::size_t CurlTransfer::data(const char* bytes, std::size_t size) {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_buffer.empty() && m_buffer.size() + size > mostBuffered) {
            m_paused = true;
            return CURL_WRITEFUNC_PAUSE;
        }
        m_received += static_cast<std::int64_t>(size);
        if (m_received > m_request.largestAnswer) {
            m_ownError = "the answer is larger than the limit of " +
                         std::to_string(m_request.largestAnswer >> 20) + " MiB";
            return CURL_WRITEFUNC_ERROR;
        }
        m_buffer.append(bytes, size);
    }
    m_listener->onBody();
    return size;
}

void CurlTransfer::finish(CURLcode code) {
    if (code == CURLE_OK) return fail({});
    if (!m_ownError.empty()) return fail(m_ownError);
    fail(m_error[0] != '\0' ? std::string(m_error.data()) : std::string(curl_easy_strerror(code)));
}

void CurlLoop::post(std::function<void()> command) {
    {
        const std::lock_guard lock(m_mutex);
        m_commands.push_back(std::move(command));
    }
    curl_multi_wakeup(m_multi.get());
}

void CurlLoop::add(const std::shared_ptr<CurlTransfer>& transfer) {
    CURL* easy = transfer->prepare();
    if (easy == nullptr || curl_multi_add_handle(m_multi.get(), easy) != CURLM_OK)
        return transfer->fail("out of memory");
    m_active.emplace(easy, transfer);
}

void CurlLoop::remove(CURL* easy, const std::string& error) {
    auto node = m_active.extract(easy);
    if (node.empty()) return;
    curl_multi_remove_handle(m_multi.get(), easy);
    node.mapped()->fail(error);
}

void CurlLoop::runCommands() {
    std::vector<std::function<void()>> commands;
    {
        const std::lock_guard lock(m_mutex);
        commands.swap(m_commands);
    }
    for (const auto& command : commands)
        command();
}

void CurlLoop::takeFinished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(m_multi.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const auto code = message->data.result;
        auto node = m_active.extract(message->easy_handle);
        if (node.empty()) continue;
        curl_multi_remove_handle(m_multi.get(), node.key());
        node.mapped()->finish(code);
    }
}

void CurlLoop::run() {
    while (!m_stopping) {
        runCommands();
        int running = 0;
        curl_multi_perform(m_multi.get(), &running);
        takeFinished();
        curl_multi_poll(m_multi.get(), nullptr, 0, pollMilliseconds, nullptr);
    }
    while (!m_active.empty())
        remove(m_active.begin()->first, "the engine is stopping");
    const std::lock_guard lock(m_mutex);
    m_commands.clear();
}

void CurlLoop::stop() {
    m_stopping = true;
    curl_multi_wakeup(m_multi.get());
    if (thread.joinable()) thread.join();
}

CurlPool::CurlPool() {
    static const bool initialised = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    static_cast<void>(initialised);
    m_loop = std::make_shared<CurlLoop>();
    m_loop->thread = std::thread([loop = m_loop.get()] { loop->run(); });
}

CurlPool::~CurlPool() {
    m_loop->stop();
}

std::shared_ptr<Transfer> CurlPool::start(OutboundRequest request,
                                          std::shared_ptr<TransferListener> listener) {
    auto transfer = std::make_shared<CurlTransfer>(m_loop, std::move(request), std::move(listener));
    m_loop->post([loop = m_loop.get(), transfer] { loop->add(transfer); });
    return transfer;
}

}  // namespace stepwell::engine
