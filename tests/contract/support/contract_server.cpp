#include "tests/contract/support/contract_server.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTcpSocket>
#include <QUrl>
#include <QtTest>

namespace stepwell::test {

namespace {

constexpr int patienceMs = 20'000;

}  // namespace

NodeProgram::~NodeProgram() {
    process_.closeWriteChannel();
    if (process_.state() == QProcess::NotRunning || process_.waitForFinished(5'000)) return;
    process_.kill();
    process_.waitForFinished();
}

bool NodeProgram::start(const QString& file, const QStringList& arguments) {
    process_.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process_.start(QStringLiteral(CONTRACT_DIR) + "/node", QStringList{file} + arguments);
    if (!process_.waitForStarted(patienceMs)) return false;
    ready_ = nextLine(patienceMs);
    return !ready_.isEmpty();
}

QJsonObject NodeProgram::ask(const QByteArray& line) {
    process_.write(line + '\n');
    return nextLine(patienceMs);
}

QJsonObject NodeProgram::nextLine(int timeoutMs) {
    const QDeadlineTimer end(timeoutMs);
    while (!process_.canReadLine())
        if (!process_.waitForReadyRead(static_cast<int>(end.remainingTime()))) return {};
    return QJsonDocument::fromJson(process_.readLine()).object();
}

bool BadNetwork::isWanted() {
    return qEnvironmentVariable("STEPWELL_NETWORK") == "bad";
}

bool BadNetwork::start(int port) {
    QStringList arguments{QString::number(port)};
    if (qEnvironmentVariableIsSet("STEPWELL_SEED"))
        arguments << "--seed" << qEnvironmentVariable("STEPWELL_SEED");
    if (!program_.start(QStringLiteral(CONTRACT_DIR) + "/server/bad_network.mjs", arguments)) return false;
    qInfo("bad network: STEPWELL_SEED=%d draws the same", seed());
    return true;
}

QString BadNetwork::through(const QString& url) const {
    QUrl there(url);
    there.setHost("127.0.0.1");
    there.setPort(program_.ready().value("port").toInt());
    return there.toString();
}

bool ContractServer::start() {
    if (!server_.start(QStringLiteral(CONTRACT_DIR) + "/server/main.mjs")) return false;
    for (const auto& token : server_.ready().value("tokens").toObject())
        noteSecret(token.toString());
    if (!isNetworkBad()) return true;
    network_ = std::make_unique<BadNetwork>();
    return network_->start(QUrl(server_.ready().value("url").toString()).port());
}

int ContractServer::seed() const {
    return network_ ? network_->seed() : 0;
}

QString ContractServer::api() const {
    const QString api = server_.ready().value("api").toString();
    return network_ ? network_->through(api) : api;
}

QString ContractServer::token(const QString& name) const {
    return server_.ready().value("tokens").toObject().value(name).toString();
}

BackendAddress ContractServer::address(const QString& name) const {
    BackendAddress address;
    address.name = "Contract";
    address.apiBase = api().toStdString();
    address.account = account().toStdString();
    address.token = token(name).toStdString();
    address.live = false;
    return address;
}

void ContractServer::rule(const QJsonObject& rule) {
    control("POST", "rule", rule);
}

void ContractServer::calm() {
    control("POST", "calm");
}

void ContractServer::reset() {
    control("POST", "reset");
}

void ContractServer::world(const QJsonObject& change) {
    control("POST", "world", change);
}

QJsonArray ContractServer::seen(const QString& path, const QString& method) {
    const auto query = "seen?method=" + method + "&path=" + QString::fromUtf8(QUrl::toPercentEncoding(path));
    return QJsonDocument::fromJson(control("GET", query)).array();
}

QJsonObject ContractServer::stored(const QString& what, const QString& name) {
    return QJsonDocument::fromJson(control("GET", "stored?what=" + what + "&name=" + name)).object();
}

QByteArray ContractServer::control(const QByteArray& method, const QString& what, const QJsonObject& body) {
    const QUrl url(server_.ready().value("url").toString());
    QTcpSocket socket;
    socket.connectToHost(url.host(), static_cast<quint16>(url.port()));
    if (!socket.waitForConnected(patienceMs)) return {};
    const auto bytes = body.isEmpty() ? QByteArray() : QJsonDocument(body).toJson(QJsonDocument::Compact);
    socket.write(method + " /__control/" + what.toUtf8() +
                 " HTTP/1.1\r\nHost: contract\r\nConnection: close\r\n" +
                 "Content-Length: " + QByteArray::number(bytes.size()) + "\r\n\r\n" + bytes);
    while (socket.waitForReadyRead(patienceMs)) {
    }
    const auto answer = socket.readAll();
    const auto head = answer.indexOf("\r\n\r\n");
    if (head < 0 || !answer.startsWith("HTTP/1.1 200"))
        qCritical("the contract server refused %s: %s", qPrintable(what), answer.constData());
    return answer.mid(head + 4);
}

void noteSecret(const QString& secret) {
    const QString folder = qEnvironmentVariable("STEPWELL_CONTRACT_HOME");
    if (folder.isEmpty() || secret.isEmpty()) return;
    QDir().mkpath(folder);
    QFile file(folder + "/secrets");
    if (!file.open(QIODevice::Append)) return;
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    file.write(secret.toUtf8() + '\n');
}

}  // namespace stepwell::test
