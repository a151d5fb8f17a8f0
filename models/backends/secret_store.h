#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <optional>

namespace stepwell {

/// Tokens of backends in the system's keychain, under the service "stepwell". Where there is no keychain they
/// are kept in memory until the program ends, by all stores together, and written nowhere. GUI thread; every
/// call answers once and later, unless the store is gone by then.
class SecretStore : public QObject {
    Q_OBJECT
  public:
    /// Where a secret went.
    struct Kept {
        bool inKeychain = true;  ///< false: for this run only
        QString reason = {};     ///< why not, as the system says it
    };
    using QObject::QObject;

    /// `key`: secretKeyOf a backend. No secret and no error: there is none under this key.
    void read(const QString& key, std::function<void(QString secret, QString error)> done);
    void write(const QString& key, const QString& secret, std::function<void(Kept)> done);
    void remove(const QString& key, std::function<void()> done = {});

    /// Whether there is a keychain; nothing before the first answer tells.
    std::optional<bool> available() const { return m_available; }

  signals:
    void availableChanged();

  private:
    void setAvailable(bool available);

    std::optional<bool> m_available;
};

}  // namespace stepwell
