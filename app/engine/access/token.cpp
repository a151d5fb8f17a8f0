#include "app/engine/access/token.h"

#include "models/api/duration.h"

#include <algorithm>

namespace stepwell::engine::access {

namespace {

constexpr std::size_t longestAccount = 64;
constexpr std::chrono::hours longestLife{24 * 36'525};

tl::unexpected<api::Error> refused(std::string message) {
    return api::fail(400, api::code::badBody, std::move(message));
}

bool isAccount(const std::string& id) {
    return id.size() <= longestAccount && std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-';
           });
}

/// Names stand in one line of a list, a log and a terminal.
bool isName(const std::string& name) {
    return name.size() <= longestName && std::all_of(name.begin(), name.end(), [](char c) {
               return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
           });
}

}  // namespace

TokenState stateOf(const Token& token, api::Time now) {
    if (token.revoked) return TokenState::disabled;
    return token.expires && *token.expires <= now ? TokenState::expired : TokenState::active;
}

std::string_view toString(TokenState state) {
    constexpr std::array<std::string_view, 3> names = {"active", "expired", "disabled"};
    return names[static_cast<std::size_t>(state)];
}

IdentityPtr owner() {
    static const auto identity = [] {
        auto made = std::make_shared<Identity>();
        made->token.id = "owner";
        made->token.name = "owner";
        made->token.permissions = Permissions::all();
        return made;
    }();
    return identity;
}

api::Result<api::Time> expiryOf(std::string_view text, api::Time now) {
    if (const auto time = api::fromIso(text)) return *time;
    // A number alone would be milliseconds in this grammar, which nobody means.
    const bool hasUnit = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    const auto span = hasUnit ? api::parseDuration(text) : std::nullopt;
    if (span && *span > api::Milliseconds::zero() && *span <= longestLife) return now + *span;
    return refused("An expiry is a time like 2027-01-31T12:00:00Z or a duration from now like \"30 days\" or "
                   "\"12 hours\", of a hundred years at most, not \"" +
                   std::string(text) + "\".");
}

api::Result<void> check(const NewToken& token, api::Time now) {
    if (!isName(token.name)) return refused("The name of a token is one line of at most 120 bytes.");
    if (!isAccount(token.account))
        return refused("An account is 1 to 64 letters, digits, - or _, not \"" + token.account + "\".");
    if (token.permissions.empty())
        return refused("The token would be allowed nothing. Give it at least one permission.");
    if (token.expires && *token.expires <= now)
        return refused("The token would have expired at " + api::toIso(*token.expires) +
                       ", which is over. Name a time to come.");
    return {};
}

}  // namespace stepwell::engine::access
