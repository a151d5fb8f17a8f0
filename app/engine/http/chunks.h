#pragma once

#include <cstdint>
#include <string_view>

namespace stepwell::engine::http {

/// Looks for the end of a chunked body among bytes that go somewhere else (RFC 9112, 7.1). It judges nothing:
/// what is no chunk ends the body too, and whoever reads the bytes refuses them.
class Chunks {
  public:
    /// The next bytes of the connection.
    void see(std::string_view bytes);
    bool isOver() const { return m_state == State::over; }

  private:
    enum class State { size, extension, sizeEnd, data, dataEnd, dataEndLine, lineStart, line, lastEnd, over };
    void see(char c);
    void sizeDigit(char c);

    State m_state = State::size;
    std::uint64_t m_left = 0;  ///< of the chunk
    int m_digits = 0;          ///< of its size so far
};

}  // namespace stepwell::engine::http
