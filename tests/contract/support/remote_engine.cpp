#include "tests/contract/support/remote_engine.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QUrl>

namespace stepwell::test {

namespace {

QString made(const QString& folder) {
    QDir().mkpath(folder + "/data");
    return folder;
}

}  // namespace

RemoteEngine::RemoteEngine(const QString& folder)
    : folder_(made(folder))
    , engine_(folder_ + "/data",
              {"--tls-cert", folder_ + "/certificate.pem", "--tls-key", folder_ + "/key.pem"}) {}

bool RemoteEngine::start() {
    if (!makeCertificate()) return false;
    if (engine_.start()) {
        noteSecret(QString::fromUtf8(engine_.token()));
        return !BadNetwork::isWanted() || network_.start(QUrl(engine_.api()).port());
    }
    problem_ = QString::fromUtf8(engine_.logTail());
    return false;
}

bool RemoteEngine::makeCertificate() {
    run("openssl",
        {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=stepwell test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout",
         folder_ + "/key.pem", "-out", certificate()});
    return QFile::exists(certificate()) && problem_.isEmpty();
}

QString RemoteEngine::publicKey() const {
    const auto certificates = QSslCertificate::fromPath(certificate());
    if (certificates.isEmpty()) return {};
    const auto key = certificates.front().publicKey().toDer();
    return "sha256//" +
           QString::fromLatin1(QCryptographicHash::hash(key, QCryptographicHash::Sha256).toBase64());
}

QJsonObject RemoteEngine::createToken(const QStringList& arguments) {
    const auto printed = run(QStringLiteral(STEPWELLD),
                             QStringList{"token", "create", "--data-dir", engine_.dataDir()} + arguments);
    const auto token = QJsonDocument::fromJson(printed).object();
    noteSecret(token.value("token").toString());
    return token;
}

bool RemoteEngine::revokeToken(const QString& id) {
    problem_.clear();
    run(QStringLiteral(STEPWELLD), {"token", "revoke", "--data-dir", engine_.dataDir(), id});
    return problem_.isEmpty();
}

BackendSpec RemoteEngine::spec() const {
    auto spec = directSpec();
    if (BadNetwork::isWanted()) spec.apiBase = network_.through(spec.apiBase);
    return spec;
}

BackendSpec RemoteEngine::directSpec() const {
    auto spec = newBackendSpec(BackendKind::stepwell);
    spec.name = "Remote";
    spec.apiBase = engine_.api();
    spec.account = engine_.account();
    spec.caFile = certificate();
    return spec;
}

QByteArray RemoteEngine::run(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(30'000) || process.exitCode() != 0)
        problem_ = program + ": " + QString::fromUtf8(process.readAllStandardError());
    return process.readAllStandardOutput();
}

}  // namespace stepwell::test
