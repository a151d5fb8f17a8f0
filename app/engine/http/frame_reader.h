#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace stepwell::engine::http {

/// Reads what a WebSocket client sends, masked or, against the rule, not: the clients of tails leave the mask
/// out. Only the frames that ask for something are told; of the others only the size counts.
class FrameReader {
  public:
    enum class Frame { close, ping, broken };
    using Found = std::function<void(Frame frame, std::string payload)>;

    /// `found` may be called several times; after `close` or `broken` nothing is read any more.
    void read(std::string_view bytes, const Found& found);

  private:
    bool readHead();
    void endFrame(const Found& found);

    std::string m_head;     ///< of the frame under way, until it is complete
    std::string m_payload;  ///< of a control frame
    std::string m_mask;
    std::uint64_t m_left = 0;  ///< bytes of the payload that are to come
    int m_code = 0;
    bool m_inPayload = false;
    bool m_over = false;
};

}  // namespace stepwell::engine::http
