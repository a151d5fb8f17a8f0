#include "models/backends/probe.h"
#include "models/client/link.h"
#include "models/client/server_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

using namespace stepwell;
using client::Link;
using client::Trust;

namespace {

struct OpensslDelete {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};
template <class T>
using Owned = std::unique_ptr<T, OpensslDelete>;

QByteArray pemOf(const std::function<void(BIO*)>& write) {
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    write(bio.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &bytes);
    return {bytes, static_cast<qsizetype>(size)};
}

struct Identity {
    QByteArray certificate;
    QByteArray key;
};

/// Of 127.0.0.1, signed by nobody but itself.
Identity newIdentity() {
    const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    const Owned<X509> certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1,
                               -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    const Owned<X509_EXTENSION> host(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
    X509_add_ext(certificate.get(), host.get(), -1);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    return {pemOf([&](BIO* bio) { PEM_write_bio_X509(bio, certificate.get()); }), pemOf([&](BIO* bio) {
                PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

/// Answers every request with {} and counts them.
class TlsServer : public QObject {
  public:
    explicit TlsServer(const Identity& identity) {
        auto configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(QSslCertificate(identity.certificate));
        configuration.setPrivateKey(QSslKey(identity.key, QSsl::Ec));
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
        m_server.setSslConfiguration(configuration);
        connect(&m_server, &QSslServer::pendingConnectionAvailable, this, [this] {
            while (auto* socket = m_server.nextPendingConnection())
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                    if (!socket->readAll().contains("\r\n\r\n")) return;
                    ++requests;
                    socket->write(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
                });
        });
        m_server.listen(QHostAddress::LocalHost);
    }
    std::string url() const {
        return "https://127.0.0.1:" + std::to_string(m_server.serverPort()) + "/client/v4";
    }

    int requests = 0;

  private:
    QSslServer m_server;
};

api::Result<client::Response> get(const std::string& url, Trust trust) {
    client::LinkPolicy policy;
    policy.tries = 3;
    Link link(std::move(trust), policy);
    std::atomic<bool> answered = false;
    api::Result<client::Response> result = api::fail({});
    client::Request request;
    request.url = url;
    request.bearerToken = "s3cret";
    link.send(request, [&](api::Result<client::Response> answer) {
        result = std::move(answer);
        answered = true;
    });
    if (!QTest::qWaitFor([&answered] { return answered.load(); }, 20'000)) return api::fail({});
    return result;
}

api::Result<client::Response> get(const TlsServer& server, Trust trust) {
    return get(server.url(), std::move(trust));
}

}  // namespace

class TrustTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void aStrangerGetsNothing();
    void aPrivateAuthorityCounts();
    void aPinnedKeyCounts();
    void aPinThatIsNoneIsNamed();
    void aServerWithoutTlsIsNamed();
    void aProbeTellsTheKey();
    void aPinIsNotLostToABackendBeside();

  private:
    QTemporaryDir m_folder;
    Identity m_identity;
    QString m_caFile;
};

void TrustTest::initTestCase() {
    if (!QSslSocket::supportsSsl()) QSKIP("Qt has no TLS here.");
    m_identity = newIdentity();
    m_caFile = m_folder.filePath("ca.pem");
    QFile file(m_caFile);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(m_identity.certificate);
}

void TrustTest::aStrangerGetsNothing() {
    const TlsServer server(m_identity);
    const auto answer = get(server, {});
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, api::code::certificate);
    QVERIFY(answer.error().message.find("certificate") != std::string::npos);
    QCOMPARE(server.requests, 0);
}

void TrustTest::aPrivateAuthorityCounts() {
    const TlsServer server(m_identity);
    const auto answer = get(server, {m_caFile.toStdString(), {}});
    QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
    QCOMPARE(server.requests, 1);
    const TlsServer other(newIdentity());
    QCOMPARE(get(other, {m_caFile.toStdString(), {}}).error().code, api::code::certificate);
    QCOMPARE(get(server, {"/nowhere/ca.pem", {}}).error().code, api::code::certificate);
}

void TrustTest::aPinnedKeyCounts() {
    const TlsServer server(m_identity);
    const auto look = [&server] {
        std::string key;
        std::atomic<bool> done = false;
        std::thread thread([&] {
            key = client::serverKeyOf(server.url(), std::chrono::milliseconds{10'000});
            done = true;
        });
        [[maybe_unused]] const bool inTime = QTest::qWaitFor([&done] { return done.load(); }, 20'000);
        thread.join();
        return key;
    };
    const auto key = look();
    QVERIFY(key.starts_with("sha256//"));
    QCOMPARE(key.size(), std::size_t{52});
    QVERIFY(get(server, {{}, key}));
    const TlsServer other(newIdentity());
    const auto refused = get(other, {{}, key});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, api::code::certificate);
    QVERIFY(refused.error().message.find("pinned") != std::string::npos);
    QCOMPARE(other.requests, 0);
}

void TrustTest::aPinThatIsNoneIsNamed() {
    const TlsServer server(m_identity);
    for (const std::string pin : {"sha256//short=", "0123456789abcdef", "sha256//+"}) {
        const auto refused = get(server, {{}, pin});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, api::code::certificate);
        const auto& message = refused.error().message;
        QVERIFY2(message.find("44 characters") != std::string::npos, message.c_str());
        QVERIFY2(message.find("in between") == std::string::npos, message.c_str());
    }
    QCOMPARE(server.requests, 0);
}

void TrustTest::aServerWithoutTlsIsNamed() {
    QTcpServer plain;
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    connect(&plain, &QTcpServer::newConnection, this, [&plain] {
        auto* socket = plain.nextPendingConnection();
        socket->write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    const auto answer = get("https://127.0.0.1:" + std::to_string(plain.serverPort()), {});
    QVERIFY(!answer);
    const auto& message = answer.error().message;
    QVERIFY2(message.find("does not speak TLS") != std::string::npos, message.c_str());
    QVERIFY2(message.find("http://") != std::string::npos, message.c_str());
}

void TrustTest::aProbeTellsTheKey() {
    const TlsServer server(m_identity);
    auto spec = newBackendSpec(BackendKind::stepwell);
    spec.apiBase = QString::fromStdString(server.url());
    spec.account = "acc";
    std::optional<ProbeReport> report;
    probe(spec, "s3cret", this, [&report](ProbeReport answer) { report = std::move(answer); });
    QTRY_VERIFY_WITH_TIMEOUT(report, 20'000);
    QVERIFY(!report->reachable);
    QVERIFY(!report->certificateTrusted);
    QVERIFY(report->serverKey.startsWith("sha256//"));
    QCOMPARE(server.requests, 0);
}

void TrustTest::aPinIsNotLostToABackendBeside() {
    const std::string base = "https://one.example/client/v4";
    {
        const client::TrustOfAccount pinned(base, "acc", {{}, "sha256//key"});
        const client::TrustOfAccount beside(base, "other", {});
        const client::TrustOfAccount again(base + "/", "acc", {});
        QCOMPARE(client::trustFor(base, "acc").pinnedKey, std::string("sha256//key"));
        QCOMPARE(client::trustFor(base, "other").pinnedKey, std::string());
    }
    // Jobs that begin when the tab was closed.
    QCOMPARE(client::trustFor(base, "acc").pinnedKey, std::string("sha256//key"));
    // The person took the pin away.
    const client::TrustOfAccount without(base, "acc", {});
    QCOMPARE(client::trustFor(base, "acc").pinnedKey, std::string());
}

QTEST_GUILESS_MAIN(TrustTest)
#include "test_trust.moc"
