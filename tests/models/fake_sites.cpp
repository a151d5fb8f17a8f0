#include "models/text.h"
#include "tests/models/fake_backend.h"

namespace stepwell::test {

void FakeBackend::siteFiles(const std::string& project, const std::string& deployment, QObject* context,
                            Done<std::vector<api::SiteFile>> done) {
    reply<std::vector<api::SiteFile>>("siteFiles " + toQt(project) + ' ' + toQt(deployment), context,
                                      std::move(done), siteFileLists[deployment]);
}

void FakeBackend::siteParts(const std::string& project, const std::string& deployment, QObject* context,
                            Done<std::vector<api::SiteFile>> done) {
    reply<std::vector<api::SiteFile>>("siteParts " + toQt(project) + ' ' + toQt(deployment), context,
                                      std::move(done), sitePartLists[deployment]);
}

void FakeBackend::siteAsset(const std::string& key, QObject* context, Done<std::string> done) {
    const auto asset = siteAssets.find(key);
    api::Result<std::string> answer = api::fail(404, api::code::noRoute, "There is no such asset.");
    if (asset != siteAssets.end()) answer = asset->second;
    reply<std::string>("siteAsset " + toQt(key), context, std::move(done), std::move(answer));
}

}  // namespace stepwell::test
