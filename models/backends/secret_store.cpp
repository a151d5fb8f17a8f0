#include "models/backends/secret_store.h"

#include <QHash>
#include <qt6keychain/keychain.h>

namespace stepwell {

namespace {

const QString service = QStringLiteral("stepwell");

/// Secrets of this run, where no keychain takes them. GUI thread.
QHash<QString, QString>& remembered() {
    static QHash<QString, QString> secrets;
    return secrets;
}

/// A keychain that answers is there, also when it does not know the key or the person said no.
bool isThere(QKeychain::Error error) {
    return error == QKeychain::NoError || error == QKeychain::EntryNotFound ||
           error == QKeychain::AccessDeniedByUser || error == QKeychain::CouldNotDeleteEntry;
}

}  // namespace

void SecretStore::read(const QString& key, std::function<void(QString, QString)> done) {
    if (const auto known = remembered().constFind(key); known != remembered().constEnd()) {
        QMetaObject::invokeMethod(
            this, [secret = *known, done = std::move(done)] { done(secret, {}); }, Qt::QueuedConnection);
        return;
    }
    auto* job = new QKeychain::ReadPasswordJob(service, this);  // deletes itself
    job->setKey(key);
    connect(job, &QKeychain::Job::finished, this, [this, job, done = std::move(done)](QKeychain::Job*) {
        const auto error = job->error();
        setAvailable(isThere(error));
        if (error == QKeychain::NoError) return done(job->textData(), {});
        done({}, error == QKeychain::EntryNotFound ? QString() : job->errorString());
    });
    job->start();
}

void SecretStore::write(const QString& key, const QString& secret, std::function<void(Kept)> done) {
    auto* job = new QKeychain::WritePasswordJob(service, this);  // deletes itself
    job->setKey(key);
    job->setTextData(secret);
    connect(job, &QKeychain::Job::finished, this,
            [this, job, key, secret, done = std::move(done)](QKeychain::Job*) {
                setAvailable(isThere(job->error()));
                if (job->error() == QKeychain::NoError) {
                    remembered().remove(key);
                    return done({});
                }
                remembered().insert(key, secret);
                done({false, job->errorString()});
            });
    job->start();
}

void SecretStore::remove(const QString& key, std::function<void()> done) {
    remembered().remove(key);
    auto* job = new QKeychain::DeletePasswordJob(service, this);  // deletes itself
    job->setKey(key);
    connect(job, &QKeychain::Job::finished, this, [done = std::move(done)](QKeychain::Job*) {
        if (done) done();
    });
    job->start();
}

void SecretStore::setAvailable(bool available) {
    if (m_available == available) return;
    m_available = available;
    emit availableChanged();
}

}  // namespace stepwell
