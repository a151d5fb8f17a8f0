#pragma once

#include "models/api/types.h"

#include <algorithm>
#include <string_view>

/// A Worker as a client sees it: the script that workflows come from, with handlers, crons and secrets of its
/// own.
namespace stepwell::api {

struct Worker {
    std::string name;
    std::optional<Time> createdOn;
    std::optional<Time> modifiedOn;
    std::optional<std::vector<std::string>> handlers;  ///< "fetch", "scheduled"; nothing: not told
    std::optional<std::vector<Schedule>> crons;        ///< extension; elsewhere they are asked for by Worker
    std::string url = {};                              ///< extension: of its fetch handler

    /// Whether it may have this handler: also true when the backend does not tell.
    bool mayHandle(std::string_view handler) const {
        return !handlers || std::find(handlers->begin(), handlers->end(), handler) != handlers->end();
    }
};

/// Where its fetch handler answers.
struct WorkerAddress {
    bool enabled = false;  ///< false: `workers_dev` is off, the URL leads nowhere
    std::string url;       ///< empty: the backend does not tell
};

/// What the Worker finds in its `env`.
struct Binding {
    std::string name;
    std::string type;   ///< plain_text, json, secret_text, workflow, service, ...
    std::string value;  ///< text, JSON, or what it points at; empty for secrets and what is not told
};

/// One upload.
struct WorkerVersion {
    std::string id;
    int number = 0;  ///< 0: not told
    std::optional<Time> createdOn;
    std::string source;   ///< wrangler, api, secret, ...
    std::string message;  ///< as given with the upload
};

/// Makes one version, or several by shares, answer from then on.
struct WorkerDeployment {
    struct Share {
        std::string version;
        int percentage = 100;
    };
    std::string id;
    std::optional<Time> createdOn;
    std::string source;
    std::string message;
    std::vector<Share> shares;
};

}  // namespace stepwell::api
