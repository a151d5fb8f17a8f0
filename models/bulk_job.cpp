#include "models/bulk_job.h"

#include "models/text.h"

#include <algorithm>

namespace stepwell {
namespace {

constexpr std::size_t requestsAtOnce = 8;
constexpr std::size_t idsPerDelete = 100;

Backend::Verb backendVerb(BulkJob::Verb verb, bool rollBack) {
    switch (verb) {
    case BulkJob::Verb::pause:
        return Backend::Verb::pause;
    case BulkJob::Verb::resume:
        return Backend::Verb::resume;
    case BulkJob::Verb::restart:
        return Backend::Verb::restart;
    case BulkJob::Verb::terminate:
    case BulkJob::Verb::remove:
        break;
    }
    return rollBack ? Backend::Verb::terminateAndRollBack : Backend::Verb::terminate;
}

/// Whether an instance that has this status after the verb had ended before it. Engines answer that without
/// an error, since nothing is wrong with the instance.
bool hadEnded(api::Status status, BulkJob::Verb verb) {
    using api::Status;
    if (verb == BulkJob::Verb::restart || !api::isFinal(status)) return false;
    return verb != BulkJob::Verb::terminate || status != Status::terminated;
}

/// Whether a row is one that was asked for. A backend that does not know a filter leaves it out of account
/// without a word, and what is not known to be meant is left alone.
bool isMeant(const api::InstanceSummary& row, const InstanceListQuery& query) {
    if (query.from && (!row.createdOn || *row.createdOn < *query.from)) return false;
    if (query.to && (!row.createdOn || *row.createdOn > *query.to)) return false;
    if (!query.otherStatus.empty()) return row.otherStatus == query.otherStatus;
    return !query.status || row.status == *query.status || row.status == api::Status::unknown;
}

}  // namespace

bool takesVerb(api::Status status, BulkJob::Verb verb) {
    using api::Status;
    switch (verb) {
    case BulkJob::Verb::pause:
        return status == Status::running || status == Status::waiting;
    case BulkJob::Verb::resume:
        return status == Status::paused || status == Status::waitingForPause;
    case BulkJob::Verb::terminate:
        return !api::isFinal(status);
    case BulkJob::Verb::restart:
    case BulkJob::Verb::remove:
        break;
    }
    return true;
}

BulkJob::BulkJob(Backend& backend, std::string workflow, Verb verb, QObject* parent)
    : QObject(parent)
    , backend_(&backend)
    , workflow_(std::move(workflow))
    , verb_(verb) {}

void BulkJob::gather(const InstanceFilter& filter) {
    InstanceListQuery query;
    query.workflow = workflow_;
    query.status = filter.status;
    query.otherStatus = filter.otherStatus;
    query.from = filter.from;
    query.to = filter.to;
    query.cursor = "";
    const bool any = std::all_of(api::allStatuses.begin(), api::allStatuses.end(),
                                 [this](api::Status status) { return takesVerb(status, verb_); });
    // What takes a status that we do not know is up to the backend.
    if (filter.status || any || !filter.otherStatus.empty()) {
        if (!filter.status || takesVerb(*filter.status, verb_)) queries_.push_back(query);
    } else {
        for (const auto status : api::allStatuses) {
            if (!takesVerb(status, verb_)) continue;
            query.status = status;
            queries_.push_back(query);
        }
    }
    nextStretch();
}

void BulkJob::take(std::vector<std::string> ids) {
    ids_ = std::move(ids);
    finishGathering();
}

void BulkJob::nextStretch() {
    if (queries_.empty()) return finishGathering();
    if (!backend_) return stopWith(tr("The backend was closed."));
    backend_->instances(queries_.back(), this,
                        [this](api::Result<InstanceList> answer) { takeStretch(std::move(answer)); });
}

void BulkJob::takeStretch(api::Result<InstanceList> answer) {
    if (phase_ != Phase::gathering) return;
    if (!answer) return stopWith(toQt(answer.error().message));
    const std::size_t before = ids_.size() + passed_.size();
    for (auto& row : answer->rows) {
        if (!isMeant(row, queries_.back()))
            passed_.insert(std::move(row.id));
        else if (known_.insert(row.id).second)
            ids_.push_back(std::move(row.id));
    }
    if (ids_.size() > most || passed_.size() > most)
        return stopWith(tr("There are more than 1,000,000: narrow the filter and take them in parts."));
    // A backend without cursors sends the same rows again: nothing new means there is no more.
    const bool more = !answer->cursor.empty() && ids_.size() + passed_.size() > before;
    if (more) {
        queries_.back().cursor = answer->cursor;
    } else {
        queries_.pop_back();
        passed_.clear();
    }
    emit changed();
    nextStretch();
}

void BulkJob::finishGathering() {
    known_.clear();
    phase_ = Phase::ready;
    emit changed();
}

void BulkJob::stopWith(const QString& problem) {
    problem_ = problem;
    phase_ = Phase::stopped;
    emit changed();
}

void BulkJob::start(bool rollBack) {
    if (phase_ != Phase::ready) return;
    rollBack_ = rollBack;
    phase_ = Phase::working;
    clock_.start();
    emit changed();
    pump();
}

void BulkJob::stop() {
    if (phase_ == Phase::finished || phase_ == Phase::stopped) return;
    phase_ = Phase::stopped;
    emit changed();
}

double BulkJob::rate() const {
    const auto ms = clock_.isValid() ? clock_.elapsed() : 0;
    return ms < 500 ? 0 : static_cast<double>(tried()) * 1000.0 / static_cast<double>(ms);
}

void BulkJob::pump() {
    if (!backend_) return stopWith(tr("The backend was closed."));
    while (phase_ == Phase::working && next_ < ids_.size() && underWay_ < requestsAtOnce) {
        if (verb_ == Verb::remove)
            removeSome();
        else
            changeOne(ids_[next_++]);
    }
    if (phase_ == Phase::working && next_ == ids_.size() && underWay_ == 0) {
        phase_ = Phase::finished;
        emit changed();
    }
}

void BulkJob::changeOne(const std::string& id) {
    ++underWay_;
    backend_->changeStatus(
        workflow_, id, backendVerb(verb_, rollBack_), {}, this, [this, id](api::Result<api::Status> answer) {
            if (!answer)
                failures_.push_back({id, answer.error().message});
            else if (hadEnded(*answer, verb_))
                failures_.push_back({id, "It had ended: " + std::string(api::toString(*answer)) + "."});
            else
                ++done_;
            settle();
        });
}

void BulkJob::removeSome() {
    const std::size_t count = std::min(idsPerDelete, ids_.size() - next_);
    const auto from = ids_.begin() + static_cast<std::ptrdiff_t>(next_);
    std::vector<std::string> some(from, from + static_cast<std::ptrdiff_t>(count));
    next_ += count;
    ++underWay_;
    backend_->deleteInstances(workflow_, some, this, [this, some](api::Result<BatchOutcome> answer) {
        if (!answer)
            for (const auto& id : some)
                failures_.push_back({id, answer.error().message});
        else {
            done_ += answer->done.size();
            failures_.insert(failures_.end(), answer->failures.begin(), answer->failures.end());
        }
        settle();
    });
}

void BulkJob::settle() {
    --underWay_;
    emit changed();
    pump();
}

}  // namespace stepwell
