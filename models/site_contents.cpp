#include "models/site_contents.h"

namespace stepwell {

void loadSiteContents(Backend& backend, const std::string& project, const std::string& deployment,
                      QObject* context, Done<SiteContents> done) {
    if (deployment.empty()) return done(SiteContents{{}, true});
    backend.siteFiles(project, deployment, context,
                      [&backend, project, deployment, context, done = std::move(done)](const auto& files) {
                          if (!files) return done(tl::unexpected(files.error()));
                          backend.siteParts(
                              project, deployment, context,
                              [contents = SiteContents{*files, false}, done](const auto& parts) mutable {
                                  // What rules a site is more than some backends tell.
                                  if (!parts && parts.error().code != api::code::noRoute)
                                      return done(tl::unexpected(parts.error()));
                                  contents.hasParts = parts.has_value();
                                  if (parts)
                                      contents.entries.insert(contents.entries.end(), parts->begin(),
                                                              parts->end());
                                  done(std::move(contents));
                              });
                      });
}

}  // namespace stepwell
