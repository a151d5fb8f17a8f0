#include "models/client/parse.h"
#include "models/http_backend_private.h"

namespace stepwell {

namespace {

/// Walks the stretches of a list of files on the client thread.
class FilesLoader : public std::enable_shared_from_this<FilesLoader> {
  public:
    using Files = std::vector<api::SiteFile>;
    using Deliver = std::function<void(api::Result<Files>)>;

    FilesLoader(client::Link& link, client::Request request, Deliver deliver)
        : m_link(link)
        , m_request(std::move(request))
        , m_deliver(std::move(deliver)) {}

    void load(const std::string& cursor) {
        auto request = m_request;
        if (!cursor.empty()) request.url += client::query({{"cursor", cursor}});
        if (!request.storeKey.empty()) request.storeKey = request.url;
        m_link.send(std::move(request), [self = shared_from_this()](const auto& response) {
            response ? self->take(client::parseSiteFiles(*response))
                     : self->m_deliver(api::fail(response.error()));
        });
    }

  private:
    void take(api::Result<client::Page<api::SiteFile>> page) {
        if (!page) return m_deliver(api::fail(page.error()));
        m_files.insert(m_files.end(), std::make_move_iterator(page->rows.begin()),
                       std::make_move_iterator(page->rows.end()));
        if (page->cursor.empty() || page->rows.empty()) return m_deliver(std::move(m_files));
        load(page->cursor);
    }

    client::Link& m_link;
    client::Request m_request;
    Deliver m_deliver;
    Files m_files;
};

}  // namespace

std::optional<site::SiteAddress> HttpBackend::siteAddress() const {
    return site::SiteAddress{d->address.apiBase, d->address.account, d->address.token};
}

void HttpBackend::siteFiles(const std::string& project, const std::string& deployment, QObject* context,
                            Done<std::vector<api::SiteFile>> done) {
    std::make_shared<FilesLoader>(*d->link, d->request("GET", d->routes.siteFiles(project, deployment)),
                                  d->deliverTo<std::vector<api::SiteFile>>(context, std::move(done)))
        ->load({});
}

void HttpBackend::siteParts(const std::string& project, const std::string& deployment, QObject* context,
                            Done<std::vector<api::SiteFile>> done) {
    d->call(d->request("GET", d->routes.siteParts(project, deployment)), context, std::move(done),
            [](const client::Response& response) -> api::Result<std::vector<api::SiteFile>> {
                auto page = client::parseSiteFiles(response);
                if (!page) return tl::unexpected(page.error());
                return std::move(page->rows);
            });
}

void HttpBackend::siteAsset(const std::string& key, QObject* context, Done<std::string> done) {
    d->call(d->request("GET", d->routes.siteAsset(key)), context, std::move(done), client::parseAsset);
}

}  // namespace stepwell
