#include "app/engine/api/change_record.h"

#include "app/engine/access/token.h"

#include <array>
#include <utility>

namespace stepwell::engine::rest {

namespace {

using Word = std::pair<std::string_view, const char*>;
/// Last words of patterns that say what is done to what stands before them, and what the log calls that.
constexpr std::array<Word, 12> verbs = {Word{"status", "change_status"},
                                        {"events", "send_event"},
                                        {"terminate", "terminate"},
                                        {"delete", "delete"},
                                        {"retry", "retry"},
                                        {"rollback", "rollback"},
                                        {"collect", "collect"},
                                        {"import", "import"},
                                        {"reproduce", "reproduce"},
                                        {"upload", "upload"},
                                        {"upsert-hashes", "touch"},
                                        {"purge_build_cache", "purge_build_cache"}};

bool isPlaceholder(std::string_view segment) {
    return segment.starts_with('{');
}

struct Verb {
    std::size_t place = 0;  ///< in the pattern; its size: there is none
    const char* action = nullptr;
};
Verb verbOf(const std::vector<std::string>& pattern) {
    auto place = pattern.size();
    while (place > 0 && isPlaceholder(pattern[place - 1]))
        --place;
    for (const auto& [word, action] : verbs)
        if (place > 0 && pattern[place - 1] == word) return {place - 1, action};
    return {pattern.size(), nullptr};
}

std::string actionOf(http::Method method) {
    switch (method) {
    case http::Method::post:
        return "create";
    case http::Method::put:
        return "put";
    case http::Method::patch:
        return "change";
    case http::Method::remove:
        return "delete";
    default:
        return "read";
    }
}

/// Where the resource begins in a pattern: behind /client/v4/accounts/{account}, or /client/v4.
std::size_t startOf(const std::vector<std::string>& pattern) {
    if (pattern.size() > 4 && pattern[2] == "accounts") return pattern[4] == "stepwell" ? 5 : 4;
    return std::min<std::size_t>(pattern.size(), 2);
}

std::string pathOf(const http::Request& head) {
    return head.target.substr(0, head.target.find('?'));
}

}  // namespace

bool changesSomething(const http::Route& route) {
    return route.need.level() == access::Level::edit && route.method != http::Method::get && !route.silent;
}

access::AuditEntry entryOf(const http::Request& head, const http::Route& route, api::Time now) {
    access::AuditEntry entry;
    entry.time = now;
    const auto verb = verbOf(route.pattern);
    entry.action = verb.action != nullptr ? verb.action : actionOf(route.method);
    for (std::size_t i = startOf(route.pattern); i < route.pattern.size(); ++i) {
        if (i == verb.place) continue;
        auto& text = isPlaceholder(route.pattern[i]) ? entry.resourceId : entry.resource;
        if (!text.empty()) text += isPlaceholder(route.pattern[i]) ? '/' : '.';
        text += i < head.path.size() ? head.path[i] : std::string();
    }
    if (head.identity) {
        const auto& actor = *head.identity;
        entry.actor = actor.token.id;
        entry.actorName = actor.token.name;
        entry.actorKind =
            actor.kind == access::Identity::Kind::owner ? access::ActorKind::owner : access::ActorKind::token;
    }
    entry.address = head.remote;
    entry.method = toString(head.method);
    entry.path = pathOf(head);
    return entry;
}

ChangeRecord::~ChangeRecord() {
    if (m_began && !m_ended) m_ledger->record(std::move(m_entry));
}

access::AuditEntry ChangeRecord::entryOf(int status, const std::string& made) const {
    auto entry = m_entry;
    entry.status = status;
    entry.outcome = status >= 200 && status < 400;
    if (made.empty()) return entry;
    if (!entry.resourceId.empty()) entry.resourceId += '/';
    entry.resourceId += made;
    return entry;
}

void ChangeRecord::ended(const http::Response& response) {
    if (std::exchange(m_ended, true)) return;
    m_ledger->record(entryOf(response.status, response.made));
}

void ChangeRecord::write(Sqlite& db, const std::string& made) const {
    constexpr int done = 200;
    access::appendAudit(db, entryOf(done, made));
}

}  // namespace stepwell::engine::rest
