#pragma once

#include "models/api/error.h"
#include "models/api/time.h"
#include "models/api/types.h"

#include <chrono>
#include <string>
#include <vector>

/// The log of requests to a deployment of a site, extension.
namespace stepwell::api {

struct SiteException {
    std::string name;
    std::string message;
    std::string stack;
};

struct SiteRequest {
    std::int64_t id = 0;  ///< in the order in which requests ended
    Time time{};
    std::string method;
    std::string url;
    int status = 0;  ///< 0: there was no answer
    std::chrono::duration<double, std::milli> took{0};
    bool byCode = false;  ///< answered by the code of the site, not with a file
    std::string outcome;  ///< ok, exception, exceededCpu, exceededMemory, canceled, unknown
    std::vector<SiteException> exceptions;
    std::vector<LogLine> logs;

    bool failed() const { return status == 0 || status >= 500 || (outcome != "ok" && outcome != "canceled"); }
};

struct SiteRequestList {
    std::vector<SiteRequest> rows;  ///< oldest first
    std::int64_t total = 0;         ///< since the engine started
};

}  // namespace stepwell::api
