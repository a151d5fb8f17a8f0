#pragma once

#include <QMetaObject>
#include <QObject>

#include <mutex>
#include <utility>

namespace stepwell {

/// Where other threads leave what an object is to do on its own thread. What comes after `close` is dropped,
/// so that the object can go while others are still at work for it. Any thread, but for `close`.
class Post {
  public:
    explicit Post(QObject* owner)
        : m_owner(owner) {}

    template <class Action>
    void send(Action&& action) const {
        const std::lock_guard lock(m_mutex);
        if (m_owner != nullptr)
            QMetaObject::invokeMethod(m_owner, std::forward<Action>(action), Qt::QueuedConnection);
    }

    /// On the thread of the owner, before it goes. Waits for nothing but a letter that is being left.
    void close() {
        const std::lock_guard lock(m_mutex);
        m_owner = nullptr;
    }

  private:
    mutable std::mutex m_mutex;
    QObject* m_owner;  // guarded by m_mutex
};

}  // namespace stepwell
