#pragma once

#include "models/backends/backend_spec.h"

#include <QList>
#include <QObject>

#include <optional>

namespace stepwell {

/// The saved backends in the order of the person, without their secrets. This machine is always one of them.
/// Kept in QSettings; what older versions saved is taken over. GUI thread.
class BackendList : public QObject {
    Q_OBJECT
  public:
    static constexpr int mostBackends = 50;

    explicit BackendList(QObject* parent = nullptr);

    const QList<BackendSpec>& all() const { return m_specs; }
    std::optional<BackendSpec> find(const QString& id) const;

    /// At the end. False, and nothing changes, when there are mostBackends or one has this id.
    bool add(const BackendSpec& spec);
    /// Replaces the one with the same id; false when there is none.
    bool change(const BackendSpec& spec);
    /// False for this machine and for what is not there. Its secret is SecretStore's to remove.
    bool remove(const QString& id);
    /// To place `to`, from 0.
    bool move(const QString& id, int to);

  signals:
    void changed();

  private:
    qsizetype indexOf(const QString& id) const;
    void load();
    void takeOverOlder();
    void saveAndTell();

    QList<BackendSpec> m_specs;
};

}  // namespace stepwell
