#pragma once

#include "tests/crash/journal.h"
#include "tests/support/api_client.h"

#include <QRandomGenerator>

#include <set>

/// Pauses, resumes, terminates and restarts instances of the crash workflow at random, and knows what that
/// leaves of what they must come to. An answer that a kill swallows leaves both open.
namespace stepwell::test {

class Verbs {
  public:
    Verbs(ApiClient& api, Journal& journal, QRandomGenerator& random, int instances);

    /// Sends one, without waiting for its answer.
    void sendOne();
    bool anyUnanswered() const { return !busy_.empty(); }
    /// The engine is dead, and all user code with it: from now on, what is paused or terminated stays silent.
    void engineDied();
    /// Lets everything go on that was held up: what is paused, and what waits for an event that a restart
    /// forgot.
    void letAllGoOn();

    bool mayBeTerminated(int n) const { return states_[n].mayBeTerminated; }
    bool mustBeTerminated(int n) const { return states_[n].mustBeTerminated; }
    /// "3 pause, 1 restart"
    QString summary() const;
    QString path(int n) const;

  private:
    enum class Verb { pause, resume, terminate, restart, restartFromStep };
    struct State {
        bool mayBeTerminated = false;
        bool mustBeTerminated = false;
        bool isPaused = false;
    };
    Verb draw();
    void expect(int n, Verb verb);
    void answered(int n, Verb verb, const Answer& answer);

    ApiClient& api_;
    Journal& journal_;
    QRandomGenerator& random_;
    std::vector<State> states_;
    std::set<int> busy_;  ///< those that have not been answered yet
    QMap<QString, int> done_;
};

}  // namespace stepwell::test
