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

bool ContractServer::isNetworkBad() {
    return qEnvironmentVariable("STEPWELL_NETWORK") == "bad";
}

bool ContractServer::start() {
    const QString programs = QStringLiteral(CONTRACT_DIR) + "/server/";
    if (!server_.start(programs + "main.mjs")) return false;
    for (const auto& token : server_.ready().value("tokens").toObject())
        noteSecret(token.toString());
    if (!isNetworkBad()) return true;
    network_ = std::make_unique<NodeProgram>();
    const QString port = QString::number(QUrl(server_.ready().value("url").toString()).port());
    QStringList arguments{port};
    if (qEnvironmentVariableIsSet("STEPWELL_SEED"))
        arguments << "--seed" << qEnvironmentVariable("STEPWELL_SEED");
    if (!network_->start(programs + "bad_network.mjs", arguments)) return false;
    qInfo("bad network: STEPWELL_SEED=%d draws the same", seed());
    return true;
}

int ContractServer::seed() const {
    return network_ ? network_->ready().value("seed").toInt() : 0;
}

QString ContractServer::api() const {
    if (!network_) return server_.ready().value("api").toString();
    return QStringLiteral("http://127.0.0.1:%1/client/v4").arg(network_->ready().value("port").toInt());
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
