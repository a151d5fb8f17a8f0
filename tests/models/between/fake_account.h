#pragma once

#include "models/client/form.h"
#include "tests/models/fake_backend.h"
#include "tests/models/fake_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>

namespace stepwell::test {

/// An account with Workers and workflows behind a FakeServer: what a promotion of scripts asks and sends.
class FakeAccount {
  public:
    struct Script {
        QByteArray main = "index.js";
        QMap<QByteArray, QByteArray> modules;
        QJsonArray bindings;
        QJsonObject settings;
        QStringList crons;
        QJsonArray deployed;  ///< versions of its deployment; empty: nobody tells
    };

    FakeAccount() {
        server.handler = [this](const SeenRequest& request) { return answer(request); };
    }

    FakeServer server;
    QMap<QString, Script> scripts;
    QMap<QString, QJsonObject> workflows;  ///< by name
    /// What a request gets instead of an answer, by method and a part of the target.
    std::function<std::optional<FakeServer::Answer>(const SeenRequest&)> instead;
    QJsonObject lastMetadata;

    site::SiteAddress address() const { return {server.apiBase(), "acc", "token"}; }
    void addWorkflow(const QString& name, const QString& className, const QString& script) {
        workflows[name] = {{"name", name}, {"class_name", className}, {"script_name", script}};
    }
    int sent(const QByteArray& method, const QByteArray& part) const {
        int count = 0;
        for (const auto& request : server.seen)
            if (request.method == method && request.target.contains(part)) ++count;
        return count;
    }

  private:
    static FakeServer::Answer success(const QJsonValue& value) {
        const QJsonObject envelope{{"success", true}, {"errors", QJsonArray()}, {"result", value}};
        return {.body = QJsonDocument(envelope).toJson(QJsonDocument::Compact)};
    }
    static FakeServer::Answer missing() {
        return {.status = 404, .body = FakeServer::failure(10007, "workers.api.error.script_not_found")};
    }
    static QJsonArray named(const QStringList& texts, const char* key) {
        QJsonArray list;
        for (const auto& text : texts)
            list.append(QJsonObject{{key, text}});
        return list;
    }

    FakeServer::Answer answer(const SeenRequest& request) {
        if (instead)
            if (auto other = instead(request)) return *other;
        const auto path = request.target.split('?').first().split('/').mid(5);
        if (path.value(0) == "workflows") return ofWorkflows(request, path.mid(1));
        const auto name = QString::fromUtf8(path.value(2));
        const auto what = path.value(3);
        if (request.method == "PUT" && what.isEmpty()) return upload(request, name);
        if (!scripts.contains(name)) return missing();
        auto& script = scripts[name];
        if (what == "content") return content(script);
        if (what == "settings") {
            auto settings = script.settings;
            settings["bindings"] = script.bindings;
            return success(settings);
        }
        if (what == "deployments") {
            if (script.deployed.isEmpty())
                return {.status = 404, .body = FakeServer::failure(7003, "Could not route to path")};
            return success(QJsonObject{
                {"deployments", QJsonArray{QJsonObject{{"id", "d"}, {"versions", script.deployed}}}}});
        }
        if (request.method == "PUT") {
            script.crons.clear();
            for (const auto& cron : QJsonDocument::fromJson(request.body).array())
                script.crons << cron.toObject()["cron"].toString();
        }
        return success(QJsonObject{{"schedules", named(script.crons, "cron")}});
    }

    static FakeServer::Answer content(const Script& script) {
        QByteArray body;
        for (const auto& [name, bytes] : script.modules.toStdMap())
            body += "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + name +
                    "\"\r\nContent-Type: application/javascript+module\r\n\r\n" + bytes + "\r\n";
        return {.body = body + "--XX--\r\n",
                .type = "multipart/form-data; boundary=XX",
                .headers = "cf-entrypoint: " + script.main + "\r\n"};
    }

    FakeServer::Answer upload(const SeenRequest& request, const QString& name) {
        const auto parts = client::parseForm(
            {200, request.headers.value("content-type").toStdString(), request.body.toStdString(), {}});
        if (!parts) return {.status = 400, .body = FakeServer::failure(10021, "no form")};
        Script script;
        script.crons = scripts.value(name).crons;
        for (const auto& part : *parts) {
            const auto bytes = QByteArray::fromStdString(part.bytes);
            if (part.name != "metadata")
                script.modules[QByteArray::fromStdString(part.name)] = bytes;
            else
                lastMetadata = QJsonDocument::fromJson(bytes).object();
        }
        script.main = lastMetadata["main_module"].toString().toUtf8();
        script.bindings = lastMetadata["bindings"].toArray();
        for (const auto& binding : scripts.value(name).bindings)
            if (binding.toObject()["type"] == "secret_text") script.bindings.append(binding);
        scripts[name] = script;
        return success(QJsonObject{{"id", name}});
    }

    FakeServer::Answer ofWorkflows(const SeenRequest& request, const QList<QByteArray>& path) {
        const auto name = QString::fromUtf8(path.value(0));
        if (request.method == "PUT") {
            workflows[name] = QJsonDocument::fromJson(request.body).object();
            workflows[name]["name"] = name;
            return success(workflows[name]);
        }
        QJsonArray list;
        if (path.isEmpty())
            for (const auto& workflow : workflows)
                list.append(workflow);
        else
            list.append(QJsonObject{{"id", "v1"}, {"limits", QJsonObject{{"steps", 500}}}});
        return success(list);
    }
};

/// A backend whose calls answer from memory, and whose address is that of an account.
class AccountBackend : public FakeBackend {
    Q_OBJECT
  public:
    AccountBackend(const FakeAccount& account, QString name)
        : m_account(account)
        , m_name(std::move(name)) {}
    QString name() const override { return m_name; }
    std::optional<site::SiteAddress> siteAddress() const override { return m_account.address(); }
    Support support(Feature feature) const override {
        return feature == Feature::uploadScript && !refused.isEmpty() ? Support{false, refused} : Support{};
    }
    QString refused;  ///< why scripts cannot be uploaded; empty: they can

  private:
    const FakeAccount& m_account;
    QString m_name;
};

}  // namespace stepwell::test
