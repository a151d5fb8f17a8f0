#include "tests/flows/flow_rig.h"

#include <QFile>
#include <QNetworkReply>
#include <QUrl>

namespace stepwell::test {

FlowRig::FlowRig(QString file, QStringList classes, QStringList arguments)
    : file_(std::move(file))
    , classes_(std::move(classes)) {
    const QString data = folder_.filePath("data");
    QDir().mkpath(data);
    engine_ = std::make_unique<EngineProcess>(data, std::move(arguments));
    sink_ = std::make_unique<HttpSink>([this](const QByteArray& target) {
        const auto path = QUrl::fromPercentEncoding(target).mid(1);
        const auto slash = path.indexOf('/');
        reports_.append({path.left(slash), path.mid(slash + 1)});
        if (onReport) onReport(reports_.back().first, reports_.back().second);
    });
}

FlowRig::~FlowRig() {
    if (QTest::currentTestFailed()) qWarning() << "engine log ends with:" << engine_->logTail().constData();
    engine_->stop();
}

QString FlowRig::start() {
    if (!engine_->start()) return engine_->logTail();
    api_.connectTo(*engine_);
    QFile source(QStringLiteral(FLOW_FOLDER "/") + file_);
    if (!source.open(QIODevice::ReadOnly)) return file_ + " cannot be read";
    source_ = source.readAll();
    for (const QString& name : classes_) {
        const Answer deployed = api_.deploy({"flows", source_, name, name.toLower()});
        if (!deployed.success) return name + ": " + deployed.message;
    }
    return {};
}

QString FlowRig::deploy(const QString& workflow, const QString& className, const QJsonObject& metadata) {
    const Answer deployed = api_.deploy({workflow, source_, className, workflow, metadata});
    return deployed.success ? QString() : deployed.message;
}

QString FlowRig::killAndStart() {
    engine_->killNow();
    if (!engine_->start()) return engine_->logTail();
    api_.connectTo(*engine_);
    return {};
}

Answer FlowRig::trigger(const QString& workflow, const QString& id, QJsonObject params) {
    params["sink"] = sink_->url();
    return api_.trigger(workflow, id, params);
}

QJsonObject FlowRig::instance(const QString& workflow, const QString& id) {
    return api_.instance(workflow, id).result.toObject();
}

Answer FlowRig::change(const QString& workflow, const QString& id, const QJsonObject& body) {
    return api_.call("PATCH", "/workflows/" + workflow + "/instances/" + id + "/status",
                     ApiClient::toJson(body));
}

QJsonObject FlowRig::end(const QString& workflow, const QString& id) {
    return api_.waitForEnd(workflow, id, 30'000).result.toObject();
}

QPair<QByteArray, QByteArray> FlowRig::raw(const QString& path) {
    QNetworkRequest request(QUrl(engine_->api() + "/accounts/" + engine_->account() + path));
    request.setRawHeader("Authorization", "Bearer " + engine_->token());
    QNetworkAccessManager network;
    const std::unique_ptr<QNetworkReply> reply(network.get(request));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    loop.exec();
    return {reply->header(QNetworkRequest::ContentTypeHeader).toByteArray(), reply->readAll()};
}

QStringList FlowRig::reports(const QString& id) const {
    QStringList all;
    for (const auto& [whose, report] : reports_)
        if (whose == id) all.append(report);
    return all;
}

}  // namespace stepwell::test
