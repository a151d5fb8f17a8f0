#pragma once

#include "tests/support/engine_process.h"

#include <QJsonObject>
#include <QJsonValue>
#include <QMap>
#include <QNetworkAccessManager>

#include <functional>
#include <utility>

/// A small client of the v4 API for tests. Calls wait in an event loop of their own, so sinks and timers go
/// on meanwhile.
namespace stepwell::test {

struct Answer {
    int http = 0;  ///< 0: no answer (refused, reset, too late)
    bool success = false;
    QJsonValue result;
    QJsonObject resultInfo;
    int code = 0;     ///< of the first error
    QString message;  ///< of the first error, or the transport's
};

struct Script {
    QString name;
    QByteArray source;  ///< one ES module
    QString className;
    QString workflow;           ///< bound as WORKFLOW
    QJsonObject metadata = {};  ///< more keys of the upload's metadata
};

class ApiClient {
  public:
    ApiClient() = default;
    explicit ApiClient(const EngineProcess& engine) { connectTo(engine); }
    /// After each start: the port changes.
    void connectTo(const EngineProcess& engine);

    /// `path` follows `/accounts/{account}`.
    Answer get(const QString& path) { return call("GET", path, {}); }
    Answer post(const QString& path, const QJsonValue& body) { return call("POST", path, toJson(body)); }
    Answer put(const QString& path, const QJsonValue& body) { return call("PUT", path, toJson(body)); }
    Answer patch(const QString& path, const QJsonValue& body) { return call("PATCH", path, toJson(body)); }
    Answer call(const QByteArray& method, const QString& path, const QByteArray& body,
                const QByteArray& contentType = "application/json");

    /// Asks without waiting; `done` is called from the event loop.
    void send(const QByteArray& method, const QString& path, const QByteArray& body,
              const QByteArray& contentType, std::function<void(Answer)> done);

    /// PUT of the script and, when that succeeds, PUT of its workflow. The first failure or the last answer.
    Answer deploy(const Script& script);
    Answer trigger(const QString& workflow, const QString& id, const QJsonValue& params = QJsonObject());
    Answer instance(const QString& workflow, const QString& id);

    /// Instances by status, zeros left out.
    QMap<QString, qint64> counts(const QString& workflow);
    /// Asks until the instance is in a final state or the time is over; the last answer.
    Answer waitForEnd(const QString& workflow, const QString& id, int timeoutMs);

    static QByteArray toJson(const QJsonValue& value);

  private:
    QString root_;
    QByteArray authorization_;
    QNetworkAccessManager network_;
};

bool isFinal(const QString& status);

}  // namespace stepwell::test
