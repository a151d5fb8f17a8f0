#pragma once

#include "models/backend.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stepwell {

/// A token of an account as its backend tells it; never its text.
struct AccessToken {
    std::string id;
    std::string name;
    std::string status;                              ///< "active", "expired", "disabled", or as it came
    std::map<std::string, std::string> permissions;  ///< by product: "none", "read", "edit"
    std::optional<api::Time> issued;
    std::optional<api::Time> expires;  ///< nothing: never
    std::optional<api::Time> lastUsed;
};

struct NewAccessToken {
    std::string name;
    std::map<std::string, std::string> permissions;  ///< by product: "read" or "edit"
    std::string expires;  ///< a time, or a duration from now like "30 days"; empty: never
};

struct CreatedAccessToken {
    AccessToken token;
    std::string value;  ///< its text, told this once
};

struct AuditQuery {
    std::optional<api::Time> since;
    std::optional<api::Time> before;
    std::string actor;     ///< id of a token; empty: all
    std::string action;    ///< "delete"; empty: all
    std::string resource;  ///< "workflows.instances", with what is below it; empty: all
    int page = 1;          ///< from 1
    int perPage = 100;
};

/// One change, or the try at one.
struct AuditEntry {
    std::string id;
    std::optional<api::Time> when;
    std::string action;
    std::optional<bool> succeeded;  ///< nothing: the engine was stopped before there was an answer
    std::string actorId;
    std::string actorName;
    std::string address;
    std::string resource;
    std::string resourceId;
    std::string face;  ///< "API", "command"
    std::string method;
    std::string path;
    std::optional<int> status;
};

struct AuditPage {
    std::vector<AuditEntry> rows;  ///< newest first
    std::int64_t total = 0;
};

/// Tokens and audit log of an account, where a backend has them (Feature::tokens, Feature::audit). Calls and
/// answers on the owner's thread; nothing blocks; no answer when the context is gone by then.
class AccessService {
  public:
    virtual ~AccessService() = default;
    virtual void tokens(QObject* context, Done<std::vector<AccessToken>> done) = 0;
    virtual void createToken(const NewAccessToken& token, QObject* context,
                             Done<CreatedAccessToken> done) = 0;
    virtual void revokeToken(const std::string& id, QObject* context, Done<void> done) = 0;
    virtual void audit(const AuditQuery& query, QObject* context, Done<AuditPage> done) = 0;
};

/// Over HTTP, with the token of the address.
std::unique_ptr<AccessService> makeAccessService(const site::SiteAddress& address);

}  // namespace stepwell
