#pragma once

#include "models/api/error.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::http {

/// An address, or all addresses with the same beginning. IPv4 and IPv6; an IPv4 address written as IPv6
/// (::ffff:1.2.3.4) is the same one.
class Network {
  public:
    /// "10.0.0.7", "10.0.0.0/8", "fd00::/8". The error says what the text should look like.
    static api::Result<Network> parse(std::string_view text);
    /// `address` is text; what is not an address is in no network.
    bool contains(std::string_view address) const;

  private:
    std::array<unsigned char, 16> start_{};
    int bits_ = 128;
};

/// Who is at the other end.
struct Caller {
    std::string address;  ///< textual; of an IPv4 client always in IPv4 form
    bool secure = false;  ///< it speaks TLS, with us or with a proxy that is trusted
};

/// An address in its usual form; nothing when the text is none. A port behind it is dropped.
std::string plainAddress(std::string_view text);

/// What counts as one address: an IPv4 address, or the /64 network of an IPv6 one, of which one machine has
/// all addresses. What is no address stays as it is.
std::string addressKey(const std::string& address);

/// The caller behind `peer`. When that is a trusted proxy, the addresses of `forwardedFor` (X-Forwarded-For,
/// several of them joined by commas) are followed from the last to the first for as long as they are trusted
/// proxies themselves: the first that is not is the caller, since everything left of it is what that one
/// claims. `forwardedProto` is X-Forwarded-Proto in the same way.
Caller callerBehind(const Caller& peer, std::string_view forwardedFor, std::string_view forwardedProto,
                    const std::vector<Network>& trusted);

}  // namespace stepwell::engine::http
