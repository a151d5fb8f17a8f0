#pragma once

#include "tests/support/api_client.h"
#include "tests/support/http_sink.h"

#include <QTemporaryDir>
#include <QtTest>

#include <memory>

namespace stepwell::test {

/// `stepwelld` on a temporary folder, with the classes of one JavaScript file of this folder deployed as
/// workflows of the same name in lower case, and a sink that keeps what workflows report with `fetch`.
class FlowRig {
  public:
    /// Starts nothing yet; `arguments` are for stepwelld.
    explicit FlowRig(QString file, QStringList classes, QStringList arguments = {});
    ~FlowRig();

    /// Empty when everything is up and deployed, else what went wrong.
    QString start();
    /// One more workflow, in a script of its own, of a class of the file. Empty when that went well.
    QString deploy(const QString& workflow, const QString& className, const QJsonObject& metadata);
    /// kill -9 and a new start on the same folder.
    QString killAndStart();

    /// Creates an instance; `sink` is added to the params.
    Answer trigger(const QString& workflow, const QString& id, QJsonObject params = {});
    QJsonObject instance(const QString& workflow, const QString& id);
    QString status(const QString& workflow, const QString& id) {
        return instance(workflow, id)["status"].toString();
    }
    Answer change(const QString& workflow, const QString& id, const QJsonObject& body);
    /// Its last state, after it has ended or 30 s are over.
    QJsonObject end(const QString& workflow, const QString& id);

    /// Content type and body of a GET whose answer is no envelope.
    QPair<QByteArray, QByteArray> raw(const QString& path);

    ApiClient& api() { return api_; }
    EngineProcess& engine() { return *engine_; }
    /// Where workflows report to: the `sink` of their params.
    QString sinkUrl() const { return sink_->url(); }
    /// What instance `id` has reported so far, in order.
    QStringList reports(const QString& id) const;
    /// Called with each report as it comes in: "<id>" and what follows in the path.
    std::function<void(const QString& id, const QString& report)> onReport;

  private:
    QString file_;
    QStringList classes_;
    QByteArray source_;
    QTemporaryDir folder_;
    std::unique_ptr<EngineProcess> engine_;
    std::unique_ptr<HttpSink> sink_;
    QList<QPair<QString, QString>> reports_;
    ApiClient api_;
};

}  // namespace stepwell::test
