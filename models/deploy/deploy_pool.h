#pragma once

#include <QCoreApplication>
#include <QMetaObject>
#include <QPointer>
#include <QThreadPool>

#include <memory>

namespace stepwell {

/// Threads for work that waits on a disk or a backend for long; the common pool would be short of them.
QThreadPool& deployPool();

/// Like `runElsewhere`, on a thread of `deployPool`. `work` must own whatever it uses: `context` may go
/// meanwhile.
template <class Work, class Then>
void runDeployWork(QObject* context, Work work, Then then) {
    const auto continuation = std::make_shared<Then>(std::move(then));
    const QPointer<QObject> guard(context);
    deployPool().start([guard, continuation, work = std::move(work)]() mutable {
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

}  // namespace stepwell
