#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepwell::engine::pages {

/// 1-58 characters of a-z, 0-9 and `-`, neither first nor last a `-`.
bool isProjectName(std::string_view name);

/// The label of a branch's host: "fix-api" of "fix/api", at most 28 characters. Empty when nothing of the
/// name can stand in a host: the caller then draws `branch-` and ten letters or digits.
std::string branchLabel(std::string_view branch);

/// The label of a deployment's own host: the first eight digits of its id.
std::string_view shortId(std::string_view deploymentId);

/// The host of a site, taken apart. `key` is what a table of hosts is probed with.
class SiteHost {
  public:
    /// `<label>.<subdomain>`, or `<subdomain>` alone, which stands for production; in lower case.
    std::string_view key() const { return {text_.data(), length_}; }
    /// Empty for production.
    std::string_view label() const { return key().substr(0, subdomainAt_ == 0 ? 0U : subdomainAt_ - 1U); }
    std::string_view subdomain() const { return key().substr(subdomainAt_); }
    bool isPreview() const { return subdomainAt_ != 0; }

  private:
    friend std::optional<SiteHost> parseSiteHost(std::string_view host, std::string_view suffix);

    std::array<char, 127> text_{};  ///< two labels of at most 63 characters, and the dot
    std::uint8_t length_ = 0;
    std::uint8_t subdomainAt_ = 0;
};

/// A Host header, in any case, with any port and with or without a dot at the end: one or two labels before
/// `suffix`, which is in lower case. Nothing for other hosts, custom domains among them.
std::optional<SiteHost> parseSiteHost(std::string_view host, std::string_view suffix = "localhost");

/// A Host header as the table of custom domains has it: in lower case, without port and without a dot at the
/// end. Nothing unless it is a host name of at most 253 characters.
std::optional<std::string> normalizedHost(std::string_view host);

/// "shop.localhost" of "shop.example.org", for the domain "example.org"; nothing for a host that is not below
/// it, or when it is empty. Both in lower case, without port.
std::optional<std::string> belowLocalhost(std::string_view host, std::string_view domain);

}  // namespace stepwell::engine::pages
