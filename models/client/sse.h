#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::client {

struct SseEvent {
    std::string id;    ///< last id seen, also when this event had none
    std::string type;  ///< "message" when none was given
    std::string data;
};

/// Cuts a text/event-stream into events, however the bytes were split. Lines over 4 MiB end the stream:
/// `broken`.
class SseParser {
  public:
    /// The events completed by these bytes. Comments and events without data yield nothing.
    std::vector<SseEvent> feed(std::string_view bytes);
    bool broken() const { return m_broken; }

  private:
    void line(std::string_view text, std::vector<SseEvent>& events);

    std::string m_rest;
    std::string m_id;
    std::string m_type;
    std::string m_data;
    bool m_hasData = false;
    bool m_broken = false;
    bool m_skipLineFeed = false;
};

}  // namespace stepwell::client
