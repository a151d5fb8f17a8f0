#include "app/engine/http/network.h"

#include "app/engine/http/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace stepwell::engine::http {

namespace {

using Bytes = std::array<unsigned char, 16>;
constexpr Bytes mappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int mappedBits = 96;
constexpr std::size_t mappedLength = 12;
constexpr std::size_t networkLength = 8;  ///< bytes of what a machine gets all addresses of
constexpr std::size_t longestAddress = 45;
/// More hops than any chain of proxies has; further ones are not looked at.
constexpr std::size_t mostHops = 32;

std::optional<Bytes> bytesOf(std::string_view text) {
    if (text.size() > longestAddress) return std::nullopt;
    const std::string name(text);
    Bytes bytes = mappedPrefix;
    if (inet_pton(AF_INET, name.c_str(), bytes.data() + mappedLength) == 1) return bytes;
    if (inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return bytes;
    return std::nullopt;
}

bool isMapped(const Bytes& bytes) {
    return std::equal(bytes.begin(), bytes.begin() + mappedLength, mappedPrefix.begin());
}

/// Without a port and brackets: "[::1]:80", "10.0.0.1:80".
std::string_view withoutPort(std::string_view text) {
    if (text.substr(0, 1) == "[") return text.substr(1, text.find(']') - 1);
    const auto colon = text.find(':');
    const bool one = colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
    return one ? text.substr(0, colon) : text;
}

std::vector<std::string_view> listOf(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty() && parts.size() < mostHops) {  // from the end: what is nearest to us counts
        const auto comma = text.rfind(',');
        const auto at = comma == std::string_view::npos ? 0 : comma + 1;
        parts.push_back(trimmed(text.substr(at)));
        text = text.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
    return parts;
}

bool isTrusted(std::string_view address, const std::vector<Network>& trusted) {
    return std::any_of(trusted.begin(), trusted.end(),
                       [&](const Network& network) { return network.contains(address); });
}

}  // namespace

api::Result<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto start = bytesOf(text.substr(0, slash));
    const auto wrong = [&] {
        return api::fail(0, 0,
                         "\"" + std::string(text) +
                             "\" is no address and no network: write it like 10.0.0.7, 10.0.0.0/8 or "
                             "fd00::/8.");
    };
    if (!start) return wrong();
    Network network;
    network.start_ = *start;
    if (slash == std::string_view::npos) return network;
    const auto digits = text.substr(slash + 1);
    const int most = text.find(':') == std::string_view::npos ? 32 : 128;
    int bits = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || bits < 0 || bits > most)
        return wrong();
    network.bits_ = most == 32 ? bits + mappedBits : bits;
    return network;
}

bool Network::contains(std::string_view address) const {
    const auto bytes = bytesOf(address);
    if (!bytes) return false;
    const auto whole = static_cast<std::size_t>(bits_ / 8);
    if (std::memcmp(bytes->data(), start_.data(), whole) != 0) return false;
    const int rest = bits_ % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
    return ((*bytes)[whole] & mask) == (start_[whole] & mask);
}

std::string plainAddress(std::string_view text) {
    const auto bytes = bytesOf(withoutPort(trimmed(text)));
    if (!bytes) return {};
    std::array<char, INET6_ADDRSTRLEN> out{};
    if (isMapped(*bytes))
        inet_ntop(AF_INET, bytes->data() + mappedLength, out.data(), out.size());
    else
        inet_ntop(AF_INET6, bytes->data(), out.data(), out.size());
    return out.data();
}

std::string addressKey(const std::string& address) {
    auto bytes = bytesOf(address);
    // An IPv4 address, also in the clothes of an IPv6 one, is one machine.
    if (!bytes || isMapped(*bytes)) return address;
    std::fill(bytes->begin() + networkLength, bytes->end(), static_cast<unsigned char>(0));
    std::array<char, INET6_ADDRSTRLEN> out{};
    inet_ntop(AF_INET6, bytes->data(), out.data(), out.size());
    return out.data();
}

Caller callerBehind(const Caller& peer, std::string_view forwardedFor, std::string_view forwardedProto,
                    const std::vector<Network>& trusted) {
    if (trusted.empty() || !isTrusted(peer.address, trusted)) return peer;
    Caller caller = peer;
    std::size_t hops = 0;
    for (const auto hop : listOf(forwardedFor)) {
        auto address = plainAddress(hop);
        if (address.empty()) break;  // what stands left of something that is no address is not to be believed
        caller.address = std::move(address);
        ++hops;
        if (!isTrusted(caller.address, trusted)) break;
    }
    const auto protocols = listOf(forwardedProto);
    if (!protocols.empty()) {
        const auto at = std::min(std::max<std::size_t>(hops, 1), protocols.size()) - 1;
        caller.secure = equalsIgnoringCase(protocols[at], "https");
    }
    return caller;
}

}  // namespace stepwell::engine::http
