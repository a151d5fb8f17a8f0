#include "app/engine/pages/project_entries.h"

#include "app/engine/pages/archive_names.h"
#include "app/engine/pages/tar_format.h"
#include "models/api/asset_key.h"

#include <algorithm>
#include <array>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t mebibyte = 1024 * 1024;
/// What the API takes of each too; a manifest has at most 100,000 files.
constexpr std::array<std::pair<std::string_view, std::size_t>, 8> largestFiles = {
    {{projectFile, 4 * mebibyte},
     {deploymentFile, 64 * mebibyte},
     {"_headers", 4 * mebibyte},
     {"_redirects", 4 * mebibyte},
     {"_routes.json", 4 * mebibyte},
     {"functions.json", 4 * mebibyte},
     {"_worker.js", 25 * mebibyte},
     {"_worker.bundle", 25 * mebibyte}}};

api::Result<void> checkSize(const TarFile& file, std::size_t most) {
    if (file.size <= most) return {};
    return refusedArchive("the entry " + file.name + " is larger than " + std::to_string(most / mebibyte) +
                          " MiB");
}

api::Result<void> checkEntry(const TarFile& file) {
    for (const auto folder : {assetFolder, foreignFolder}) {
        if (!file.name.starts_with(folder)) continue;
        if (!api::parseAssetKey(std::string_view(file.name).substr(folder.size())))
            return refusedArchive("the entry " + file.name + " is named by no asset key");
        return checkSize(file, largestAsset);
    }
    for (const auto& [name, most] : largestFiles)
        if (file.name == name) return checkSize(file, most);
    return {};
}

}  // namespace

tl::unexpected<api::Error> refusedArchive(const std::string& what) {
    return api::fail(400, api::code::badBody,
                     "The archive is not one of a project: " + what + ". Nothing was changed.");
}

bool isProjectEntry(std::string_view name) {
    if (name.starts_with(assetFolder) || name.starts_with(foreignFolder)) return true;
    return std::any_of(largestFiles.begin(), largestFiles.end(),
                       [&](const auto& file) { return file.first == name; });
}

api::Result<void> checkEntries(ArchiveBytes& archive) {
    TarReader reader(archive);
    for (bool first = true;; first = false) {
        const auto file = reader.next();
        if (!file) return tl::unexpected(file.error());
        if (!*file && first) return refusedArchive("it has no " + std::string(projectFile));
        if (!*file) return {};
        if (first != ((*file)->name == projectFile))
            return refusedArchive((first ? "it begins with " : "it has a second ") + (*file)->name +
                                  (first ? ", not with " + std::string(projectFile) : std::string()));
        if (auto checked = checkEntry(**file); !checked) return checked;
    }
}

}  // namespace stepwell::engine::pages
