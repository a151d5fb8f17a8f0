#pragma once

#include "app/engine/http/message.h"
#include "app/engine/pages/service.h"

/// Bodies of the Pages endpoints. Their content type is not looked at where they are JSON: wrangler calls
/// some of them text/plain. Errors say which member is wrong.
namespace stepwell::engine::rest {

api::Result<pages::NewProject> readNewProject(std::string_view body);
api::Result<pages::ProjectChange> readProjectChange(std::string_view body);
/// `{"name": ..., "stepwell": {"branch": ...}?}`.
struct NewDomain {
    std::string name;
    std::string branch;
};
api::Result<NewDomain> readNewDomain(std::string_view body);
/// `{"hashes": [...]}`.
api::Result<std::vector<std::string>> readHashes(std::string_view body);
/// The multipart form of a new deployment; `mostFiles` bounds its manifest.
api::Result<pages::NewDeployment> readNewDeployment(const http::Request& request, std::int64_t mostFiles);

/// Largest file of a site, in bytes.
inline constexpr std::size_t largestAsset = 25 * 1024 * 1024;
/// Hands the assets of an upload to `take`, one after the other, so that they are never all decoded at once.
api::Result<void> readAssets(std::string_view body,
                             const std::function<api::Result<void>(const pages::NewAsset&)>& take);

}  // namespace stepwell::engine::rest
