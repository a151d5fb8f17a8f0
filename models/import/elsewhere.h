#pragma once

#include <QFuture>
#include <QObject>
#include <QPromise>
#include <QThreadPool>

#include <memory>

namespace stepwell {

/// Runs `work` on a pool thread and `then` with its result on the thread of `context`, unless that is gone by
/// then. For files, which the GUI thread does not touch.
template <class Work, class Then>
void runElsewhere(QObject* context, Work work, Then then) {
    using Answer = decltype(work());
    auto promise = std::make_shared<QPromise<Answer>>();
    promise->start();
    promise->future().then(context, std::move(then));
    QThreadPool::globalInstance()->start([promise, work = std::move(work)] {
        promise->addResult(work());
        promise->finish();
    });
}

}  // namespace stepwell
