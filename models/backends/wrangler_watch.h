#pragma once

#include "models/backends/backend_spec.h"

#include <QList>
#include <QObject>
#include <QTimer>

#include <memory>

namespace stepwell {

/// Finds `wrangler dev` on this machine: asks its usual ports, 8787 to 8797 and those of the setting
/// "backends/wranglerPorts", every few seconds while it is active. No call blocks. GUI thread.
class WranglerWatch : public QObject {
    Q_OBJECT
  public:
    explicit WranglerWatch(QObject* parent = nullptr);
    ~WranglerWatch() override;

    /// Instead of the usual ones.
    void setPorts(QList<quint16> ports);
    /// Looks at once, and then every few seconds; false: stops looking and keeps what is known.
    void setActive(bool active);
    /// Those that run now, by port. Their ids are "wrangler-PORT", so that a tab finds its own again.
    QList<BackendSpec> running() const { return m_running; }

  signals:
    void appeared(const stepwell::BackendSpec& spec);
    void gone(const stepwell::BackendSpec& spec);

  private:
    struct Round;
    void look();
    void take(const QList<BackendSpec>& found);

    QList<quint16> m_ports;
    QList<BackendSpec> m_running;
    QTimer m_timer;
    std::shared_ptr<Round> m_round;
    bool m_active = false;
};

}  // namespace stepwell
