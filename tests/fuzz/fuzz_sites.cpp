// What clients upload for sites, and what their code says of itself: the first byte says whether the rest is
// an upload of assets, a list of their keys, the form of a deployment, the settings of a project, a domain,
// an archive or the report of a request.
#include "app/engine/api/pages_body.h"
#include "app/engine/api/pages_lists.h"
#include "app/engine/api/site_report.h"
#include "app/engine/pages/project_entries.h"
#include "app/engine/pages/tar_format.h"
#include "models/api/asset_key.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace stepwell;
using namespace stepwell::engine;

namespace {

constexpr std::int64_t mostFiles = 50;

void require(bool holds) {
    if (!holds) std::abort();
}

void readAsAssets(std::string_view body) {
    std::size_t bytes = 0;
    const auto read = rest::readAssets(body, [&](const pages::NewAsset& asset) -> api::Result<void> {
        require(api::parseAssetKey(asset.key).has_value());
        require(!asset.type.empty());
        bytes += asset.bytes.size();
        require(bytes <= body.size());
        return {};
    });
    if (!read) require(!read.error().message.empty());
}

void readAsDeployment(std::string_view body) {
    http::Request request;
    request.contentType = "multipart/form-data; boundary=x";
    request.body = body;
    const auto deployment = rest::readNewDeployment(request, mostFiles);
    if (!deployment) return;
    const auto& files = deployment->manifest;
    require(files.size() <= static_cast<std::size_t>(mostFiles));
    for (const auto& file : files)
        require(file.path.starts_with('/') && api::parseAssetKey(file.key).has_value());
    require(std::adjacent_find(files.begin(), files.end(), [](const auto& left, const auto& right) {
                return left.path >= right.path;
            }) == files.end());
}

/// What is read as it lies there is what a parser of JSON finds.
void readAsHashes(std::string_view body) {
    if (const auto keys = rest::readHashes(body))
        for (const auto& key : *keys)
            require(api::parseAssetKey(key).has_value());
    if (const auto plain = rest::plainHashes(body))
        require(nlohmann::json::parse(body).at("hashes") == nlohmann::json(*plain));
    if (const auto plain = rest::plainManifest(body)) {
        auto all = nlohmann::json::object();
        for (const auto& entry : *plain)
            all[entry.path] = entry.key;
        require(nlohmann::json::parse(body) == all);
    }
}

void readAsReport(std::string_view details) {
    constexpr std::size_t most = 64 * 1024;
    const auto answered = rest::readReport(std::string(details));
    require(answered.status >= 0 && answered.status <= 999 && answered.duration.count() >= 0);
    require(answered.headers.size() <= most && answered.cf.size() <= most);
    require(nlohmann::json::accept(answered.headers) && nlohmann::json::accept(answered.cf));
    require(answered.exceptions.size() <= 10);
    for (const auto& one : answered.exceptions)
        require(one.name.size() + one.message.size() + one.stack.size() <= most);
}

void readAsArchive(std::string_view body) {
    pages::ArchiveText archive(body);
    const auto checked = pages::checkEntries(archive);
    if (!checked) require(!checked.error().message.empty());
    pages::TarReader reader(archive);
    std::size_t read = 0;
    for (;;) {
        const auto file = reader.next();
        if (!file) require(!checked);
        if (!file || !*file) return;
        const auto bytes = *reader.bytesOf(**file);
        require(bytes.size() == (*file)->size && bytes.data() >= body.data() &&
                bytes.data() + bytes.size() <= body.data() + body.size());
        read += 512 + bytes.size();
        require(read <= body.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0]) {
    case 'a':
        readAsAssets(body);
        break;
    case 'd':
        readAsDeployment(body);
        break;
    case 't':
        readAsArchive(body);
        break;
    case 'k':
        readAsHashes(body);
        break;
    case 'r':
        readAsReport(body);
        break;
    case 'n':
        rest::readNewDomain(body);
        break;
    default:
        rest::readNewProject(body);
    }
    return 0;
}
