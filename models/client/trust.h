#pragma once

#include <string>

namespace stepwell::client {

/// Whom a client believes to be the server.
struct Trust {
    std::string caFile =
        {};  ///< PEM of the authorities that count instead of the system's; empty: the system's
    /// "sha256//BASE64" of the server's public key, which it must have. Without a caFile it is all that is
    /// asked of the certificate. Empty: none.
    std::string pinnedKey = {};
};

/// What clients that are made elsewhere in the program believe of a server, by its origin: those that upload
/// sites know no more than its address. Process-wide; any thread.
void rememberTrust(const std::string& url, const Trust& trust);
/// The system's authorities where nothing was said.
Trust trustFor(const std::string& url);

}  // namespace stepwell::client
