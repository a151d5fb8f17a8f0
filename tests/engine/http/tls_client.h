#pragma once

#include <memory>
#include <string>
#include <string_view>

/// A blocking client that speaks TLS and sends exactly the bytes it is given. Tests only.
namespace stepwell::test {

class TlsClient {
  public:
    /// Trusts the CA of the PEM text alone, for the name "localhost".
    TlsClient(unsigned short port, const std::string& caPem, const char* protocol = "http/1.1");
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    bool isOpen() const;           ///< the handshake went well
    std::string protocol() const;  ///< what ALPN chose
    std::string version() const;   ///< "TLSv1.3"
    long serial() const;           ///< of the server's certificate
    void send(std::string_view bytes);
    /// Reads until `text` has arrived; what was read so far. Empty when it never comes.
    std::string receiveUntil(std::string_view text);
    std::string receiveBytes(std::size_t count);
    /// The server has said that nothing more comes, and nothing came.
    bool isEndedProperly();

  private:
    bool more();

    struct Parts;
    std::unique_ptr<Parts> m_parts;
    std::string m_buffer;
};

}  // namespace stepwell::test
