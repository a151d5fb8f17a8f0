#include "app/engine/analytics/graphql_ahead.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>

namespace stepwell::engine::datasets {

namespace {

using graphql::Selected;

/// Rows that were prepared and are not written yet, from which on no more are prepared ahead.
constexpr std::size_t mostRowsAhead = 100'000;

enum class Stage { waits, runs, done };

struct Job {
    const Selected* field = nullptr;
    Stage stage = Stage::waits;
    std::optional<graphql::Result<Prepared>> result;
};

}  // namespace

/// Shared with helpers that come when all is over: those look at nothing but `isOver`.
struct Ahead::State {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Job> jobs;      ///< guarded by mutex
    std::size_t rowsAhead = 0;  ///< guarded by mutex
    std::size_t helping = 0;    ///< guarded by mutex
    bool isOver = false;        ///< guarded by mutex
    analytics::Snapshot& own;
    Prepare prepare;

    State(analytics::Snapshot& snapshot, Prepare make)
        : own(snapshot)
        , prepare(std::move(make)) {}

    Job* nextWaiting() {
        if (isOver || rowsAhead >= mostRowsAhead) return nullptr;
        const auto found =
            std::find_if(jobs.begin(), jobs.end(), [](const Job& job) { return job.stage == Stage::waits; });
        return found == jobs.end() ? nullptr : &*found;
    }

    /// With `lock` held, which is released meanwhile.
    void run(Job& job, analytics::Snapshot& snapshot, std::unique_lock<std::mutex>& lock) {
        job.stage = Stage::runs;
        lock.unlock();
        auto result = prepared(*job.field, snapshot);
        lock.lock();
        if (result) rowsAhead += result->size;
        job.result.emplace(std::move(result));
        job.stage = Stage::done;
        changed.notify_all();
    }

    /// A job always ends: whoever waits for it would wait for ever.
    graphql::Result<Prepared> prepared(const Selected& field, analytics::Snapshot& snapshot) const {
        try {
            return prepare(field, snapshot);
        } catch (const std::bad_alloc&) {
            return graphql::refuse(
                {"query consumed excessive resources: there is not enough memory to answer "
                 "it; ask for less, or in parts",
                 {},
                 {},
                 429,
                 {}});
        }
    }

    void help() {
        std::unique_lock lock(mutex);
        if (nextWaiting() == nullptr) return;
        ++helping;
        lock.unlock();
        const auto twin = own.twin();
        lock.lock();
        for (Job* job = twin ? nextWaiting() : nullptr; job != nullptr; job = nextWaiting())
            run(*job, *twin, lock);
        --helping;
        changed.notify_all();
    }
};

Ahead::Ahead(std::vector<const Selected*> fields, analytics::Snapshot& own, Prepare prepare,
             const Helpers& helpers)
    : state_(std::make_shared<State>(own, std::move(prepare))) {
    for (const auto* field : fields)
        state_->jobs.push_back({field, Stage::waits, {}});
    const auto useful = fields.empty() ? 0 : std::min(helpers.count, fields.size() - 1);
    for (std::size_t i = 0; i < useful; ++i)
        helpers.post([state = state_] { state->help(); });
}

Ahead::~Ahead() {
    std::unique_lock lock(state_->mutex);
    state_->isOver = true;
    state_->changed.wait(lock, [this] { return state_->helping == 0; });
}

bool Ahead::has(const Selected& field) const {
    return std::any_of(state_->jobs.begin(), state_->jobs.end(),
                       [&](const Job& job) { return job.field == &field; });
}

graphql::Result<Prepared> Ahead::take(const Selected& field) {
    std::unique_lock lock(state_->mutex);
    const auto job = std::find_if(state_->jobs.begin(), state_->jobs.end(),
                                  [&](const Job& one) { return one.field == &field; });
    while (job->stage != Stage::done) {
        auto* next = job->stage == Stage::waits ? &*job : state_->nextWaiting();
        if (next != nullptr)
            state_->run(*next, state_->own, lock);
        else
            state_->changed.wait(lock);
    }
    auto result = std::move(*job->result);
    job->result.reset();
    if (result) state_->rowsAhead -= result->size;
    return result;
}

}  // namespace stepwell::engine::datasets
