#include "app/headless/token_command.h"

#include "app/engine/access/audit.h"
#include "app/engine/access/database.h"
#include "app/headless/command_line.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <functional>
#include <map>
#include <pwd.h>
#include <set>
#include <unistd.h>

namespace stepwell::headless {

namespace {

namespace access = engine::access;
using nlohmann::ordered_json;
using Verb = TokenCommand::Verb;

constexpr int failure = 1;

constexpr const char* usageText =
    R"(usage: stepwelld token create --data-dir DIR --permission read|edit [options]
       stepwelld token list --data-dir DIR
       stepwelld token revoke --data-dir DIR ID

  --permission read|edit  what the token may do; edit includes read
  --product P[,P...]      workflows, workers, pages, analytics, account (tokens and audit log); may be
                          repeated; default all but account
  --account ID            the only account that it opens; default whichever the engine serves
  --name TEXT             for people; need not be unique
  --expires WHEN          2027-01-31T12:00:00Z, or from now: "30 days", "12 hours"; default never

Prints one line of JSON. The token is in it when it is created, and is kept nowhere: store it now. A running
engine sees what was changed with its next request.
)";

tl::unexpected<api::Error> wrong(const std::string& message) {
    return api::fail(0, 0, message + " See stepwelld token --help.");
}

// --- arguments
// ---------------------------------------------------------------------------------------------------

/// What was given, before it is put together.
struct Given {
    TokenCommand command;
    std::optional<access::Level> level;
    std::vector<access::Product> products;
    api::Time now{};
};

api::Result<void> addProducts(Given& given, std::string_view list) {
    for (;;) {
        const auto end = std::min(list.find(','), list.size());
        const auto name = list.substr(0, end);
        const auto product = access::productOf(name);
        if (!product)
            return wrong("There is no product \"" + std::string(name) +
                         "\": --product takes workflows, workers, pages, analytics and account.");
        given.products.push_back(*product);
        if (end == list.size()) return {};
        list.remove_prefix(end + 1);
    }
}

using Setter = std::function<api::Result<void>(Given&, const std::string&)>;

const std::map<std::string, Setter>& setters() {
    static const std::map<std::string, Setter> all = {
        {"--data-dir",
         [](Given& g, const std::string& v) -> api::Result<void> {
             if (v.empty()) return wrong("--data-dir needs a path.");
             g.command.dataDir = std::filesystem::absolute(v).lexically_normal();
             return {};
         }},
        {"--permission",
         [](Given& g, const std::string& v) -> api::Result<void> {
             g.level = access::levelOf(v);
             if (!g.level) return wrong("--permission must be read or edit, not \"" + v + "\".");
             return {};
         }},
        {"--product", [](Given& g, const std::string& v) { return addProducts(g, v); }},
        {"--account",
         [](Given& g, const std::string& v) -> api::Result<void> {
             if (v.empty()) return wrong("--account needs the id of an account.");
             g.command.token.account = v;
             return {};
         }},
        {"--name",
         [](Given& g, const std::string& v) -> api::Result<void> {
             g.command.token.name = v;
             return {};
         }},
        {"--expires",
         [](Given& g, const std::string& v) -> api::Result<void> {
             const auto time = access::expiryOf(v, g.now);
             if (!time) return wrong("--expires: " + time.error().message);
             g.command.token.expires = *time;
             return {};
         }},
    };
    return all;
}

std::optional<Verb> verbOf(const std::string& word) {
    if (word == "create") return Verb::create;
    if (word == "list") return Verb::list;
    if (word == "revoke") return Verb::revoke;
    if (word == "--help" || word == "-h" || word == "help") return Verb::help;
    return std::nullopt;
}

api::Result<TokenCommand> checked(Given given) {
    auto& command = given.command;
    if (command.verb == Verb::help) return command;
    if (command.dataDir.empty())
        return wrong("--data-dir DIR is missing: the data folder whose tokens these are.");
    if (command.verb == Verb::revoke && command.id.empty())
        return wrong("token revoke needs the id of a token; stepwelld token list shows them.");
    if (command.verb != Verb::create) {
        const auto& token = command.token;
        if (given.level || !given.products.empty() || token.expires || !token.name.empty() ||
            !token.account.empty())
            return wrong("--permission, --product, --account, --name and --expires are for token create.");
        return command;
    }
    if (!given.level) return wrong("--permission is missing: read, or edit, for what the token may do.");
    if (given.products.empty())
        for (const auto product : access::allProducts)
            if (product != access::Product::account) given.products.push_back(product);
    for (const auto product : given.products)
        command.token.permissions.grant(product, *given.level);
    if (auto fine = access::check(command.token, given.now); !fine) return wrong(fine.error().message);
    return command;
}

// --- what is done
// ------------------------------------------------------------------------------------------------

ordered_json timeOf(const std::optional<api::Time>& time) {
    return time ? ordered_json(api::toIso(*time)) : ordered_json();
}

ordered_json shown(const access::Token& token, api::Time now) {
    ordered_json permissions = ordered_json::object();
    for (const auto product : access::allProducts)
        permissions[std::string(toString(product))] = toString(token.permissions.of(product));
    return {{"id", token.id},
            {"name", token.name},
            {"status", toString(access::stateOf(token, now))},
            {"account", token.account.empty() ? ordered_json() : ordered_json(token.account)},
            {"permissions", std::move(permissions)},
            {"issued_on", api::toIso(token.created)},
            {"expires_on", timeOf(token.expires)},
            {"last_used_on", timeOf(token.used)},
            {"revoked_on", timeOf(token.revoked)}};
}

std::string lineOf(const ordered_json& json) {
    return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string loginName() {
    const auto* const user = ::getpwuid(::getuid());
    return user != nullptr ? user->pw_name : "user " + std::to_string(::getuid());
}

/// Writes the row of the audit log.
access::Alongside noting(const char* action, api::Time now) {
    return [action, now](engine::Sqlite& db, const access::Token& token) {
        access::AuditEntry entry;
        entry.time = now;
        entry.action = action;
        entry.outcome = true;
        entry.actor = "owner";
        entry.actorName = loginName();
        entry.resource = "tokens";
        entry.resourceId = token.id;
        entry.face = access::Face::command;
        entry.path = std::string("stepwelld token ") + (entry.action == "create" ? "create" : "revoke");
        access::appendAudit(db, entry);
    };
}

/// A folder that an engine has used, or an empty one for an engine to come: a wrong path gets no database.
api::Result<void> checkFolder(const std::filesystem::path& dir) {
    std::error_code error;
    if (!std::filesystem::is_directory(dir, error))
        return api::fail(0, 0,
                         "There is no data folder " + dir.string() +
                             ". Name the --data-dir of an engine, or make the folder first.");
    for (const auto* name : {"stepwell.db", "token", "lock", access::databaseName})
        if (std::filesystem::exists(dir / name, error)) return {};
    if (std::filesystem::is_empty(dir, error) && !error) return {};
    return api::fail(0, 0,
                     "The folder " + dir.string() +
                         " is not the data folder of an engine: it has neither a stepwell.db nor a token "
                         "file. Name the --data-dir of the engine.");
}

/// An engine has one account: a token for another one would open nothing.
api::Result<void> checkAccount(engine::Sqlite& db, const std::string& account) {
    const auto served = access::accountOf(db);
    if (!db.ok()) return tl::unexpected(access::takeError(db));
    if (account.empty() || served.empty() || account == served) return {};
    return api::fail(
        0, 0,
        "There is no account \"" + account + "\" here: the engine of this folder serves \"" + served +
            "\" (stepwelld --account), and an engine has one. Leave --account out, or name that one.");
}

api::Result<std::string> create(engine::Sqlite& db, const TokenCommand& command, api::Time now) {
    if (auto fine = checkAccount(db, command.token.account); !fine) return tl::unexpected(fine.error());
    const auto created = access::createToken(db, command.token, now, noting("create", now));
    if (!created) return tl::unexpected(created.error());
    auto line = shown(created->token, now);
    line["token"] = created->secret;
    return lineOf(line);
}

api::Result<std::string> list(engine::Sqlite& db, api::Time now) {
    const auto tokens = access::loadTokens(db);
    if (!tokens) return tl::unexpected(tokens.error());
    auto all = ordered_json::array();
    for (const auto& stored : *tokens)
        all.push_back(shown(stored.token, now));
    return lineOf({{"tokens", std::move(all)}});
}

api::Result<std::string> revoke(engine::Sqlite& db, const std::string& id, api::Time now) {
    auto revoked = access::revokeToken(db, id, now, noting("delete", now));
    if (!revoked && revoked.error().http != 404) return tl::unexpected(revoked.error());
    if (!revoked)
        return api::fail(0, revoked.error().code,
                         revoked.error().message + " stepwelld token list shows those that there are.");
    return lineOf(shown(*revoked, now));
}

}  // namespace

api::Result<TokenCommand> parseTokenCommand(const std::vector<std::string>& arguments, api::Time now) {
    Given given;
    given.now = now;
    const auto verb = arguments.empty() ? std::nullopt : verbOf(arguments.front());
    if (!verb) return wrong("stepwelld token takes create, list or revoke.");
    given.command.verb = *verb;
    std::set<std::string> seen;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        if (word == "--help" || word == "-h") return TokenCommand{};
        if (*verb == Verb::revoke && given.command.id.empty() && !word.starts_with('-')) {
            given.command.id = word;
            continue;
        }
        const auto equals = word.find('=');
        const auto setter = setters().find(word.substr(0, equals));
        if (setter == setters().end()) return wrong("Unknown argument \"" + word + "\".");
        if (equals == std::string::npos && i + 1 == arguments.size()) return wrong(word + " needs a value.");
        // Which of two was meant nobody knows, and a token may do too much then.
        if (!seen.insert(setter->first).second && setter->first != "--product")
            return wrong(setter->first + " was given twice.");
        const auto value = equals == std::string::npos ? arguments[++i] : word.substr(equals + 1);
        if (auto set = setter->second(given, value); !set) return tl::unexpected(set.error());
    }
    return checked(std::move(given));
}

api::Result<std::string> perform(const TokenCommand& command, api::Time now) {
    if (command.verb == Verb::help) return usageText;
    if (auto folder = checkFolder(command.dataDir); !folder) return tl::unexpected(folder.error());
    const auto db = access::openDatabase(command.dataDir / access::databaseName);
    if (!db) return tl::unexpected(db.error());
    if (command.verb == Verb::create) return create(**db, command, now);
    return command.verb == Verb::list ? list(**db, now) : revoke(**db, command.id, now);
}

int tokenCommand(const std::vector<std::string>& arguments) {
    const auto now = std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
    const auto command = parseTokenCommand(arguments, now);
    if (!command) return refuse(command.error().message);
    const auto line = perform(*command, now);
    if (!line) {
        complain(line.error().message);
        return failure;
    }
    std::puts(line->c_str());
    return 0;
}

}  // namespace stepwell::headless
