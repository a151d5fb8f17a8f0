#pragma once

#include "models/api/site_file.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// How a deployment answers: its rules as parsed, and what they do to one request.
namespace stepwell::api {

using SiteHeaders = std::vector<std::pair<std::string, std::string>>;

struct SiteRuleMessage {
    std::optional<std::int64_t> line;  ///< from 1
    std::string text;                  ///< of the line, as written
    std::string reason;
};

struct SiteRedirect {
    std::int64_t line = 0;
    std::string from;
    std::string to;
    int status = 302;      ///< 200: another path is served
    bool dynamic = false;  ///< matched in order, behind those found by path alone
};

struct SiteHeaderRule {
    std::string path;
    SiteHeaders set;
    std::vector<std::string> removed;
};

/// A file of the functions folder.
struct SiteFunction {
    std::string path;
    std::string method;  ///< empty: any
    std::string module;
};

struct SiteRules {
    std::vector<SiteRedirect> redirects;
    std::vector<SiteRuleMessage> redirectWarnings;
    std::vector<SiteRuleMessage> redirectNotes;  ///< of rules that hold
    std::vector<SiteHeaderRule> headers;
    std::vector<SiteRuleMessage> headerWarnings;
    bool hasRoutes = false;
    std::vector<std::string> routesIncluded;
    std::vector<std::string> routesExcluded;
    std::string worker;  ///< none, bundle, script
    std::vector<SiteFunction> functions;
};

/// What a deployment answers to a request, found out without sending it.
struct SiteExplanation {
    std::string url;
    std::string method;
    bool runsWorker = false;  ///< the rest tells what its assets would be
    int status = 0;
    SiteHeaders headers;
    std::optional<SiteFile> file;
    std::string body;                ///< when there is no file
    std::vector<std::string> steps;  ///< why, in the order in which it was decided
};

/// What came back from the address itself.
struct SiteResponse {
    int status = 0;
    SiteHeaders headers;
    std::int64_t bytes = 0;  ///< of the body, decoded
};

}  // namespace stepwell::api
