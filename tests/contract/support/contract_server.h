#pragma once

#include "models/http_backend.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>

#include <memory>

/// What the suites of tests/contract share.
namespace stepwell::test {

/// A program of Node that prints one JSON line when it is ready and ends with its standard input.
class NodeProgram {
  public:
    NodeProgram() = default;
    ~NodeProgram();
    NodeProgram(const NodeProgram&) = delete;
    NodeProgram& operator=(const NodeProgram&) = delete;

    /// False when it ended or said nothing within 20 s; its own words are in the test's log.
    bool start(const QString& file, const QStringList& arguments = {});
    const QJsonObject& ready() const { return ready_; }
    /// Writes a line and takes the line that comes back.
    QJsonObject ask(const QByteArray& line);

  private:
    QJsonObject nextLine(int timeoutMs);

    QProcess process_;
    QJsonObject ready_;
};

/// What lies between the product and a server with STEPWELL_NETWORK=bad:
/// tests/contract/server/bad_network.mjs.
class BadNetwork {
  public:
    static bool isWanted();
    /// Before the server on this port of this machine.
    bool start(int port);
    /// The same URL, by way of the bad network.
    QString through(const QString& url) const;
    int seed() const { return program_.ready().value("seed").toInt(); }

  private:
    NodeProgram program_;
};

/// The server that acts as Cloudflare does (tests/contract/server/main.mjs), for the time of a test; with
/// STEPWELL_NETWORK=bad all that the product sends to it goes through the bad network. What goes through
/// `rule`, `world` and so on always reaches it directly.
class ContractServer {
  public:
    bool start();

    static bool isNetworkBad() { return BadNetwork::isWanted(); }
    /// Seed of the bad network, or 0.
    int seed() const;
    QString api() const;
    QString account() const { return server_.ready().value("account").toString(); }
    /// Of the token of this name: edit, read, partial, expired, disabled.
    QString token(const QString& name = "edit") const;
    BackendAddress address(const QString& token = "edit") const;

    /// How it answers from now on: see server/answers.mjs.
    void rule(const QJsonObject& rule);
    void calm();
    void reset();
    void world(const QJsonObject& change);
    /// A "script", "workflow" or "project" as it is behind the API, with what the API does not tell again;
    /// `missing` when there is none of this name.
    QJsonObject stored(const QString& what, const QString& name);
    /// The calls so far whose path below the account fits the expression.
    QJsonArray seen(const QString& path, const QString& method);

  private:
    QByteArray control(const QByteArray& method, const QString& what, const QJsonObject& body = {});

    NodeProgram server_;
    std::unique_ptr<BadNetwork> network_;
};

/// Notes a secret for the scan that comes after the suites: see tests/contract/secrets.test.mjs.
void noteSecret(const QString& secret);

}  // namespace stepwell::test
