#include "app/engine/http/tls.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace stepwell::engine::http {

namespace {

using Context = Tls::Context;

/// What OpenSSL says of the last failure.
std::string reason() {
    std::array<char, 256> text{};
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) return "no reason was given";
    if (const auto* known = ERR_reason_error_string(code)) return known;
    ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

tl::unexpected<api::Error> unusable(const std::string& what) {
    return api::fail(0, api::code::unavailable, what);
}

api::Result<void> readable(const std::filesystem::path& file, const char* option) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        return unusable("The file " + file.string() + " of " + option +
                        " cannot be read: " + std::generic_category().message(errno) + ".");
    if (!S_ISREG(status.st_mode))
        return unusable(file.string() + ", which " + option + " names, is not a file.");
    return {};
}

/// Of the protocols a client offers, http/1.1 is the only one spoken here.
int chooseProtocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                   unsigned int bytes, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* found = nullptr;
    const auto answer = SSL_select_next_proto(&found, length, ours, sizeof ours - 1, offered, bytes);
    *chosen = found;
    return answer == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void restrict(Context& context) {
    auto* handle = context.native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    SSL_CTX_set_options(handle, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_cipher_list(handle, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);
    // Sessions are resumed by tickets: nothing is kept here for clients that do not come back.
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(handle, chooseProtocol, nullptr);
    // Never asks a terminal for the pass phrase of a key.
    SSL_CTX_set_default_passwd_cb(handle, [](char*, int, int, void*) { return 0; });
}

api::Time endOf(const Context& context) {
    const auto* certificate = SSL_CTX_get0_certificate(const_cast<Context&>(context).native_handle());
    std::tm parts{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return {};
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::from_time_t(timegm(&parts)));
}

std::string keyOf(const Context& context) {
    const auto* certificate = SSL_CTX_get0_certificate(const_cast<Context&>(context).native_handle());
    unsigned char* key = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
    if (length <= 0) return {};
    std::array<unsigned char, 32> digest{};
    std::array<unsigned char, 45> text{};  // 44 characters and the end
    EVP_Digest(key, static_cast<std::size_t>(length), digest.data(), nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(key);
    EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
    return "sha256//" + std::string(text.begin(), text.end() - 1);
}

bool isSameFile(const struct stat& left, const struct stat& right) {
    return left.st_dev == right.st_dev && left.st_ino == right.st_ino && left.st_size == right.st_size &&
           left.st_mtim.tv_sec == right.st_mtim.tv_sec && left.st_mtim.tv_nsec == right.st_mtim.tv_nsec;
}

}  // namespace

bool Tls::Stamp::isSame(const Stamp& other) const {
    return isSameFile(certificate, other.certificate) && isSameFile(key, other.key);
}

Tls::Stamp Tls::stamp() const {
    Stamp now;
    // One that is not there has a stamp of its own: all zeros.
    if (::stat(m_files.certificate.c_str(), &now.certificate) != 0) now.certificate = {};
    if (::stat(m_files.key.c_str(), &now.key) != 0) now.key = {};
    return now;
}

api::Result<std::unique_ptr<Tls>> Tls::open(TlsFiles files) {
    std::unique_ptr<Tls> tls(new Tls(std::move(files)));
    if (auto loaded = tls->load(Expired::taken); !loaded) return tl::unexpected(loaded.error());
    return tls;
}

api::Result<void> Tls::load(Expired expired) {
    m_read = m_seen = stamp();
    if (auto read = readable(m_files.certificate, "--tls-cert"); !read) return read;
    if (auto read = readable(m_files.key, "--tls-key"); !read) return read;
    const auto context = std::make_shared<Context>(Context::tls_server);
    restrict(*context);
    auto* handle = context->native_handle();
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(handle, m_files.certificate.c_str()) != 1)
        return unusable("There is no usable certificate in " + m_files.certificate.string() + " (" +
                        reason() + "). --tls-cert needs a PEM file: the certificate, then its chain.");
    if (SSL_CTX_use_PrivateKey_file(handle, m_files.key.c_str(), SSL_FILETYPE_PEM) != 1)
        return unusable("There is no usable private key for this certificate in " + m_files.key.string() +
                        " (" + reason() +
                        "). --tls-key needs the PEM file of its key, without a pass phrase.");
    if (SSL_CTX_check_private_key(handle) != 1)
        return unusable("The key in " + m_files.key.string() + " is not that of the certificate in " +
                        m_files.certificate.string() + ".");
    const auto end = endOf(*context);
    if (expired == Expired::refused &&
        end < std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now()))
        return unusable("The certificate in " + m_files.certificate.string() + " ended at " +
                        api::toIso(end) + ". Put a new one there.");
    m_expires = end;
    m_publicKey = keyOf(*context);
    m_context = context;
    return {};
}

std::string Tls::exposure() const {
    // Keys for several services are root's, and a group may read them.
    const bool isShared = m_read.key.st_uid == 0 && ::geteuid() != 0;
    const mode_t closed = isShared ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
    if ((m_read.key.st_mode & closed) == 0) return {};
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(m_read.key.st_mode & 07777));
    const auto file = m_files.key.string();
    return "The private key " + file + " of --tls-key is open to others than its owner (mode " + mode.data() +
           "): run chmod 600 " + file +
           ", and have a new key and certificate made if somebody may have read it.";
}

void Tls::look(const Told& told) {
    const auto now = stamp();
    const bool settled = now.isSame(m_seen);
    m_seen = now;
    if (now.isSame(m_read) || !settled) return;
    const auto loaded = load(Expired::refused);
    told(loaded ? std::string() : loaded.error().message);
}

}  // namespace stepwell::engine::http
