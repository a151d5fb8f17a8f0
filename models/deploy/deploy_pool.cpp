#include "models/deploy/deploy_pool.h"

namespace stepwell {

namespace {

constexpr int mostThreads = 8;

}  // namespace

QThreadPool& deployPool() {
    static QThreadPool pool;
    static const bool isSet = [] {
        pool.setMaxThreadCount(mostThreads);
        // While there still is an application that work may look at.
        qAddPostRoutine([] { pool.waitForDone(); });
        return true;
    }();
    static_cast<void>(isSet);
    return pool;
}

}  // namespace stepwell
