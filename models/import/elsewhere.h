#pragma once

#include <QCoreApplication>
#include <QMetaObject>
#include <QPointer>
#include <QThreadPool>

#include <memory>

namespace stepwell {

/// Runs `work` on a thread of `pool` and `then` with its result on the application's thread, where `context`
/// lives, unless that is gone by then. `work` must own whatever it uses.
template <class Work, class Then>
void runOn(QThreadPool& pool, QObject* context, Work work, Then then) {
    const auto continuation = std::make_shared<Then>(std::move(then));
    const QPointer<QObject> guard(context);
    pool.start([guard, continuation, work = std::move(work)]() mutable {
        const auto answer = std::make_shared<decltype(work())>(work());
        auto* application = QCoreApplication::instance();
        if (application == nullptr) return;
        QMetaObject::invokeMethod(
            application,
            [guard, continuation, answer] {
                if (guard) (*continuation)(std::move(*answer));
            },
            Qt::QueuedConnection);
    });
}

/// The same on the common pool. For files, which the GUI thread does not touch.
template <class Work, class Then>
void runElsewhere(QObject* context, Work work, Then then) {
    runOn(*QThreadPool::globalInstance(), context, std::move(work), std::move(then));
}

}  // namespace stepwell
