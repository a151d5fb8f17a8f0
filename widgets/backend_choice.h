#pragma once

#include "models/backend.h"
#include "models/backends/backend_spec.h"

#include <QString>

#include <functional>
#include <memory>

namespace stepwell {

/// A backend to connect to: what is saved of it, and its token.
struct BackendChoice {
    BackendSpec spec;
    QString token;  ///< never written to a settings file
    friend bool operator==(const BackendChoice&, const BackendChoice&) = default;
};

/// The engine of this machine at an address: "http://127.0.0.1:8790/client/v4".
BackendChoice localChoiceOf(const QString& apiBase, const QString& account, const QString& token);

/// Makes a backend that starts talking at once. The composer provides it.
using BackendMaker = std::function<std::unique_ptr<Backend>(const BackendChoice&)>;

}  // namespace stepwell
