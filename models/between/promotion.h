#pragma once

#include "models/between/promotion_plan.h"
#include "models/between/promotion_support.h"
#include "models/deploy/change_preview.h"

#include <QPointer>
#include <QTimer>

namespace stepwell::between {

/// What is promoted, and under which name at its backend.
struct PromotionSubject {
    PromotionKind kind = PromotionKind::script;
    QString name;
    QString deployment = {};  ///< of a site; empty: what is live
};

/// Where it goes.
struct PromotionGoal {
    QString name;
    QString branch = {};  ///< of a site; empty: the production branch there
    friend bool operator==(const PromotionGoal&, const PromotionGoal&) = default;
};

/// A script or a site on its way from one backend to another: both are read and compared, then it is sent
/// step by step, and what failed can be tried again. GUI thread; nothing blocks.
class Promotion : public QObject {
    Q_OBJECT
  public:
    /// idle: there is no target yet.
    enum class State { idle, reading, unreadable, ready, running, over };
    Q_ENUM(State)

    Promotion(Backend& source, PromotionSubject subject, QObject* parent = nullptr);
    ~Promotion() override;

    const PromotionSubject& subject() const { return m_subject; }
    State state() const { return m_state; }
    /// Reads both ends anew and compares. Not while it runs.
    void aim(Backend& target, const PromotionGoal& goal);
    /// There is nowhere to send it.
    void aimNowhere();
    void readAgain();
    /// Why it is `unreadable`, or what happened to what was read before; empty: nothing.
    const QString& problem() const { return m_problem; }
    /// Null until it is known.
    const std::shared_ptr<const PromotionPlan>& plan() const { return m_plan; }
    /// Loads what both sides of a change are; `done` is dropped when a newer call was made.
    void preview(const site::FileChange& change, QObject* context,
                 std::function<void(const ChangePreview&)> done);

    /// Sends it; `secrets` has a text for each that is missing. Ends with the state `over`, or, when the
    /// target is not what it was compared with any more, with a new difference.
    void start(const Secrets& secrets);
    /// Goes on with the step that failed or was cancelled.
    void retry();
    /// What was sent stays.
    void cancel();
    std::vector<StepNow> steps() const;
    bool isDone() const { return m_state == State::over && m_end == Course::End::done; }
    /// What is there now and what is not, in a sentence or two; once it is over.
    QString outcome() const;
    /// Of a site: the id of the deployment that was made.
    QString madeDeployment() const;
    const PromotionGoal& goal() const { return m_goal; }

  signals:
    void stateChanged();
    /// While it runs, at most every 50 ms.
    void progressChanged();

  private:
    struct Read;
    struct Run;
    void setState(State state);
    void take(Read read);
    void work();
    void onEnd(Course::End end);

    PromotionSubject m_subject;
    QPointer<Backend> m_source;
    QPointer<Backend> m_target;
    PromotionEnd m_from, m_to;
    PromotionGoal m_goal;
    State m_state = State::idle;
    QString m_problem;
    std::shared_ptr<const PromotionPlan> m_plan;
    std::shared_ptr<StopFlag> m_readStop;
    std::shared_ptr<StopFlag> m_previewStop;
    bool m_wasCancelled = false;  ///< somebody asked for it while it ran
    int m_generation = 0;
    int m_previews = 0;
    std::shared_ptr<Run> m_run;
    Course::End m_end = Course::End::done;
    QTimer m_tick;
};

}  // namespace stepwell::between
