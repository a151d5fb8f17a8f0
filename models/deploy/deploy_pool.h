#pragma once

#include "models/import/elsewhere.h"

namespace stepwell {

/// Threads for work that waits on a disk or a backend for long; the common pool would be short of them. All
/// of it is over before the application object goes.
QThreadPool& deployPool();

/// `runOn` a thread of `deployPool`.
template <class Work, class Then>
void runDeployWork(QObject* context, Work work, Then then) {
    runOn(deployPool(), context, std::move(work), std::move(then));
}

}  // namespace stepwell
