#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace stepwell::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

Key newKey() {
    return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

std::string textOf(BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
    const Memory out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), certificate);
    return textOf(out.get());
}

std::string pem(EVP_PKEY* key) {
    const Memory out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return textOf(out.get());
}

void extend(X509* certificate, X509* issuer, int what, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate blank(EVP_PKEY* key, const char* name, long serial, long seconds) {
    Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

}  // namespace

struct PrivateCa::Parts {
    Key key = newKey();
    Certificate certificate = blank(key.get(), "A CA of tests", 1, 86'400);
    std::string text;
    long serial = 1;
};

PrivateCa::PrivateCa()
    : m_parts(std::make_unique<Parts>()) {
    auto* own = m_parts->certificate.get();
    X509_set_issuer_name(own, X509_get_subject_name(own));
    extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
    extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(own, own, NID_subject_key_identifier, "hash");
    X509_sign(own, m_parts->key.get(), EVP_sha256());
    m_parts->text = pem(own);
}

PrivateCa::~PrivateCa() = default;

const std::string& PrivateCa::certificate() const {
    return m_parts->text;
}

Pair PrivateCa::issue(long seconds) {
    auto* issuer = m_parts->certificate.get();
    const auto key = newKey();
    const auto leaf = blank(key.get(), "localhost", ++m_parts->serial, seconds);
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer));
    extend(leaf.get(), issuer, NID_subject_alt_name, "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1");
    extend(leaf.get(), issuer, NID_ext_key_usage, "serverAuth");
    extend(leaf.get(), issuer, NID_authority_key_identifier, "keyid");
    X509_sign(leaf.get(), m_parts->key.get(), EVP_sha256());
    return {pem(leaf.get()), pem(key.get())};
}

}  // namespace stepwell::test
