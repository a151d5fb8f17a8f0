#include "models/client/transfer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace stepwell::client {

namespace {

constexpr long connectTimeoutMs = 10'000;

std::string_view hostAndPort(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    const auto user = url.rfind('@');
    return user == std::string_view::npos ? url : url.substr(user + 1);
}

bool hasLineBreak(std::string_view text) {
    return text.find_first_of("\r\n") != std::string_view::npos;
}

std::string adviceFor(CURLcode outcome) {
    switch (outcome) {
    case CURLE_COULDNT_CONNECT:
        return "nothing answers there. Start the engine, or check address and port";
    case CURLE_COULDNT_RESOLVE_HOST:
        return "the host name is unknown. Check the address and the network";
    case CURLE_OPERATION_TIMEDOUT:
        return "no answer in time. Check that the engine is not stuck and try again";
    case CURLE_PEER_FAILED_VERIFICATION:
        return "its certificate is not trusted. Check the address and the system's certificates, or name the "
               "authority that signed it";
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return "its key is not the pinned one. Somebody may be in between, or the server has a new key: ask "
               "who runs it";
    case CURLE_SSL_CACERT_BADFILE:
        return "the file of the certificate authority cannot be read. Choose another one";
    case CURLE_SSL_CONNECT_ERROR:
        return "it does not speak TLS as it should. If it speaks plain HTTP, the address begins with http://";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return "the connection broke. Try again";
    default:
        return "";
    }
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// What OpenSSL says when the bytes that come are no TLS.
bool isNoTls(CURLcode outcome, std::string_view said) {
    return outcome == CURLE_SSL_CONNECT_ERROR &&
           (has(said, "wrong version number") || has(said, "http request") ||
            has(said, "packet length too long") || has(said, "unknown protocol"));
}

/// How servers answer a plain request where they speak TLS: ours, nginx, Go's, Apache.
bool asksForTls(const Response& response) {
    const std::string_view body = response.body;
    return response.status == 400 &&
           (has(body, "This port speaks TLS") || has(body, "plain HTTP request was sent to HTTPS port") ||
            has(body, "HTTP request to an HTTPS server") || has(body, "speaking plain HTTP to an SSL"));
}

bool isAboutTrust(CURLcode outcome) {
    return outcome == CURLE_PEER_FAILED_VERIFICATION || outcome == CURLE_SSL_PINNEDPUBKEYNOTMATCH ||
           outcome == CURLE_SSL_CACERT_BADFILE || outcome == CURLE_SSL_ISSUER_ERROR;
}

/// Nothing of the request has left this machine.
bool cannotHaveArrived(CURLcode outcome) {
    return isAboutTrust(outcome) || outcome == CURLE_COULDNT_CONNECT ||
           outcome == CURLE_COULDNT_RESOLVE_HOST || outcome == CURLE_COULDNT_RESOLVE_PROXY ||
           outcome == CURLE_SSL_CONNECT_ERROR || outcome == CURLE_URL_MALFORMAT ||
           outcome == CURLE_UNSUPPORTED_PROTOCOL;
}

}  // namespace

std::string originOf(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::string(url.substr(0, url.find('@')));
    return std::string(url.substr(0, scheme + 3)) + std::string(hostAndPort(url));
}

bool isLoopback(std::string_view url) {
    auto host = hostAndPort(url);
    if (host.starts_with('[')) return host.starts_with("[::1]");
    host = host.substr(0, host.find(':'));
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    return host.starts_with("127.") &&
           std::all_of(host.begin(), host.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

Transfer::Transfer(Request request, Callback done, Progress progress)
    : m_request(std::move(request))
    , m_done(std::move(done))
    , m_progress(std::move(progress)) {}

Transfer::Transfer(Request request, StreamHandlers handlers)
    : m_request(std::move(request))
    , m_done(std::move(handlers.ended))
    , m_handlers(std::move(handlers)) {
    if (!m_handlers.chunk) m_handlers.chunk = [](std::string_view) {};
}

api::Result<void> Transfer::prepare(const Trust& trust) {
    const bool badHeader = hasLineBreak(m_request.bearerToken) ||
                           std::any_of(m_request.headers.begin(), m_request.headers.end(),
                                       [](auto& h) { return hasLineBreak(h.name) || hasLineBreak(h.value); });
    if (badHeader)
        return api::fail(0, api::code::transport,
                         "A header of the request holds a line break. Check the access token.");
    if (auto opened = openBodyFile(); !opened) return opened;
    if (!trust.pinnedKey.empty() && !isPin(trust.pinnedKey))
        return api::fail(
            0, api::code::certificate,
            "The pinned key \"" + trust.pinnedKey +
                "\" is not one: it looks like sha256// and 44 characters of Base64 behind it, the last "
                "one an =. Nothing was sent.");
    m_easy.reset(curl_easy_init());
    if (!m_easy)
        return api::fail(0, api::code::transport, "libcurl could not start a request: out of memory.");
    curl_easy_setopt(easy(), CURLOPT_URL, m_request.url.c_str());
    curl_easy_setopt(easy(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy(), CURLOPT_NOSIGNAL, 1L);
    // Who drops a request does not wait for the system's resolver.
    curl_easy_setopt(easy(), CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy(), CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy(), CURLOPT_CONNECTTIMEOUT_MS, connectTimeoutMs);
    curl_easy_setopt(easy(), CURLOPT_TIMEOUT_MS, static_cast<long>(m_request.timeout.count()));
    curl_easy_setopt(easy(), CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy(), CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy(), CURLOPT_ERRORBUFFER, m_errorText);
    if (isLoopback(m_request.url)) curl_easy_setopt(easy(), CURLOPT_NOPROXY, "*");
    if (m_request.once) curl_easy_setopt(easy(), CURLOPT_FRESH_CONNECT, 1L);
    setTrust(trust);
    curl_easy_setopt(easy(), CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy(), CURLOPT_WRITEFUNCTION, &Transfer::onBody);
    curl_easy_setopt(easy(), CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy(), CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
    curl_easy_setopt(easy(), CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy(), CURLOPT_XFERINFOFUNCTION, &Transfer::onProgress);
    curl_easy_setopt(easy(), CURLOPT_XFERINFODATA, this);
    setHeaders();
    setBody();
    setMethod();
    m_lastActivity = std::chrono::steady_clock::now();
    return {};
}

void Transfer::setHeaders() {
    const auto append = [this](const std::string& line) {
        m_headerList.reset(curl_slist_append(m_headerList.release(), line.c_str()));
    };
    append("Expect:");
    append("Accept: " + std::string(isStream() ? "text/event-stream" : "application/json, */*;q=0.5"));
    if (m_request.parts.empty() && (!m_request.body.empty() || m_bodyFile))
        append("Content-Type: " + m_request.bodyType);
    if (!m_request.bearerToken.empty()) append("Authorization: Bearer " + m_request.bearerToken);
    for (const auto& header : m_request.headers)
        append(header.name + ": " + header.value);
    curl_easy_setopt(easy(), CURLOPT_HTTPHEADER, m_headerList.get());
    curl_easy_setopt(easy(), CURLOPT_USERAGENT, "stepwell/" STEPWELL_VERSION);
}

void Transfer::setTrust(const Trust& trust) {
    if (!trust.caFile.empty()) {
        curl_easy_setopt(easy(), CURLOPT_CAINFO, trust.caFile.c_str());
        curl_easy_setopt(easy(), CURLOPT_CAPATH, nullptr);
    }
    if (trust.pinnedKey.empty()) return;
    curl_easy_setopt(easy(), CURLOPT_PINNEDPUBLICKEY, trust.pinnedKey.c_str());
    if (!trust.caFile.empty()) return;
    // Who has the key is who was meant, whoever signed the certificate and whatever name is in it.
    curl_easy_setopt(easy(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy(), CURLOPT_SSL_VERIFYHOST, 0L);
}

api::Result<void> Transfer::openBodyFile() {
    if (m_request.bodyFile.empty()) return {};
    m_bodyFile.reset(std::fopen(m_request.bodyFile.c_str(), "rbe"));
    if (m_bodyFile && fseeko(m_bodyFile.get(), 0, SEEK_END) == 0) {
        m_bodyBytes = ftello(m_bodyFile.get());
        if (m_bodyBytes >= 0 && fseeko(m_bodyFile.get(), 0, SEEK_SET) == 0) return {};
    }
    return api::fail(0, api::code::transport,
                     "The file " + m_request.bodyFile + " cannot be read: " + std::strerror(errno) + ".");
}

void Transfer::setBody() {
    if (m_bodyFile) {
        curl_easy_setopt(easy(), CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy(), CURLOPT_READDATA, m_bodyFile.get());
        curl_easy_setopt(easy(), CURLOPT_INFILESIZE_LARGE, m_bodyBytes);
        curl_easy_setopt(easy(), CURLOPT_SEEKFUNCTION, &Transfer::onSeek);
        curl_easy_setopt(easy(), CURLOPT_SEEKDATA, this);
    } else if (!m_request.parts.empty()) {
        m_mime.reset(curl_mime_init(easy()));
        for (const auto& part : m_request.parts) {
            curl_mimepart* piece = curl_mime_addpart(m_mime.get());
            curl_mime_name(piece, part.name.c_str());
            curl_mime_data(piece, part.bytes.data(), part.bytes.size());
            if (!part.fileName.empty()) curl_mime_filename(piece, part.fileName.c_str());
            if (!part.contentType.empty()) curl_mime_type(piece, part.contentType.c_str());
        }
        curl_easy_setopt(easy(), CURLOPT_MIMEPOST, m_mime.get());
    } else if (!m_request.body.empty() || (m_request.method != "GET" && m_request.method != "DELETE")) {
        curl_easy_setopt(easy(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(m_request.body.size()));
        curl_easy_setopt(easy(), CURLOPT_POSTFIELDS, m_request.body.c_str());
    }
}

void Transfer::setMethod() {
    if (m_request.method == "HEAD")
        curl_easy_setopt(easy(), CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(easy(), CURLOPT_CUSTOMREQUEST, m_request.method.c_str());
}

/// A connection that was kept, and turns out to be gone, is replaced: the body begins anew.
int Transfer::onSeek(void* self, curl_off_t offset, int origin) {
    auto* file = static_cast<Transfer*>(self)->m_bodyFile.get();
    return fseeko(file, offset, origin) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

std::size_t Transfer::onBody(char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<Transfer*>(self)->take({data, size * count});
}

std::size_t Transfer::take(std::string_view bytes) {
    m_lastActivity = std::chrono::steady_clock::now();
    if (cancelled) return 0;
    if (isStream()) {
        open();
        m_handlers.chunk(bytes);
        return bytes.size();
    }
    if (m_response.body.size() + bytes.size() > m_request.largestResponse) {
        m_tooLarge = true;
        return 0;
    }
    m_response.body.append(bytes);
    return bytes.size();
}

int Transfer::onProgress(void* self, curl_off_t, curl_off_t downNow, curl_off_t upTotal, curl_off_t upNow) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.cancelled) return 1;
    if (const std::int64_t seen = downNow + upNow; seen != transfer.m_seenBytes) {
        transfer.m_seenBytes = seen;
        transfer.m_lastActivity = std::chrono::steady_clock::now();
    }
    if (transfer.m_progress && upTotal > 0 && upNow != transfer.m_reportedBytes) {
        transfer.m_reportedBytes = upNow;
        transfer.m_progress(upNow, upTotal);
    }
    return 0;
}

/// The head of a stream is news even before its first byte.
std::size_t Transfer::onHeader(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.isStream() && std::string_view(data, size * count) == "\r\n") transfer.open();
    return size * count;
}

void Transfer::open() {
    if (m_opened) return;
    long status = 0;
    curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
    if (status < 200) return;
    m_opened = true;
    m_response.status = static_cast<int>(status);
    const char* type = nullptr;
    curl_easy_getinfo(easy(), CURLINFO_CONTENT_TYPE, &type);
    if (type) m_response.contentType = type;
    if (m_request.wantsHeaders) takeHeaders();
    if (m_handlers.opened && !cancelled) m_handlers.opened(m_response);
}

void Transfer::takeHeaders() {
    curl_header* header = nullptr;
    while ((header = curl_easy_nextheader(easy(), CURLH_HEADER, -1, header)) != nullptr)
        m_response.headers.push_back({header->name, header->value});
}

bool Transfer::isIdleTooLong(std::chrono::steady_clock::time_point now) const {
    return hasIdleLimit() && now - m_lastActivity > m_request.idleTimeout;
}

void Transfer::finish(CURLcode outcome) {
    if (cancelled) return;
    if (outcome != CURLE_OK) return fail(transportError(outcome));
    open();
    if (!isSecure() && asksForTls(m_response))
        return fail(
            {0, api::code::transport,
             "Cannot reach " + originOf(m_request.url) +
                 ": the server speaks TLS there. Begin the address with https:// instead of http://."});
    if (m_done) m_done(std::move(m_response));
}

void Transfer::fail(api::Error error) {
    if (!cancelled && m_done) m_done(api::fail(std::move(error)));
}

bool Transfer::isSecure() const {
    return m_request.url.starts_with("https://");
}

/// A new connection over plain HTTP that not a byte of an answer came over, or bytes that are no HTTP: so
/// ends a plain request to a server that speaks TLS and does not say so.
bool Transfer::isSilentlyRefused(CURLcode outcome) const {
    if (isSecure()) return false;
    if (outcome == CURLE_UNSUPPORTED_PROTOCOL) return has(m_errorText, "HTTP/0.9");
    long fresh = 0;
    long header = 0;
    curl_easy_getinfo(m_easy.get(), CURLINFO_NUM_CONNECTS, &fresh);
    curl_easy_getinfo(m_easy.get(), CURLINFO_HEADER_SIZE, &header);
    return (outcome == CURLE_GOT_NOTHING || outcome == CURLE_RECV_ERROR) && fresh > 0 && header == 0;
}

api::Error Transfer::transportError(CURLcode outcome) const {
    const auto origin = originOf(m_request.url);
    if (m_tooLarge)
        return {0, api::code::tooLarge,
                "The answer of " + origin + " is larger than " +
                    std::to_string(m_request.largestResponse >> 20U) +
                    " MiB and was not read. Ask for less of it."};
    if (m_timedOutIdle) outcome = CURLE_OPERATION_TIMEDOUT;
    auto advice =
        isNoTls(outcome, m_errorText)
            ? std::string("it does not speak TLS. If plain HTTP is meant, begin the address with http://")
            : adviceFor(outcome);
    if (isSilentlyRefused(outcome))
        advice = "it ends the connection without an answer. If it speaks TLS, begin the address with "
                 "https://; else "
                 "try again";
    if (advice.empty())
        advice = m_errorText[0] != '\0' ? std::string(m_errorText) : curl_easy_strerror(outcome);
    auto message = "Cannot reach " + origin + ": " + advice + ".";
    const bool mayHaveArrived = !m_request.isRead() && !cannotHaveArrived(outcome);
    if (mayHaveArrived)
        message += " What was asked may have arrived all the same: look before you ask again.";
    return {0, isAboutTrust(outcome) ? api::code::certificate : api::code::transport, std::move(message)};
}

}  // namespace stepwell::client
