#pragma once

#include "app/engine/http/network.h"
#include "app/engine/http/pace.h"
#include "app/engine/http/public_address.h"
#include "models/api/error.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stepwell::headless {

struct Options {
    std::filesystem::path dataDir;
    std::string listenHost = "127.0.0.1";
    unsigned short port = 8790;
    std::filesystem::path tokenFile;  ///< empty: `token` in the data folder
    std::string account = "local";
    std::vector<engine::http::Network> trustedProxies;
    std::filesystem::path tlsCertificate, tlsKey;  ///< both or none
    bool plainHttp = false;
    std::vector<std::string> publicNames;
    std::string sitesDomain;  ///< lower case; empty: sites are below localhost alone
    std::optional<engine::http::PublicUrl> publicUrl;
    int connections = 1'024;
    int connectionsPerAddress = 512;
    engine::http::PaceLimits pace;
    std::int64_t rateLimit = 12'000;  ///< requests of one API token within five minutes; 0: any number
    bool allowUnsandboxed = false;
    bool countsAnalytics = true;
    std::chrono::seconds cpuLimit{30};
    int memoryLimitMiB = 128;
    std::filesystem::path workerd;  ///< empty: searched for
    enum class Action { run, version, help } action = Action::run;
};

/// Reads the arguments after the program's name. Errors say which argument is wrong and what it may be.
api::Result<Options> parseOptions(const std::vector<std::string>& arguments);

/// The text of --help.
std::string usage();

}  // namespace stepwell::headless
