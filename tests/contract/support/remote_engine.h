#pragma once

#include "models/backends/make_backend.h"
#include "tests/contract/support/contract_server.h"
#include "tests/support/engine_process.h"

#include <QTemporaryDir>

namespace stepwell::test {

/// `stepwelld` as a server: TLS with a certificate that only its own CA file vouches for, and tokens made by
/// its command.
class RemoteEngine {
  public:
    /// `folder` holds its data, its log and its certificate; it stays.
    explicit RemoteEngine(const QString& folder);
    /// False: see the log, or `problem`.
    bool start();

    EngineProcess& engine() { return engine_; }
    QString problem() const { return problem_; }
    QString certificate() const { return folder_ + "/certificate.pem"; }
    /// "sha256//BASE64" of its public key.
    QString publicKey() const;
    /// Arguments as --permission edit; the object that the command prints.
    QJsonObject createToken(const QStringList& arguments);
    bool revokeToken(const QString& id);
    /// With STEPWELL_NETWORK=bad by way of the bad network.
    BackendSpec spec() const;
    /// For what only makes ready.
    BackendSpec directSpec() const;

  private:
    QByteArray run(const QString& program, const QStringList& arguments);
    bool makeCertificate();

    QString folder_;
    QString problem_;
    EngineProcess engine_;
    BadNetwork network_;
};

}  // namespace stepwell::test
