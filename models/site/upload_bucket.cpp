#include "models/site/upload_bucket.h"

#include "models/api/base64_text.h"
#include "models/api/content_type.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <unordered_set>

namespace stepwell::site {

namespace {

constexpr std::size_t aroundEachFile = 160;  ///< bytes of JSON

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

struct KeyHash {
    std::size_t operator()(const api::AssetKey& key) const { return std::hash<api::AssetKey>{}(key); }
};

/// Writes files as base64 when their bytes are those that were hashed. One piece after the other: of a large
/// file nothing but its base64 is in memory.
class CheckedReader {
  public:
    /// Empty: `body` has all of it. Else the reason why not, and `body` is as it was.
    std::string read(const LocalFile& file, std::string& body) {
        const auto before = body.size();
        auto reason = append(file, body);
        if (m_hasher.finish(file.path) != file.key && reason.empty()) reason = changed;
        if (!reason.empty()) body.resize(before);
        return reason;
    }

  private:
    static constexpr std::size_t pieceBytes = 192 * 1024;  ///< three bytes are four of base64
    static constexpr auto changed = "It changed while it was being deployed.";

    std::string append(const LocalFile& file, std::string& body) {
        std::ifstream source(file.disk, std::ios::binary);
        if (!source.is_open()) return "It cannot be opened any more. Was it moved or deleted?";
        for (auto left = file.stamp.size; source;) {
            source.read(m_piece.data(), static_cast<std::streamsize>(m_piece.size()));
            if (source.bad()) return "It cannot be read.";
            const std::string_view bytes(m_piece.data(), static_cast<std::size_t>(source.gcount()));
            left -= static_cast<std::int64_t>(bytes.size());
            if (left < 0) return changed;  // it grew, who knows how far
            m_hasher.add(bytes);
            const auto at = body.size();
            body.resize(at + api::base64Length(bytes.size()));
            api::writeBase64(bytes, body.data() + at);
        }
        return {};
    }

    std::string m_piece = std::string(pieceBytes, '\0');
    api::AssetHasher m_hasher;
};

}  // namespace

std::vector<Bucket> packBuckets(std::vector<const LocalFile*> files, const BucketLimits& limits) {
    std::stable_sort(files.begin(), files.end(),
                     [](const auto* a, const auto* b) { return a->stamp.size > b->stamp.size; });
    std::unordered_set<api::AssetKey, KeyHash> seen;
    std::vector<Bucket> buckets;
    for (const auto* file : files) {
        if (!seen.insert(file->key).second) continue;
        const bool fits = !buckets.empty() && buckets.back().files.size() < limits.files &&
                          buckets.back().bytes + file->stamp.size <= limits.bytes;
        if (!fits) buckets.emplace_back();
        buckets.back().files.push_back(file);
        buckets.back().bytes += file->stamp.size;
    }
    return buckets;
}

std::string bucketBody(Bucket& bucket, std::vector<FailedFile>& failed) {
    std::string body = "[";
    body.reserve(api::base64Length(static_cast<std::size_t>(bucket.bytes)) +
                 bucket.files.size() * (aroundEachFile + 4) + 2);
    CheckedReader reader;
    std::erase_if(bucket.files, [&](const LocalFile* file) {
        const auto before = body.size();
        if (before > 1) body += ',';
        body.append("{\"key\":\"").append(file->key.hex()).append("\",\"value\":\"");
        if (auto reason = reader.read(*file, body); !reason.empty()) {
            body.resize(before);
            failed.push_back({file->path, std::move(reason)});
            bucket.bytes -= file->stamp.size;
            return true;
        }
        body.append("\",\"metadata\":{\"contentType\":\"");
        body.append(api::contentTypeOf(file->path)).append("\"},\"base64\":true}");
        return false;
    });
    body += ']';
    return body;
}

std::string manifestOf(const std::vector<const LocalFile*>& files) {
    std::string manifest = "{";
    for (const auto* file : files) {
        if (manifest.size() > 1) manifest += ',';
        manifest.append(quoted('/' + file->path)).append(":\"").append(file->key.hex()).append("\"");
    }
    return manifest + '}';
}

}  // namespace stepwell::site
