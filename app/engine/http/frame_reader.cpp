#include "app/engine/http/frame_reader.h"

#include <algorithm>

namespace stepwell::engine::http {

namespace {

constexpr std::uint64_t largestMessage = 4 * 1024;  ///< the client has nothing to say
constexpr std::uint64_t largestControl = 125;
constexpr int controlBit = 8, closeCode = 8, pingCode = 9;
constexpr std::size_t maskBytes = 4;

unsigned byteAt(const std::string& text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

}  // namespace

/// True when the head is complete.
bool FrameReader::readHead() {
    if (m_head.size() < 2) return false;
    const auto shortLength = byteAt(m_head, 1) & 0x7FU;
    const std::size_t lengthBytes = shortLength == 127 ? 8 : shortLength == 126 ? 2 : 0;
    const bool masked = (byteAt(m_head, 1) & 0x80U) != 0;
    if (m_head.size() < 2 + lengthBytes + (masked ? maskBytes : 0)) return false;
    m_left = lengthBytes == 0 ? shortLength : 0;
    for (std::size_t i = 0; i < lengthBytes; ++i)
        m_left = m_left << 8U | byteAt(m_head, 2 + i);
    m_mask = masked ? m_head.substr(2 + lengthBytes) : std::string();
    m_code = static_cast<int>(byteAt(m_head, 0) & 0x0FU);
    m_head.clear();
    m_payload.clear();
    return true;
}

void FrameReader::endFrame(const Found& found) {
    m_inPayload = false;
    if (m_code != closeCode && m_code != pingCode) return;
    for (std::size_t i = 0; i < m_payload.size() && !m_mask.empty(); ++i)
        m_payload[i] = static_cast<char>(byteAt(m_payload, i) ^ byteAt(m_mask, i % maskBytes));
    m_over = m_code == closeCode;
    found(m_code == closeCode ? Frame::close : Frame::ping, m_payload);
}

void FrameReader::read(std::string_view bytes, const Found& found) {
    while (!m_over && (!bytes.empty() || (m_inPayload && m_left == 0))) {
        if (!m_inPayload) {
            m_head += bytes.front();
            bytes.remove_prefix(1);
            m_inPayload = readHead();
            const bool control = (m_code & controlBit) != 0;
            if (m_inPayload && m_left > (control ? largestControl : largestMessage)) {
                m_over = true;
                return found(Frame::broken, {});
            }
        } else {
            const auto part = bytes.substr(0, static_cast<std::size_t>(m_left));
            if ((m_code & controlBit) != 0) m_payload += part;
            m_left -= part.size();
            bytes.remove_prefix(part.size());
        }
        if (m_inPayload && m_left == 0) endFrame(found);
    }
}

}  // namespace stepwell::engine::http
