#pragma once

#include <string>
#include <string_view>

namespace stepwell::client {

/// Whom a client believes to be the server.
struct Trust {
    std::string caFile =
        {};  ///< PEM of the authorities that count instead of the system's; empty: the system's
    /// "sha256//BASE64" of the server's public key, which it must have. Without a caFile it is all that is
    /// asked of the certificate. Empty: none.
    std::string pinnedKey = {};
};

/// Whether a text is a pin: "sha256//" and 44 characters of Base64, of 32 bytes.
bool isPin(std::string_view text);

/// As long as it lives, clients that are made elsewhere in the program (those that upload, promote, or ask
/// for tokens know no more than URL and account) believe the same of this account of a backend. Another
/// backend at the same host changes nothing. Of several at the same account the one that demands most counts:
/// a pin is never lost to one that has none. Any thread.
class TrustOfAccount {
  public:
    TrustOfAccount(const std::string& apiBase, const std::string& account, Trust trust);
    ~TrustOfAccount();
    TrustOfAccount(const TrustOfAccount&) = delete;
    TrustOfAccount& operator=(const TrustOfAccount&) = delete;

  private:
    std::string m_key;
    int m_number = 0;
};
/// What holds for an account, or held when it was connected last; the system's authorities where nothing was
/// said.
Trust trustFor(const std::string& apiBase, const std::string& account);

}  // namespace stepwell::client
