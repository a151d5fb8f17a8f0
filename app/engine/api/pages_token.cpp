#include "app/engine/api/pages_token.h"

#include "app/engine/http/guards.h"
#include "app/engine/http/text.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace stepwell::engine::rest {

namespace {

constexpr std::size_t longestToken = 2048;
constexpr std::string_view head = R"({"alg":"HS256","typ":"JWT"})";

std::int64_t secondsOf(api::Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string signatureOf(const std::string& key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    return http::toBase64Url({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace

std::string issueUploadToken(const std::string& key, const UploadClaims& claims, api::Time now) {
    const nlohmann::json body{{"iat", secondsOf(now)},
                              {"exp", secondsOf(now + claims.lifetime)},
                              {"sub", claims.issuer},
                              {"project_id", claims.project},
                              {"max_file_count_allowed", claims.mostFiles},
                              {"stepwell_keeps_checked", true}};
    const auto text = http::toBase64Url(head) + '.' + http::toBase64Url(body.dump());
    return text + '.' + signatureOf(key, text);
}

std::optional<std::string> issuerOf(const std::string& key, std::string_view token, api::Time now) {
    const auto end = token.rfind('.');
    if (token.size() > longestToken || end == std::string_view::npos) return std::nullopt;
    // Only this program makes signatures with the key, so what is signed has the form it gives tokens.
    if (!http::equalSecrets(token.substr(end + 1), signatureOf(key, token.substr(0, end))))
        return std::nullopt;
    const auto start = token.find('.') + 1;
    const auto body = start < end ? http::fromBase64Url(token.substr(start, end - start)) : std::nullopt;
    const auto claims = body ? parseBounded<nlohmann::json>(*body) : nlohmann::json();
    if (!claims.is_object() || claims.value("exp", std::int64_t{0}) <= secondsOf(now)) return std::nullopt;
    return claims.value("sub", std::string());
}

}  // namespace stepwell::engine::rest
