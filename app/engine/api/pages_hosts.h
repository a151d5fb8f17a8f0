#pragma once

#include "app/engine/api/pages_context.h"
#include "app/engine/http/listener.h"

/// The sites themselves, by host.
namespace stepwell::engine::rest {

/// How a request to a site is answered; nothing when its host is no business of sites. Below localhost
/// and the domain of sites every host is, Workers apart: one that shows nothing is answered 404.
std::optional<http::Admission> siteAdmission(PagesContext& context, const http::Request& head);

}  // namespace stepwell::engine::rest
