#include "tests/support/api_client.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QNetworkReply>
#include <QTimer>

namespace stepwell::test {

namespace {

constexpr int callTimeoutMs = 60'000;
constexpr int pollMs = 50;

Answer parse(QNetworkReply& reply) {
    Answer answer;
    answer.http = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QJsonObject envelope = QJsonDocument::fromJson(reply.readAll()).object();
    answer.success = envelope.value("success").toBool();
    answer.result = envelope.value("result");
    answer.resultInfo = envelope.value("result_info").toObject();
    const QJsonObject error = envelope.value("errors").toArray().first().toObject();
    answer.code = error.value("code").toInt();
    answer.message = error.isEmpty() ? (answer.success ? QString() : reply.errorString())
                                     : error.value("message").toString();
    return answer;
}

QByteArray part(const QByteArray& boundary, const QByteArray& disposition, const QByteArray& type,
                const QByteArray& body) {
    return "--" + boundary + "\r\nContent-Disposition: form-data; " + disposition +
           "\r\nContent-Type: " + type + "\r\n\r\n" + body + "\r\n";
}

}  // namespace

bool isFinal(const QString& status) {
    return status == "complete" || status == "errored" || status == "terminated";
}

void ApiClient::connectTo(const EngineProcess& engine) {
    network_.clearConnectionCache();
    root_ = engine.api() + "/accounts/" + engine.account();
    authorization_ = "Bearer " + engine.token();
}

QByteArray ApiClient::toJson(const QJsonValue& value) {
    if (value.isArray()) return QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact);
    return QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
}

void ApiClient::send(const QByteArray& method, const QString& path, const QByteArray& body,
                     const QByteArray& contentType, std::function<void(Answer)> done) {
    QNetworkRequest request{QUrl(root_ + path)};
    request.setRawHeader("Authorization", authorization_);
    request.setTransferTimeout(callTimeoutMs);
    if (!body.isEmpty()) request.setHeader(QNetworkRequest::ContentTypeHeader, contentType);
    QNetworkReply* reply = network_.sendCustomRequest(request, method, body);
    QObject::connect(reply, &QNetworkReply::finished, reply, [reply, done = std::move(done)] {
        reply->deleteLater();
        done(parse(*reply));
    });
}

Answer ApiClient::call(const QByteArray& method, const QString& path, const QByteArray& body,
                       const QByteArray& contentType) {
    QEventLoop loop;
    Answer answer;
    send(method, path, body, contentType, [&](Answer got) {
        answer = std::move(got);
        loop.quit();
    });
    loop.exec();
    return answer;
}

Answer ApiClient::deploy(const Script& script) {
    QJsonObject metadata = script.metadata;
    metadata["main_module"] = "index.js";
    if (!metadata.contains("compatibility_date")) metadata["compatibility_date"] = "2026-06-01";
    metadata["compatibility_flags"] = QJsonArray{"nodejs_compat"};
    metadata["bindings"] = QJsonArray{QJsonObject{{"type", "workflow"},
                                                  {"name", "WORKFLOW"},
                                                  {"workflow_name", script.workflow},
                                                  {"class_name", script.className}}};
    const QByteArray boundary = "stepwell-test-boundary-7f3a91";
    const QByteArray form = part(boundary, "name=\"metadata\"", "application/json", toJson(metadata)) +
                            part(boundary, "name=\"index.js\"; filename=\"index.js\"",
                                 "application/javascript+module", script.source) +
                            "--" + boundary + "--\r\n";
    Answer uploaded =
        call("PUT", "/workers/scripts/" + script.name, form, "multipart/form-data; boundary=" + boundary);
    if (!uploaded.success) return uploaded;
    return put("/workflows/" + script.workflow,
               QJsonObject{{"class_name", script.className}, {"script_name", script.name}});
}

Answer ApiClient::trigger(const QString& workflow, const QString& id, const QJsonValue& params) {
    return post("/workflows/" + workflow + "/instances",
                QJsonObject{{"instance_id", id}, {"params", params}});
}

Answer ApiClient::instance(const QString& workflow, const QString& id) {
    return get("/workflows/" + workflow + "/instances/" + id);
}

QMap<QString, qint64> ApiClient::counts(const QString& workflow) {
    const QJsonObject instances =
        get("/workflows/" + workflow).result.toObject().value("instances").toObject();
    QMap<QString, qint64> counts;
    for (auto it = instances.begin(); it != instances.end(); ++it) {
        if (it->toInteger() > 0) counts.insert(it.key(), it->toInteger());
    }
    return counts;
}

Answer ApiClient::waitForEnd(const QString& workflow, const QString& id, int timeoutMs) {
    QElapsedTimer clock;
    clock.start();
    for (;;) {
        Answer answer = instance(workflow, id);
        if (isFinal(answer.result.toObject().value("status").toString()) || clock.elapsed() > timeoutMs)
            return answer;
        QEventLoop pause;
        QTimer::singleShot(pollMs, &pause, &QEventLoop::quit);
        pause.exec();
    }
}

}  // namespace stepwell::test
