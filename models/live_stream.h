#pragma once

#include "models/backend.h"
#include "models/client/client.h"
#include "models/post.h"

#include <QTimer>

#include <memory>

namespace stepwell {

/// Follows a backend's live events: connects, reconnects from where it was after 0.5 s and up to 10 s, and
/// gathers events for at most 50 ms. Lives on its owner's thread. The client must be there as long as
/// connections are made; what it still has of one may come when this is gone.
class LiveStream : public QObject {
    Q_OBJECT
  public:
    LiveStream(client::Client& client, std::string url, std::string token, QObject* parent);
    ~LiveStream() override;

    void start();
    LiveState state() const { return m_state; }

  signals:
    void events(const std::vector<stepwell::api::LiveEvent>& events);
    /// Events were lost, or may have been.
    void reset();
    void stateChanged(stepwell::LiveState state);

  private:
    struct Inbox;
    void connectNow();
    void onOpened(int status);
    void onEnded(int status);
    void drain();
    void flush();
    void setState(LiveState state);

    client::Client& m_client;
    std::shared_ptr<Post> m_post;  ///< to this, from the client thread
    std::string m_url;
    std::string m_token;
    client::Handle m_handle;
    std::shared_ptr<Inbox> m_inbox;
    std::vector<api::LiveEvent> m_gathered;
    std::int64_t m_cursor = -1;  ///< last event seen; -1: none yet
    QTimer m_flush;
    QTimer m_reconnect;
    std::chrono::milliseconds m_backoff;
    LiveState m_state = LiveState::off;
};

}  // namespace stepwell
