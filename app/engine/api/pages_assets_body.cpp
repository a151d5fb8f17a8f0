#include "app/engine/api/body.h"
#include "app/engine/api/pages_body.h"
#include "app/engine/core/base64.h"
#include "models/api/asset_key.h"

#include <nlohmann/json.hpp>

/// An upload is an array of objects with files of up to 25 MiB as base64: read as it is parsed, so that one
/// file is decoded at a time.
namespace stepwell::engine::rest {

namespace {

using nlohmann::json;
using Take = std::function<api::Result<void>(const pages::NewAsset&)>;

constexpr std::size_t longestType = 256;
constexpr int assetDepth = 2;
constexpr int metadataDepth = 3;
constexpr int deepest = 8;
constexpr std::size_t longestComplaint = 200;

bool isContentType(std::string_view type) {
    return !type.empty() && type.size() <= longestType &&
           std::all_of(type.begin(), type.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Bytes that base64 text stands for, told by its length; nothing when no text has that length.
std::optional<std::size_t> decodedSize(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    return text.size() / 4 * 3 - padding;
}

class AssetReader final : public nlohmann::json_sax<json> {
  public:
    explicit AssetReader(const Take& take)
        : m_take(take) {}

    std::optional<api::Error> problem;

    bool null() override { return scalar(); }
    bool boolean(bool value) override {
        if (m_depth == assetDepth && m_key == "base64") m_base64 = value;
        return scalar();
    }
    bool number_integer(number_integer_t) override { return scalar(); }
    bool number_unsigned(number_unsigned_t) override { return scalar(); }
    bool number_float(number_float_t, const string_t&) override { return scalar(); }
    bool binary(binary_t&) override { return scalar(); }
    bool string(string_t& value) override {
        if (m_depth == assetDepth && m_key == "key") m_asset.key = value;
        if (m_depth == assetDepth && m_key == "value") {
            m_asset.bytes = std::move(value);
            m_hasValue = true;
        }
        if (m_depth == metadataDepth && m_inMetadata && m_key == "contentType") m_asset.type = value;
        return scalar();
    }
    bool key(string_t& value) override {
        m_key = value;
        return true;
    }
    bool start_object(std::size_t) override {
        if (m_depth == 0) return refuse("The body must be an array of assets.");
        if (m_depth == 1) begin();
        if (m_depth == assetDepth) m_inMetadata = m_key == "metadata";
        return deeper();
    }
    bool end_object() override {
        --m_depth;
        if (m_depth == assetDepth) m_inMetadata = false;
        return m_depth == 1 ? finish() : true;
    }
    bool start_array(std::size_t) override {
        if (m_depth == 1) return refuse("The body must be an array of objects.");
        return deeper();
    }
    bool end_array() override {
        --m_depth;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        const std::string what = error.what();
        // Of a number that is too large all digits are quoted.
        const auto told = std::min(what.find("; last read"), longestComplaint);
        return refuse("The body is not valid JSON: " + what.substr(0, told) + ".");
    }

  private:
    bool refuse(std::string message) {
        problem = badRequest(std::move(message)).value();
        return false;
    }
    bool scalar() { return m_depth >= assetDepth ? true : refuse("The body must be an array of objects."); }
    bool deeper() { return ++m_depth <= deepest ? true : refuse("The body is nested too deep."); }
    void begin() {
        m_asset = {};
        m_hasValue = false;
        m_base64 = false;
    }

    bool finish() {
        if (!api::parseAssetKey(m_asset.key))
            return refuse("An asset has no key of 32 lower-case hex digits.");
        const auto name = "The asset " + m_asset.key;
        if (!m_hasValue) return refuse(name + " has no value.");
        if (m_asset.type.empty()) m_asset.type = "application/octet-stream";
        if (!isContentType(m_asset.type)) return refuse(name + " has a content type that HTTP cannot carry.");
        if (m_base64) {
            const auto size = decodedSize(m_asset.bytes);
            if (!size) return refuse("The value of the asset " + m_asset.key + " is not base64.");
            m_asset.bytes = fromBase64(m_asset.bytes);
            if (m_asset.bytes.size() != *size)
                return refuse("The value of the asset " + m_asset.key + " is not base64.");
        }
        if (m_asset.bytes.size() > largestAsset)
            return refuse(name + " is larger than 25 MiB, the most a file of a site may have.");
        auto taken = m_take(m_asset);
        if (!taken) problem = taken.error();
        return taken.has_value();
    }

    const Take& m_take;
    int m_depth = 0;
    std::string m_key;
    pages::NewAsset m_asset;
    bool m_hasValue = false;
    bool m_base64 = false;
    bool m_inMetadata = false;
};

}  // namespace

api::Result<void> readAssets(std::string_view body, const Take& take) {
    AssetReader reader(take);
    if (json::sax_parse(body.begin(), body.end(), &reader)) return {};
    if (reader.problem) return tl::unexpected(*reader.problem);
    return badRequest("The body must be an array of assets.");
}

}  // namespace stepwell::engine::rest
