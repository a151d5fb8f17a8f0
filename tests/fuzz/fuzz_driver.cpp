// What the process that runs user code may say to the engine: any text. An empty line ends a turn; a second
// passes between turns. Instance 1 runs, in run 1 of version 1.
#include "app/engine/store/schema.h"
#include "app/engine/turn_runner.h"

#include <cstdio>
#include <cstdlib>
#include <sqlite3.h>

using namespace stepwell;
using namespace stepwell::engine;

namespace {

sqlite3* lastOpened = nullptr;

/// SQLite calls this for every connection: the engine's class gives its handle to nobody.
int rememberConnection(sqlite3* db, const char** /*error*/, const sqlite3_api_routines* /*api*/) {
    lastOpened = db;
    return SQLITE_OK;
}

struct Database {
    Database() {
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(rememberConnection));
        auto opened = openDatabase(":memory:");
        if (!opened) std::abort();
        db = std::move(*opened);
        raw = lastOpened;
    }
    std::unique_ptr<Sqlite> db;
    sqlite3* raw = nullptr;
};

Clocks clocks(int second) {
    return {api::Time{std::chrono::hours{24 * 365 * 56} + std::chrono::seconds{second}},
            std::chrono::seconds{second}};
}

void turn(TurnRunner& engine, int second, std::vector<Command> commands) {
    engine.turn(clocks(second), std::move(commands));
    if (!engine.failed()) return;
    std::fprintf(stderr, "%s\n", engine.storageError().c_str());
    std::abort();
}

void install(TurnRunner& engine) {
    std::int64_t reply = 0;
    const auto ask = [&](Request request) {
        turn(engine, 0, {RequestCommand{ReplyId{++reply}, std::move(request)}});
    };
    PutScriptVersion upload;
    upload.script = "worker";
    upload.scriptTag = "tag";
    upload.version.uuid = "script-version";
    upload.version.entrypoints = R"(["Flow"])";
    upload.deploymentUuid = "deployment";
    ask(upload);
    ask(PutWorkflow{"flow", "Flow", "worker", "{}", "workflow-uuid", "version-uuid"});
    CreateInstance create;
    create.workflow = "flow";
    create.id = "instance";
    ask(create);
    ask(SendEvent{"flow", "instance", "go", "j1"});
}

/// Making a database costs far more than copying one.
void copy(sqlite3* from, sqlite3* to) {
    auto* backup = sqlite3_backup_init(to, "main", from, "main");
    sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Database pristine;
    static Database used;
    copy(pristine.raw, used.raw);
    TurnRunner engine(*used.db, {});
    install(engine);
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    int second = 0;
    while (!rest.empty()) {
        const auto end = rest.find("\n\n");
        DriverLines said;
        said.runtime = {ScriptVersionKey{1}, false};
        said.lines = std::string(rest.substr(0, end)) + "\n";
        turn(engine, ++second, {said});
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    turn(engine, second + 1'000, {});
    return 0;
}
