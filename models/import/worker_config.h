#pragma once

#include "models/import/worker_project.h"

#include <nlohmann/json_fwd.hpp>

namespace stepwell {

/// Reads a wrangler configuration into `read.project`; adds errors and warnings. `file` names the file in
/// them. Paths stay as written, in `main`.
void readWorkerConfig(const nlohmann::json& config, const QString& file, ReadProject& read,
                      std::string& main);

}  // namespace stepwell
