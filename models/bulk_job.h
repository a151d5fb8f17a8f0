#pragma once

#include "models/backend.h"
#include "models/instances_model.h"

#include <QElapsedTimer>
#include <QPointer>

#include <unordered_set>

namespace stepwell {

/// One verb on many instances: first finds out exactly which ones, then does them, a few at a time. It can be
/// stopped at any moment; what was asked for by then is done, the rest is left alone. GUI thread.
class BulkJob : public QObject {
    Q_OBJECT
  public:
    enum class Verb { pause, resume, restart, terminate, remove };
    enum class Phase {
        gathering,  ///< finding out which
        ready,      ///< the exact set is known; nothing has been done
        working,
        finished,  ///< every one was tried
        stopped,   ///< by `stop`; or gathering failed, see `problem`
    };
    /// More than this are not taken at once.
    static constexpr std::size_t most = 1'000'000;

    BulkJob(Backend& backend, std::string workflow, Verb verb, QObject* parent = nullptr);

    /// Those that the filter shows and whose status takes the verb.
    void gather(const InstanceFilter& filter);
    /// These.
    void take(std::vector<std::string> ids);
    /// Only in phase `ready`. `rollBack`: terminating undoes finished steps first.
    void start(bool rollBack = false);
    void stop();

    Verb verb() const { return verb_; }
    Phase phase() const { return phase_; }
    const std::vector<std::string>& ids() const { return ids_; }
    std::size_t done() const { return done_; }
    std::size_t tried() const { return done_ + failures_.size(); }
    /// Each with the backend's reason.
    const std::vector<BatchOutcome::Failure>& failures() const { return failures_; }
    /// Why gathering stopped; empty when it did not.
    const QString& problem() const { return problem_; }
    /// Per second since the start; 0 when it cannot be told yet.
    double rate() const;

  signals:
    /// Phase, numbers or set differ. At most once for each answer.
    void changed();

  private:
    void nextStretch();
    void takeStretch(api::Result<InstanceList> answer);
    void finishGathering();
    void stopWith(const QString& problem);
    void pump();
    void changeOne(const std::string& id);
    void removeSome();
    void settle();

    QPointer<Backend> backend_;
    std::string workflow_;
    Verb verb_;
    Phase phase_ = Phase::gathering;
    std::vector<InstanceListQuery> queries_;  // those still to be walked, the current one last
    std::unordered_set<std::string> known_;
    std::unordered_set<std::string> passed_;  // came with the current query, and are not what it asks for
    std::vector<std::string> ids_;
    bool rollBack_ = false;
    std::size_t next_ = 0;
    std::size_t underWay_ = 0;
    std::size_t done_ = 0;
    std::vector<BatchOutcome::Failure> failures_;
    QString problem_;
    QElapsedTimer clock_;
};

/// Whether an instance in this status takes the verb (reference, section 6.5).
bool takesVerb(api::Status status, BulkJob::Verb verb);

}  // namespace stepwell
