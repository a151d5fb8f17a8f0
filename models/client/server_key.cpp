#include "models/client/server_key.h"

#include "models/client/transfer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <string_view>

namespace stepwell::client {

namespace {

struct OpensslDelete {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};

/// The certificate of the server itself comes first.
std::string firstCertificate(CURL* easy) {
    curl_certinfo* info = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || info == nullptr ||
        info->num_of_certs < 1)
        return {};
    constexpr std::string_view start = "Cert:";
    for (const auto* entry = info->certinfo[0]; entry != nullptr; entry = entry->next)
        if (const std::string_view text = entry->data; text.starts_with(start))
            return std::string(text.substr(start.size()));
    return {};
}

std::string pinOf(const std::string& pem) {
    const std::unique_ptr<BIO, OpensslDelete> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const std::unique_ptr<X509, OpensslDelete> certificate(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) return {};
    unsigned char* key = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &key);
    if (length <= 0) return {};
    std::array<unsigned char, 32> digest{};
    const bool done =
        EVP_Digest(key, static_cast<std::size_t>(length), digest.data(), nullptr, EVP_sha256(), nullptr) == 1;
    OPENSSL_free(key);
    if (!done) return {};
    std::array<unsigned char, 45> text{};  // 44 characters and the end
    EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
    return "sha256//" + std::string(text.begin(), text.end() - 1);
}

}  // namespace

std::string serverKeyOf(const std::string& url, std::chrono::milliseconds patience) {
    if (!url.starts_with("https://")) return {};
    const std::unique_ptr<CURL, CurlDelete> easy(curl_easy_init());
    if (!easy) return {};
    curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_CERTINFO, 1L);
    // Only looked at: nothing is sent over this connection.
    curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
    if (isLoopback(url)) curl_easy_setopt(easy.get(), CURLOPT_NOPROXY, "*");
    return curl_easy_perform(easy.get()) == CURLE_OK ? pinOf(firstCertificate(easy.get())) : std::string();
}

}  // namespace stepwell::client
