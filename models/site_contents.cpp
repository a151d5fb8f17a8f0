#include "models/site_contents.h"

namespace stepwell {

void loadSiteContents(Backend& backend, const std::string& project, const std::string& deployment,
                      QObject* context, Done<std::shared_ptr<const SiteContents>> done) {
    const auto contents = std::make_shared<SiteContents>();
    if (deployment.empty()) {
        contents->hasParts = true;
        return done(contents);
    }
    backend.siteFiles(
        project, deployment, context,
        [&backend, project, deployment, context, contents,
         done = std::move(done)](api::Result<std::vector<api::SiteFile>> files) {
            if (!files) return done(tl::unexpected(files.error()));
            contents->entries = std::move(*files);
            backend.siteParts(project, deployment, context, [contents, done](const auto& parts) {
                // What rules a site is more than some backends tell.
                if (!parts && parts.error().code != api::code::noRoute)
                    return done(tl::unexpected(parts.error()));
                contents->hasParts = parts.has_value();
                if (parts) contents->entries.insert(contents->entries.end(), parts->begin(), parts->end());
                done(contents);
            });
        });
}

}  // namespace stepwell
