#pragma once

#include <map>
#include <string>
#include <string_view>

/// A blocking client that sends exactly the bytes it is given. Tests only.
namespace stepwell::test {

struct RawAnswer {
    int status = 0;                             ///< 0: no answer within 10 s, or the connection ended
    std::map<std::string, std::string> fields;  ///< lower-case names
    std::string body;
};

class RawClient {
  public:
    explicit RawClient(unsigned short port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes);
    /// The next answer; `bodyless` for HEAD.
    RawAnswer receive(bool bodyless = false);
    /// Reads until `text` has arrived; what was read so far. Empty when it never comes.
    std::string receiveUntil(std::string_view text);
    /// Exactly so many bytes; fewer when they never come.
    std::string receiveBytes(std::size_t count);
    /// True when the server ends the connection.
    bool isEnded();

  private:
    bool more();

    int fd_ = -1;
    std::string buffer_;
};

/// One request on a connection of its own. `head` are complete header lines; Host and Content-Length are
/// added.
RawAnswer ask(unsigned short port, const std::string& method, const std::string& target,
              const std::string& head = {}, const std::string& body = {});

}  // namespace stepwell::test
