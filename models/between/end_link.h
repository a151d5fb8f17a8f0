#pragma once

#include "models/backends/backend_kind.h"
#include "models/between/course.h"
#include "models/client/routes.h"
#include "models/client/waiting_link.h"
#include "models/site/site_address.h"

namespace stepwell::between {

/// A backend that something is promoted from or to.
struct PromotionEnd {
    std::string name;  ///< "Production", for sentences
    BackendKind kind = BackendKind::stepwell;
    site::SiteAddress address;

    /// The same account of the same backend.
    bool isSamePlace(const PromotionEnd& other) const {
        return address.apiBase == other.address.apiBase && address.account == other.address.account;
    }
};

/// Requests to one end, over a link of its own. Each blocks until it is answered or `stop` is set. Any
/// thread.
class EndLink {
  public:
    EndLink(const PromotionEnd& end, std::shared_ptr<const StopFlag> stop);

    const PromotionEnd& end() const { return m_end; }
    const client::Routes& routes() const { return m_routes; }
    client::Request request(const char* method, std::string url, std::string body = {}) const;
    api::Result<client::Response> ask(client::Request request, client::Progress progress = {}) {
        return m_link.ask(std::move(request), std::move(progress));
    }
    api::Result<client::Response> get(std::string url) { return ask(request("GET", std::move(url))); }

  private:
    PromotionEnd m_end;
    client::Routes m_routes;
    client::WaitingLink m_link;
};

/// The error with the name of the end in front.
api::Error at(const PromotionEnd& end, api::Error error);

}  // namespace stepwell::between
