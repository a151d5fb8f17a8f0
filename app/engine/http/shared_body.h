#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace stepwell::engine::http {

/// Bytes that any number of answers send and nobody changes. Those of a long one lie in a file that is only
/// in memory: the system sends them from there to any number of sockets without a copy for each.
class SharedBody {
  public:
    /// `bytes` are as many as there ever will be. A long one is in memory as text all the same when there are
    /// too many such files, or the system has none.
    static std::shared_ptr<const SharedBody> make(std::string bytes);
    ~SharedBody();
    SharedBody(const SharedBody&) = delete;
    SharedBody& operator=(const SharedBody&) = delete;

    std::string_view bytes() const { return m_bytes; }
    std::size_t size() const { return m_bytes.size(); }
    /// Of a file that holds the same bytes; -1: there is none.
    int descriptor() const { return m_descriptor; }

    /// Shorter ones are copied in less time than it takes to ask for more.
    static constexpr std::size_t leastInFile = 32 * 1024;
    static constexpr int mostFiles = 256;

  private:
    SharedBody() = default;
    bool putIntoFile();

    std::string m_text;        ///< empty when they are in the file
    std::string_view m_bytes;  ///< of the text, or of the file
    int m_descriptor = -1;
};

/// Some of a shared body.
struct SharedStretch {
    std::shared_ptr<const SharedBody> body;
    std::size_t from = 0;
    std::size_t bytes = 0;
    std::string_view view() const { return body ? body->bytes().substr(from, bytes) : std::string_view(); }
    explicit operator bool() const { return body != nullptr; }
};

}  // namespace stepwell::engine::http
