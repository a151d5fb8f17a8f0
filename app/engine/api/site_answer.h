#pragma once

#include "app/engine/api/pages_context.h"

#include <functional>
#include <memory>

/// Answers with the files of a site.
namespace stepwell::engine::rest {

struct ServedSite {
    std::shared_ptr<const pages::SiteContent> content;
    bool preview = false;  ///< see pages::Site
};

/// Finds out what `asked` gets and hands it to `done`, once, on this thread or one of the files. `keep` holds
/// what `asked` has views into. Does not block.
void answerAsset(PagesContext& context, const ServedSite& site, const pages::AssetRequest& asked,
                 std::shared_ptr<const void> keep, std::function<void(http::Response)> done);

}  // namespace stepwell::engine::rest
