#include "app/engine/api/site_answer.h"

#include "app/engine/api/pages_files.h"
#include "app/engine/pages/early_hints.h"

#include <fstream>
#include <utility>

namespace stepwell::engine::rest {

namespace {

FileSlice sliceOf(PagesContext& context, const pages::SiteContent& site, const api::AssetKey& key,
                  std::uint64_t from, std::uint64_t bytes) {
    const auto& asset = site.assetOf(key);
    FileSlice slice;
    slice.path = context.service.fileOf(asset);
    slice.from = static_cast<std::uint64_t>(asset.place.start) + from;
    slice.bytes = bytes;
    slice.held = site.held();
    slice.whole = {asset.place, pages::Encoding::identity};
    slice.bodies = &context.service.bodies();
    return slice;
}

/// Early hints: the next request is told of what this page will want.
void scanLater(PagesContext& context, const ServedSite& site, const pages::Asset& page,
               const pages::AssetRequest& asked) {
    if (!site.content->links().begin(page.key)) return;
    const auto bytes = std::min<std::uint64_t>(page.size, pages::mostHtml);
    auto url = std::string(asked.scheme) + "://" + std::string(asked.host) + std::string(asked.target);
    context.files.post([site = site.content, key = page.key, pageUrl = std::move(url),
                        slice = sliceOf(context, *site.content, page.key, 0, bytes)](std::size_t) {
        std::ifstream file(slice.path, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(slice.from));
        std::string html(slice.bytes, '\0');
        file.read(html.data(), static_cast<std::streamsize>(html.size()));
        html.resize(static_cast<std::size_t>(file.gcount()));
        site->links().put(key, pages::linkHeaderOf(html, pageUrl));
    });
}

/// One request on its way to its answer.
struct Answering {
    PagesContext& context;
    ServedSite site;
    pages::AssetRequest asked;
    std::shared_ptr<const void> keep;  ///< what `asked` has views into
    std::function<void(http::Response)> done;
    bool looked = false;  ///< for what is kept compressed
    bool failed = false;  ///< what was kept compressed was not whole
};

void answer(Answering answering);

void readInto(Answering answering, http::Response response, FileSlice slice) {
    auto& files = answering.context.files;
    readFileInto(std::move(response), std::move(slice), files,
                 [keep = std::move(answering.keep), done = std::move(answering.done)](http::Response given) {
                     done(std::move(given));
                 });
}

/// A form that is gone or damaged is found out here: the answer is given again, with what there is then.
void sendForm(Answering answering, http::Response response, const pages::AssetAnswer& found,
              const pages::BodyName& name) {
    auto& files = answering.context.files;
    files.post([answering = std::move(answering), response = std::move(response), name,
                key = found.asset->key, bytes = found.length](std::size_t) mutable {
        auto& pages = answering.context.service;
        const auto& content = answering.site.content;
        const auto& digest = content->assetOf(key).blob;
        auto form = pages.forms().open(digest, name.encoding);
        if (form && form->bytes == bytes) {
            FileSlice slice;
            slice.path = pages.forms().path(digest);
            slice.from = form->start;
            slice.bytes = bytes;
            slice.file = std::move(form->file);
            slice.whole = name;
            slice.bodies = &pages.bodies();
            return readInto(std::move(answering), std::move(response), std::move(slice));
        }
        // A form that cannot even be removed would be found and refused for ever.
        std::exchange(answering.failed, true) ? content->knowForms(key, {}) : pages.findForms(content, key);
        answer(std::move(answering));
    });
}

/// The first who asks for a file that may be compressed finds out what is kept of it.
void findForms(Answering answering, const api::AssetKey& key) {
    auto& files = answering.context.files;
    files.post([answering = std::move(answering), key](std::size_t) mutable {
        answering.context.service.findForms(answering.site.content, key);
        answering.looked = true;
        answer(std::move(answering));
    });
}

void answer(Answering answering) {
    auto& context = answering.context;
    const auto& site = answering.site;
    auto rules = site.content->rules(site.preview);
    rules.strict = context.service.settings().strict;
    auto found = pages::lookUp(rules, answering.asked);
    if (found.findForms && !answering.looked) return findForms(std::move(answering), *found.findForms);
    if (found.scanForLinks) scanLater(context, site, *found.asset, answering.asked);
    http::Response response;
    response.status = found.status;
    response.headerSet = http::HeaderSet::given;
    response.headers = std::move(found.headers);
    response.body = std::move(found.text);
    if (!found.asset || found.length == 0) return answering.done(std::move(response));
    if (answering.asked.method == "HEAD") {
        response.longBody = std::make_shared<http::LongBody>();
        response.longBody->bytes = found.length;
        return answering.done(std::move(response));
    }
    // Most answers end here, so what is only needed to read a file is not put together before.
    const pages::BodyName name{site.content->assetOf(found.asset->key).place, found.encoding};
    auto body = context.service.bodies().find(name);
    if (body && body->size() == found.length) {
        response.shared = {std::move(body), 0, found.length};
        return answering.done(std::move(response));
    }
    if (found.encoding != pages::Encoding::identity)
        return sendForm(std::move(answering), std::move(response), found, name);
    auto slice = sliceOf(context, *site.content, found.asset->key, found.from, found.length);
    readInto(std::move(answering), std::move(response), std::move(slice));
}

}  // namespace

void answerAsset(PagesContext& context, const ServedSite& site, const pages::AssetRequest& asked,
                 std::shared_ptr<const void> keep, std::function<void(http::Response)> done) {
    answer({context, site, asked, std::move(keep), std::move(done)});
}

}  // namespace stepwell::engine::rest
