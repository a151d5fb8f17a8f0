#pragma once

#include "models/client/client.h"

#include <curl/curl.h>

#include <atomic>
#include <cstdio>

namespace stepwell::client {

struct CurlDelete {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

/// One exchange: the request, its easy handle, and what came back so far. After `start` only the client
/// thread touches it, except for `cancelled`.
class Transfer {
  public:
    Transfer(Request request, Callback done, Progress progress);
    Transfer(Request request, StreamHandlers handlers);

    /// Makes the easy handle. An error when the request itself is unusable (URL, header with a line break).
    api::Result<void> prepare(const Trust& trust);
    CURL* easy() const { return m_easy.get(); }
    bool isIdleTooLong(std::chrono::steady_clock::time_point now) const;
    bool hasIdleLimit() const { return m_request.idleTimeout.count() > 0; }
    void markIdle() { m_timedOutIdle = true; }

    void finish(CURLcode outcome);
    void fail(api::Error error);

    std::atomic<bool> cancelled = false;

  private:
    static std::size_t onBody(char* data, std::size_t size, std::size_t count, void* self);
    static int onSeek(void* self, curl_off_t offset, int origin);
    static std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* self);
    static int onProgress(void* self, curl_off_t downTotal, curl_off_t downNow, curl_off_t upTotal,
                          curl_off_t upNow);

    std::size_t take(std::string_view bytes);
    void open();
    void takeHeaders();
    void setHeaders();
    void setTrust(const Trust& trust);
    api::Result<void> openBodyFile();
    void setBody();
    void setMethod();
    bool isSecure() const;
    bool isSilentlyRefused(CURLcode outcome) const;
    bool isStream() const { return static_cast<bool>(m_handlers.chunk); }
    api::Error transportError(CURLcode outcome) const;

    Request m_request;
    Callback m_done;
    Progress m_progress;
    StreamHandlers m_handlers;
    Response m_response;
    bool m_opened = false;
    bool m_tooLarge = false;
    bool m_timedOutIdle = false;
    std::int64_t m_reportedBytes = -1;
    std::int64_t m_seenBytes = -1;
    std::chrono::steady_clock::time_point m_lastActivity;
    std::unique_ptr<std::FILE, CloseFile> m_bodyFile;  // before m_easy: freed after it
    curl_off_t m_bodyBytes = 0;
    std::unique_ptr<curl_slist, CurlDelete> m_headerList;
    std::unique_ptr<CURL, CurlDelete> m_easy;
    std::unique_ptr<curl_mime, CurlDelete> m_mime;  // after m_easy: freed before it
    char m_errorText[CURL_ERROR_SIZE] = {};
};

/// "http://127.0.0.1:8790" of any longer URL: what error texts may show, without paths and user names.
std::string originOf(std::string_view url);
bool isLoopback(std::string_view url);

}  // namespace stepwell::client
