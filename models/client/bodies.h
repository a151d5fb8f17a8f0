#pragma once

#include "models/api/error.h"
#include "models/api/types.h"

#include <string>

/// Bodies of requests. JSON texts of the user are passed on as they are: numbers keep every digit.
namespace stepwell::client {

/// Empty id and empty params are left out.
std::string createBody(const std::string& id, const std::string& paramsJson);
std::string statusBody(const std::string& verb);
/// For `wrangler dev`: the id has another name there.
std::string explorerCreateBody(const std::string& id, const std::string& paramsJson);
/// For `wrangler dev`: releases differ in how they call the verb, so it is told both ways.
std::string explorerStatusBody(const std::string& verb, bool rollBack);
std::string explorerRestartBody(const std::string& stepName, int count, const std::string& type);
std::string rollbackBody();
std::string deleteBody(const std::vector<std::string>& ids);
std::string cronsBody(const std::vector<std::string>& crons);
std::string secretBody(const std::string& name, const std::string& text);
/// All traffic to one version.
std::string deploymentBody(const std::string& versionId);
std::string accountRetentionBody(const api::Retention& retention);
/// The `settingsJson` of a declaration: only what is set.
std::string settingsJson(const api::WorkflowSettings& settings);
std::string restartBody(const std::string& stepName, int count, const std::string& type);
/// `settingsJson` is an object whose keys are merged in; an error when it is not one.
api::Result<std::string> declarationBody(const std::string& className, const std::string& scriptName,
                                         const std::string& settingsJson);

}  // namespace stepwell::client
