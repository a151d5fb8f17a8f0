#pragma once

#include "models/api/error.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace stepwell::between {

/// One step of a course as it stands.
struct StepNow {
    enum class State { waiting, running, done, failed, cancelled } state = State::waiting;
    std::string title;    ///< "Upload the script"
    bool changes = true;  ///< false: it only looks, or gets something
    std::string detail;   ///< what it is at, what came of it, or why it failed
    /// Of what it moves; 0 of 0: nothing is counted.
    std::int64_t items = 0, allItems = 0;
    std::int64_t bytes = 0, allBytes = 0;
    friend bool operator==(const StepNow&, const StepNow&) = default;
};

/// Told by whoever wants work to stop; shared with what does it.
using StopFlag = std::atomic<bool>;

/// Steps that are done one after the other on a thread of their own. One that fails, or is cancelled, ends
/// the run; what must not stay without the rest is undone then, and the next run goes on with what is not
/// done.
class Course {
  public:
    Course()
        : m_stop(std::make_shared<StopFlag>(false)) {}
    Course(const Course&) = delete;
    Course& operator=(const Course&) = delete;

    /// How a step tells how far it is. Any thread.
    class Report {
      public:
        void items(std::int64_t done, std::int64_t all) const;
        void bytes(std::int64_t done, std::int64_t all) const;
        void say(const std::string& detail) const;

      private:
        friend class Course;
        Report(Course& course, std::size_t step)
            : m_course(course)
            , m_step(step) {}
        Course& m_course;
        std::size_t m_step;
    };
    /// Answers what there is to say about it once it is done.
    using Work = std::function<api::Result<std::string>(const Report&)>;
    /// Takes a done step back; answers what there is to say about it. Runs also when all was told to stop.
    using Undo = std::function<api::Result<std::string>()>;
    /// Whether a step changes something at the target. One that guards only looks, and is done again in each
    /// run until something was changed: what it has seen may be of long ago.
    enum class Touch { guards, looks, changes };
    /// Before the first run. A step with `undo` does not stay when a later one fails: what is between the two
    /// is to be done again as well.
    void add(std::string title, Touch touch, Work work, Undo undo = {});

    enum class End { done, failed, cancelled };
    /// Forgets that it was told to stop; before each run but the first.
    void rearm() { *m_stop = false; }
    /// Blocks. One call at a time.
    End run();
    /// Any thread; the step that runs ends when it looks at the flag.
    void stop() { *m_stop = true; }
    const std::shared_ptr<StopFlag>& stopFlag() const { return m_stop; }
    /// Why the last run failed.
    const api::Error& error() const { return m_error; }
    /// What became of the steps that were to be undone after the last run, in sentences; empty: there were
    /// none.
    const std::string& aftermath() const { return m_aftermath; }

    /// Any thread.
    std::vector<StepNow> now() const;

  private:
    void change(std::size_t step, const std::function<void(StepNow&)>& change);
    bool runStep(std::size_t step);
    bool isDue(std::size_t step) const;
    void undoBefore(std::size_t failed);

    std::shared_ptr<StopFlag> m_stop;
    std::vector<Work> m_works;
    std::vector<Undo> m_undos;  ///< of each step; empty: it stays
    std::vector<Touch> m_touches;
    api::Error m_error;
    std::string m_aftermath;
    mutable std::mutex m_mutex;
    std::vector<StepNow> m_steps;  ///< guarded by m_mutex
};

}  // namespace stepwell::between
