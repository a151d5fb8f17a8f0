#include "widgets/backend_choice.h"

#include <QSettings>
#include <QUrl>
#include <qt6keychain/keychain.h>

namespace stepwell {
namespace {

constexpr int savedAtMost = 50;
const QString service = QStringLiteral("stepwell");

void writeAll(const QList<BackendChoice>& choices) {
    QSettings settings;
    settings.beginWriteArray(QStringLiteral("backends"), static_cast<int>(choices.size()));
    for (int i = 0; i < choices.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("name"), choices[i].name);
        settings.setValue(QStringLiteral("api"), choices[i].apiBase);
        settings.setValue(QStringLiteral("account"), choices[i].account);
    }
    settings.endArray();
}

}  // namespace

bool BackendChoice::isProduction() const {
    const QString host = QUrl(apiBase).host();
    return host == QLatin1String("api.cloudflare.com") || host.endsWith(QLatin1String(".cloudflare.com"));
}

QString problemOf(const BackendChoice& choice) {
    if (choice.name.trimmed().isEmpty()) return QObject::tr("Give it a name");
    const QUrl url(choice.apiBase, QUrl::StrictMode);
    const bool web = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (!url.isValid() || !web || url.host().isEmpty())
        return QObject::tr("The API URL starts with http:// or https:// and usually ends in /client/v4");
    if (choice.account.trimmed().isEmpty()) return QObject::tr("The account id is missing");
    if (choice.token.trimmed().isEmpty()) return QObject::tr("The token is missing");
    return {};
}

QList<BackendChoice> BackendStore::saved() const {
    QSettings settings;
    QList<BackendChoice> choices;
    const int size = std::min(settings.beginReadArray(QStringLiteral("backends")), savedAtMost);
    for (int i = 0; i < size; ++i) {
        settings.setArrayIndex(i);
        choices.push_back({settings.value(QStringLiteral("name")).toString(),
                           settings.value(QStringLiteral("api")).toString(),
                           settings.value(QStringLiteral("account")).toString(),
                           {}});
    }
    settings.endArray();
    return choices;
}

void BackendStore::save(const BackendChoice& choice, std::function<void(QString)> done) {
    auto choices = saved();
    choices.removeIf([&choice](const BackendChoice& other) { return other.name == choice.name; });
    choices.push_back({choice.name, choice.apiBase, choice.account, {}});
    while (choices.size() > savedAtMost)
        choices.removeFirst();
    writeAll(choices);
    auto* job = new QKeychain::WritePasswordJob(service, this);  // deletes itself
    job->setKey(choice.name);
    job->setTextData(choice.token);
    connect(job, &QKeychain::Job::finished, this, [done = std::move(done)](QKeychain::Job* ended) {
        done(ended->error() == QKeychain::NoError ? QString() : ended->errorString());
    });
    job->start();
}

void BackendStore::remove(const QString& name) {
    auto choices = saved();
    choices.removeIf([&name](const BackendChoice& other) { return other.name == name; });
    writeAll(choices);
    auto* job = new QKeychain::DeletePasswordJob(service, this);  // deletes itself
    job->setKey(name);
    job->start();
}

void BackendStore::token(const QString& name, std::function<void(QString, QString)> done) {
    auto* job = new QKeychain::ReadPasswordJob(service, this);  // deletes itself
    job->setKey(name);
    connect(job, &QKeychain::Job::finished, this, [job, done = std::move(done)](QKeychain::Job* ended) {
        if (ended->error() == QKeychain::NoError) return done(job->textData(), {});
        done({}, ended->errorString());
    });
    job->start();
}

}  // namespace stepwell
