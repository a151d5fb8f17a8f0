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

/// The bytes of a file when they are those that were hashed, else the reason why not.
class CheckedReader {
  public:
    /// Empty reason: `bytes` are there.
    std::string read(const LocalFile& file) {
        std::ifstream source(file.disk, std::ios::binary);
        if (!source.is_open()) return "It cannot be opened any more. Was it moved or deleted?";
        // One byte more than it had: a file that grew is noticed.
        m_bytes.resize(static_cast<std::size_t>(file.stamp.size) + 1);
        source.read(m_bytes.data(), static_cast<std::streamsize>(m_bytes.size()));
        if (source.bad()) return "It cannot be read.";
        m_bytes.resize(static_cast<std::size_t>(source.gcount()));
        m_hasher.add(m_bytes);
        if (m_hasher.finish(file.path) != file.key) return "It changed while it was being deployed.";
        return {};
    }
    std::string_view bytes() const { return m_bytes; }

  private:
    std::string m_bytes;
    api::AssetHasher m_hasher;
};

void putBase64(std::string& body, std::string_view bytes) {
    const auto at = body.size();
    body.resize(at + api::base64Length(bytes.size()));
    api::writeBase64(bytes, body.data() + at);
}

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
        if (auto reason = reader.read(*file); !reason.empty()) {
            failed.push_back({file->path, std::move(reason)});
            bucket.bytes -= file->stamp.size;
            return true;
        }
        if (body.size() > 1) body += ',';
        body.append("{\"key\":\"").append(file->key.hex()).append("\",\"value\":\"");
        putBase64(body, reader.bytes());
        body.append("\",\"metadata\":{\"contentType\":\"");
        body.append(api::contentTypeOf(file->path)).append("\"},\"base64\":true}");
        return false;
    });
    return body + ']';
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
