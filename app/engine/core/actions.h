#pragma once

#include "app/engine/core/commands.h"
#include "app/engine/core/feed_text.h"
#include "app/engine/runtime/runtime.h"

#include <map>

namespace stepwell::engine {

/// Names the caller of a request across a turn.
using ReplyId = StrongId<struct ReplyTag>;

/// What a turn wants done once it is committed. Nothing of it happens when the commit fails. Replies and feed
/// leave the engine, so they wait until the commit is durable, see Outbox; all else stays inside and does
/// not.
struct Actions {
    /// Runtimes whose exit this turn took into account. Told first: lines then start a new process.
    std::vector<RuntimeId> ended;
    std::map<RuntimeId, std::string> lines;  ///< for the drivers
    std::vector<RuntimeId> release;          ///< runtimes that no instance needs now
    std::vector<RuntimeId> stop;
    std::vector<std::pair<ReplyId, Reply>> replies;
    Feed feed;
    /// Scheduled handlers that are due.
    struct Firing {
        ScriptVersionKey version;
        std::string cron;
        api::Time time{};
    };
    std::vector<Firing> firings;
    std::int64_t stepsCompleted = 0;
    /// Rows for analytics that the turn has put into its log.
    struct Metrics {
        std::int64_t sequence = 0;
        std::int64_t rows = 0;
    } metrics;
};

// --- commands: what goes into a turn
// -----------------------------------------------------------------------------
struct RequestCommand {
    ReplyId reply;
    Request request;
};
struct DriverLines {
    RuntimeId runtime;
    std::string lines;
    /// CPU time that the process's JavaScript thread used since its lines before. It goes in equal parts to
    /// the attempts whose end these lines tell, or else to all that execute there.
    std::chrono::microseconds cpu{0};
};
struct RuntimeEnded {
    RuntimeId runtime;
    RuntimeExit exit;
};
/// A turn without other cause: timers are looked at in every turn.
struct Tick {};

using Command = std::variant<RequestCommand, DriverLines, RuntimeEnded, OutboundReport, Tick>;

}  // namespace stepwell::engine
