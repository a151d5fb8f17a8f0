#pragma once

#include <QPointer>
#include <QString>

#include <functional>
#include <vector>

namespace stepwell {

class Backend;

/// A backend that is open in the window.
struct Peer {
    QString name;
    QPointer<Backend> backend;
    bool isLocal = false;  ///< the engine of this machine
};
/// Those that are open at the moment.
using Peers = std::function<std::vector<Peer>()>;

}  // namespace stepwell
