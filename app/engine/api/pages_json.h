#pragma once

#include "app/engine/http/public_address.h"
#include "app/engine/pages/service_rows.h"
#include "app/engine/pages/site_tree.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

/// Projects, deployments and domains of sites as the API shows them, reference section 3.3. `place` is
/// where sites are for the client.
namespace stepwell::engine::rest {

nlohmann::json shown(const pages::ProjectView& project, const http::Place& place);
nlohmann::json shown(const pages::DeploymentView& deployment, const http::Place& place);
nlohmann::json shown(const pages::DomainRow& domain);
/// Lines of a deployment's log.
nlohmann::json shownLog(const pages::DeploymentRow& deployment);
/// Path to key.
nlohmann::json shownFiles(const std::vector<pages::ManifestEntry>& files);

}  // namespace stepwell::engine::rest
