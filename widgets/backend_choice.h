#pragma once

#include "models/backend.h"

#include <QString>

#include <functional>
#include <memory>

namespace stepwell {

/// A backend a person can connect to.
struct BackendChoice {
    QString name;     ///< "This machine"
    QString apiBase;  ///< "http://127.0.0.1:8790/client/v4"
    QString account;
    QString token;  ///< never written to a settings file
    /// Cloudflare itself: marked in its own colour, because there mistakes cost.
    bool isProduction() const;
    friend bool operator==(const BackendChoice&, const BackendChoice&) = default;
};

/// Makes a backend that starts talking at once. The composer provides it.
using BackendMaker = std::function<std::unique_ptr<Backend>(const BackendChoice&)>;

/// What a saved backend must look like; empty when fine, else what to do.
QString problemOf(const BackendChoice& choice);

/// Saved backends without their tokens, in the settings; tokens are in the system's keychain under the
/// service "stepwell". GUI thread; keychain calls answer later.
class BackendStore : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    QList<BackendChoice> saved() const;  ///< tokens are empty
    void save(const BackendChoice& choice, std::function<void(QString error)> done);
    void remove(const QString& name);
    /// The token of a saved backend, or why there is none.
    void token(const QString& name, std::function<void(QString token, QString error)> done);
};

}  // namespace stepwell
