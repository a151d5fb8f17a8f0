#include "app/engine/pages/accept_encoding.h"

#include "app/engine/pages/url_text.h"

#include <algorithm>
#include <charconv>

namespace stepwell::engine::pages {

namespace {

constexpr int full = 1000;

/// In thousandths; what cannot be read counts as full weight.
int weightOf(std::string_view parameters) {
    const auto equals = parameters.find('=');
    if (equals == std::string_view::npos || !equalsIgnoringCase(trimmed(parameters.substr(0, equals)), "q"))
        return full;
    const auto digits = trimmed(parameters.substr(equals + 1));
    double weight = 1;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
    if (error != std::errc() || stop != digits.data() + digits.size()) return full;
    return weight > 0 ? static_cast<int>(std::min(weight, 1.0) * full) : 0;  // also when it is not a number
}

/// Of one coding; nothing when the header does not name it.
std::optional<int> weightIn(std::string_view header, std::string_view coding) {
    while (!header.empty()) {
        const auto entry = header.substr(0, header.find(','));
        header.remove_prefix(std::min(entry.size() + 1, header.size()));
        const auto semicolon = std::min(entry.find(';'), entry.size());
        if (!equalsIgnoringCase(trimmed(entry.substr(0, semicolon)), coding)) continue;
        return semicolon == entry.size() ? full : weightOf(entry.substr(semicolon + 1));
    }
    return std::nullopt;
}

/// Also by its old name.
std::optional<int> gzipWeight(std::string_view header) {
    const auto weight = weightIn(header, "gzip");
    return weight ? weight : weightIn(header, "x-gzip");
}

}  // namespace

bool acceptsIdentity(std::optional<std::string_view> acceptEncoding) {
    if (!acceptEncoding) return true;
    if (const auto weight = weightIn(*acceptEncoding, "identity")) return *weight > 0;
    return weightIn(*acceptEncoding, "*").value_or(full) > 0;
}

std::optional<Encoding> chooseEncoding(std::optional<std::string_view> acceptEncoding, const Asset& asset) {
    if (acceptEncoding && (asset.gzip > 0 || asset.brotli > 0)) {
        const auto any = weightIn(*acceptEncoding, "*").value_or(0);
        const int brotli = asset.brotli > 0 ? weightIn(*acceptEncoding, "br").value_or(any) : 0;
        const int gzip = asset.gzip > 0 ? gzipWeight(*acceptEncoding).value_or(any) : 0;
        const int plain = weightIn(*acceptEncoding, "identity").value_or(0);
        const int best = std::max(brotli, gzip);
        if (best > 0 && best >= plain) return brotli == best ? Encoding::brotli : Encoding::gzip;
    }
    return acceptsIdentity(acceptEncoding) ? std::optional(Encoding::identity) : std::nullopt;
}

bool acceptsCompressed(std::optional<std::string_view> acceptEncoding) {
    Asset both;
    both.gzip = both.brotli = 1;
    return chooseEncoding(acceptEncoding, both).value_or(Encoding::identity) != Encoding::identity;
}

std::string_view nameOf(Encoding encoding) {
    switch (encoding) {
    case Encoding::identity:
        return "identity";
    case Encoding::gzip:
        return "gzip";
    case Encoding::brotli:
        return "br";
    }
    return {};
}

}  // namespace stepwell::engine::pages
