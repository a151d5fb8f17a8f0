#include "app/engine/http/chunks.h"

#include <algorithm>

namespace stepwell::engine::http {

namespace {

constexpr int mostDigits = 16;

/// -1: none.
int hexOf(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

void Chunks::see(std::string_view bytes) {
    while (!bytes.empty() && m_state != State::over) {
        if (m_state != State::data) {
            see(bytes.front());
            bytes.remove_prefix(1);
            continue;
        }
        const auto passed = std::min<std::uint64_t>(m_left, bytes.size());
        m_left -= passed;
        bytes.remove_prefix(static_cast<std::size_t>(passed));
        if (m_left == 0) m_state = State::dataEnd;
    }
}

void Chunks::sizeDigit(char c) {
    const int digit = hexOf(c);
    if (digit >= 0 && m_digits < mostDigits) {
        m_left = m_left * 16 + static_cast<std::uint64_t>(digit);
        ++m_digits;
        return;
    }
    if (m_digits == 0 || digit >= 0)
        m_state = State::over;
    else
        m_state = c == '\r' ? State::sizeEnd : State::extension;
}

void Chunks::see(char c) {
    const auto expect = [&](char wanted, State next) { m_state = c == wanted ? next : State::over; };
    switch (m_state) {
    case State::size:
        return sizeDigit(c);
    case State::extension:
        if (c == '\r') m_state = State::sizeEnd;
        return;
    case State::sizeEnd:
        m_digits = 0;
        return expect('\n', m_left > 0 ? State::data : State::lineStart);
    case State::dataEnd:
        return expect('\r', State::dataEndLine);
    case State::dataEndLine:
        return expect('\n', State::size);
    case State::lineStart:  // of a trailer, or the empty line behind them
        m_state = c == '\r' ? State::lastEnd : State::line;
        return;
    case State::line:
        if (c == '\n') m_state = State::lineStart;
        return;
    case State::lastEnd:
    case State::data:
    case State::over:
        m_state = State::over;
    }
}

}  // namespace stepwell::engine::http
