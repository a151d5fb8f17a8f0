// What finding out who asks costs a request, and what the audit log costs: one JSON object per figure.
#include "app/engine/access/access.h"
#include "app/engine/access/database.h"
#include "tests/engine/api/rig.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <stdlib.h>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::engine::access;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int requests = 200'000;
constexpr int rows = 1'000'000;
constexpr int changes = 10'000;
constexpr int rounds = 3;
constexpr const char* ownerToken = "0123456789abcdef0123456789abcdef";

api::Time systemNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double cpuSeconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void print(const char* figure, double value, const char* unit) {
    std::printf("{\"figure\":\"%s\",\"value\":%.3f,\"unit\":\"%s\"}\n", figure, value, unit);
}

AuditEntry entry(int number) {
    AuditEntry entry;
    entry.time = systemNow();
    entry.action = "create";
    entry.outcome = true;
    entry.actor = number % 10 == 0 ? "owner" : "0123456789abcdef0123456789abcdef";
    entry.actorName = "ci";
    entry.actorKind = ActorKind::token;
    entry.address = "192.0.2.7";
    entry.resource = "workflows.instances";
    entry.resourceId = "orders/" + std::to_string(number);
    entry.method = "POST";
    entry.path = "/client/v4/accounts/local/workflows/orders/instances";
    entry.status = 200;
    return entry;
}

void measureIdentity(Access& access, const char* figure, const std::string& token) {
    const auto begin = Clock::now();
    for (int i = 0; i < requests; ++i) {
        const auto found = access.identify(token);
        if (!found || access.tooMuch(*found, "192.0.2.7") || !access.isActive(*found)) std::abort();
        access.noteUse(*found);
    }
    print(figure, secondsSince(begin) / requests * 1e6, "us per request");
}

void measureRows(const std::filesystem::path& file) {
    auto ledger =
        std::make_unique<Ledger>(std::move(*openDatabase(file)), Ledger::Options{{}, systemNow, {}, {}});
    const auto cpu = cpuSeconds();
    const auto begin = Clock::now();
    double giving = 0;
    for (int i = 0; i < rows; ++i) {
        while (!ledger->hasRoom())
            ledger->flush();
        auto row = entry(i);
        const auto given = Clock::now();
        ledger->record(std::move(row));
        giving += secondsSince(given);
    }
    ledger->flush();
    print("audit_rows_per_second", rows / secondsSince(begin), "rows/s, of 1,000,000");
    print("audit_cpu", (cpuSeconds() - cpu) / rows * 1e6, "us per row");
    print("audit_on_the_request", giving / rows * 1e6, "us per row");
    ledger.reset();
    print("audit_bytes", static_cast<double>(std::filesystem::file_size(file)) / rows, "bytes per row");
}

/// A change through the API of an engine that does nothing, on one connection: what is left is the way there
/// and back, without or with the audit log.
double changesPerSecond(const std::filesystem::path& accessFile) {
    ServerOptions options;
    options.accessFile = accessFile;
    options.rateLimit = 0;
    test::Rig rig(std::move(options));
    rig.engine.reply = [](const Request& asked) -> Reply {
        const auto& id = std::get<CreateInstance>(asked).id;
        return Answer{InstanceCreated{id, "w", "v", api::Status::queued, api::TriggerSource::api}};
    };
    test::RawClient client(rig.port());
    const std::string body = R"({"params":{"n":1}})";
    const auto request =
        "POST /client/v4/accounts/local/workflows/orders/instances HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
        test::Rig::authorization() +
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
        body;
    const auto begin = Clock::now();
    for (int i = 0; i < changes; ++i) {
        client.send(request);
        if (client.receive().status != 200) std::abort();
    }
    return changes / secondsSince(begin);
}

/// In turns, so that what else the machine does costs both.
void measureChanges(const std::filesystem::path& file) {
    double plain = 0;
    double audited = 0;
    for (int round = 0; round < rounds; ++round) {
        plain = std::max(plain, changesPerSecond({}));
        audited = std::max(audited, changesPerSecond(file));
    }
    print("change_without_audit", 1e6 / plain, "us per change over HTTP");
    print("change_with_audit", 1e6 / audited, "us per change over HTTP");
}

void measureList(const std::filesystem::path& file, const char* figure, const AuditQuery& query) {
    const auto db = std::move(*openReader(file));
    const auto begin = Clock::now();
    const auto page = listAudit(*db, query);
    if (!page || page->entries.empty()) std::abort();
    print(figure, secondsSince(begin) * 1e3, "ms, of 1,000,000 rows");
}

/// What somebody who makes a token waits for while a log that is far beyond its bounds is brought within
/// them.
void measurePruning(const std::filesystem::path& file) {
    constexpr std::int64_t beyond = 200'000;
    const auto reader = std::move(*openReader(file));
    Ledger ledger(std::move(*openDatabase(file)), {{rows - beyond}, systemNow, {}, {}});
    double longest = 0;
    const auto began = Clock::now();
    while (listAudit(*reader, {})->total > rows - beyond) {
        const auto posted = Clock::now();
        ledger.flush();
        longest = std::max(longest, secondsSince(posted));
    }
    print("prune_rows_per_second", beyond / secondsSince(began), "rows/s, of 1,000,000, asked all the time");
    print("longest_wait_while_pruning", longest * 1e3, "ms");
}

}  // namespace

int main() {
    std::string folder = "/tmp/bench-access-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    const auto file = std::filesystem::path(folder) / databaseName;
    AccessOptions options;
    options.file = file;
    options.ownerToken = ownerToken;
    options.rateLimit = 1LL << 40;
    options.now = systemNow;
    {
        const auto access = std::move(*Access::open(std::move(options)));
        NewToken wanted;
        wanted.permissions = Permissions::all();
        const auto made = createToken(*std::move(*openDatabase(file)), wanted, systemNow());
        measureIdentity(*access, "identify_owner", ownerToken);
        measureIdentity(*access, "identify_token", made->secret);
    }
    measureChanges(std::filesystem::path(folder) / "changes.db");
    measureRows(file);
    AuditQuery query;
    measureList(file, "list_newest", query);
    query.actor = "owner";
    measureList(file, "list_of_an_actor", query);
    query = {};
    query.page = 9'000;
    measureList(file, "list_page_9000", query);
    measurePruning(file);
    std::filesystem::remove_all(folder);
    return 0;
}
