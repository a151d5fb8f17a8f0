#include "models/client/sse.h"

namespace stepwell::client {

namespace {
constexpr std::size_t longestEvent = 4U * 1024U * 1024U;
}

std::vector<SseEvent> SseParser::feed(std::string_view bytes) {
    std::vector<SseEvent> events;
    while (!bytes.empty() && !m_broken) {
        if (m_skipLineFeed && bytes.front() == '\n') bytes.remove_prefix(1);
        m_skipLineFeed = false;
        const auto end = bytes.find_first_of("\r\n");
        m_rest.append(bytes.substr(0, end));
        m_broken = m_rest.size() + m_data.size() > longestEvent;
        if (end == std::string_view::npos) break;
        m_skipLineFeed = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        line(m_rest, events);
        m_rest.clear();
    }
    return events;
}

void SseParser::line(std::string_view text, std::vector<SseEvent>& events) {
    if (text.empty()) {
        if (m_hasData) events.push_back({m_id, m_type.empty() ? "message" : m_type, std::move(m_data)});
        m_data.clear();
        m_type.clear();
        m_hasData = false;
        return;
    }
    const auto colon = text.find(':');
    const auto field = text.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
        if (m_hasData) m_data += '\n';
        m_data += value;
        m_hasData = true;
    } else if (field == "event") {
        m_type = value;
    } else if (field == "id" && value.find('\0') == std::string_view::npos) {
        m_id = value;
    }
}

}  // namespace stepwell::client
