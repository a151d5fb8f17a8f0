#pragma once

#include <QColor>
#include <QPointer>
#include <QString>

#include <functional>
#include <vector>

namespace stepwell {

class Backend;

/// A backend that the window knows.
struct Peer {
    QString name;
    QPointer<Backend> backend;  ///< null: its tab is not open, or waits for a token
    bool isLocal = false;       ///< the engine of this machine
    QString id = {};
    QColor colour = {};
    bool production = false;  ///< mistakes cost there
};
/// Those that are open at the moment.
using Peers = std::function<std::vector<Peer>()>;

}  // namespace stepwell
