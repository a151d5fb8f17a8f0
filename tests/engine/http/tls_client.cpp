#include "tests/engine/http/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <unistd.h>

namespace stepwell::test {

namespace {

constexpr timeval patience{10, 0};

int connected(unsigned short port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return fd;
}

}  // namespace

struct TlsClient::Parts {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl{nullptr, SSL_free};
    int fd = -1;
    bool open = false;
};

TlsClient::TlsClient(unsigned short port, const std::string& caPem, const char* protocol)
    : m_parts(std::make_unique<Parts>()) {
    auto* context = m_parts->context.get();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(
        BIO_new_mem_buf(caPem.data(), static_cast<int>(caPem.size())), BIO_free);
    auto* ca = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca);
    X509_free(ca);
    const std::string name(protocol);
    const auto offered = std::string(1, static_cast<char>(name.size())) + name;
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
    m_parts->ssl.reset(SSL_new(context));
    SSL_set_tlsext_host_name(m_parts->ssl.get(), "localhost");
    SSL_set1_host(m_parts->ssl.get(), "localhost");
    m_parts->fd = connected(port);
    SSL_set_fd(m_parts->ssl.get(), m_parts->fd);
    m_parts->open = SSL_connect(m_parts->ssl.get()) == 1;
}

TlsClient::~TlsClient() {
    m_parts->ssl.reset();
    ::close(m_parts->fd);
}

bool TlsClient::isOpen() const {
    return m_parts->open;
}

std::string TlsClient::protocol() const {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(m_parts->ssl.get(), &name, &length);
    return {reinterpret_cast<const char*>(name), length};
}

std::string TlsClient::version() const {
    return SSL_get_version(m_parts->ssl.get());
}

long TlsClient::serial() const {
    const auto* certificate = SSL_get0_peer_certificate(m_parts->ssl.get());
    return certificate == nullptr ? 0 : ASN1_INTEGER_get(X509_get0_serialNumber(certificate));
}

void TlsClient::send(std::string_view bytes) {
    if (m_parts->open) SSL_write(m_parts->ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
}

bool TlsClient::more() {
    std::array<char, 16384> block{};
    const int got = m_parts->open ? SSL_read(m_parts->ssl.get(), block.data(), block.size()) : 0;
    if (got <= 0) return false;
    m_buffer.append(block.data(), static_cast<std::size_t>(got));
    return true;
}

std::string TlsClient::receiveUntil(std::string_view text) {
    auto at = m_buffer.find(text);
    while (at == std::string::npos) {
        if (!more()) return {};
        at = m_buffer.find(text);
    }
    auto out = m_buffer.substr(0, at + text.size());
    m_buffer.erase(0, out.size());
    return out;
}

std::string TlsClient::receiveBytes(std::size_t count) {
    while (m_buffer.size() < count && more()) {
    }
    auto out = m_buffer.substr(0, count);
    m_buffer.erase(0, out.size());
    return out;
}

bool TlsClient::isEndedProperly() {
    return m_buffer.empty() && !more() && (SSL_get_shutdown(m_parts->ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

}  // namespace stepwell::test
