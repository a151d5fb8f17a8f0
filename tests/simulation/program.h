#pragma once

#include "models/api/status.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// User programs of the simulation: small trees of steps, sleeps and waits. A program is a pure function of
/// how its steps end, so it needs no stack: it is evaluated from the top whenever a step has ended.
namespace stepwell::simulation {

/// How the callback of a do step ends.
enum class Ending {
    returns,
    failsFirst,  ///< throws in the first `times` attempts
    alwaysFails,
    nonRetryable,
    hangsFirst,  ///< does not end in the first `times` attempts
    alwaysHangs,
    notSerialisable,
    crashesFirst,  ///< brings its process down the first `times` times
    alwaysCrashes,
    loops,  ///< never yields
};

/// The handler that undoes a step; it returns, or fails or hangs in its first `times` attempts, or always
/// fails.
struct Undo {
    bool exists = false;
    Ending ending = Ending::returns;
    int times = 0;
    int limit = 0;
    std::int64_t delayMs = 0;
    std::int64_t timeoutMs = 0;
    std::int64_t workMs = 0;
};

enum class OpKind { step, sleep, sleepUntil, wait, all, race };

struct Op {
    OpKind kind = OpKind::step;
    std::string name;
    bool caught = false;  ///< user code catches what it throws
    Ending ending = Ending::returns;
    int times = 0;
    int limit = 0;             ///< -1: no limit
    std::int64_t delayMs = 0;  ///< -1: a delay function, which answers `functionMs`
    std::int64_t functionMs = 0;
    stepwell::api::Backoff backoff = stepwell::api::Backoff::constant;
    std::int64_t timeoutMs = 0;  ///< of an attempt or of a wait
    std::int64_t workMs = 0;     ///< an attempt takes up to this
    std::int64_t ms = 0;         ///< length of a sleep; for sleepUntil: after the event's timestamp
    std::string type;            ///< of the awaited event
    Undo undo;
    std::vector<std::vector<Op>> branches;
};
using Block = std::vector<Op>;

struct ProgramShape {
    bool flat = false;     ///< nothing in parallel
    bool killers = false;  ///< steps that bring the process down
    bool undoes = false;   ///< steps with rollback handlers
};
Block makeProgram(std::uint64_t seed, ProgramShape shape);
/// The event types that programs wait for.
const std::vector<std::string>& eventTypes();

struct Outcome {
    enum class State { open, ok, error } state = State::open;
    std::string text;  ///< what the program sees: a value, or "name: message"
};

/// Answers what a step call came to. Asked in the order of calls; `count` is the call's counter.
class StepSource {
  public:
    virtual ~StepSource() = default;
    virtual Outcome ask(const Op& op, int count) = 0;
};

/// How far the program comes with the outcomes so far; `error` is what `run` throws.
Outcome evaluate(const Block& program, std::uint64_t seed, StepSource& steps);

/// Letter of the driver protocol.
char kindLetter(const Op& op);
/// Name in the driver protocol's key: sleeps with other lengths are other sleeps.
std::string keyedName(const Op& op, std::int64_t createdMs);
/// What a do step ends with for good; state open when it never ends (it kills its process).
Outcome plannedOutcome(const Op& op, int count);
bool isKiller(const Op& op);

}  // namespace stepwell::simulation
