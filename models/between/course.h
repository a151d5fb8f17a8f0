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
/// the run; the next run goes on with it.
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
    /// Whether a step changes something at the target.
    enum class Touch { looks, changes };
    /// Before the first run.
    void add(std::string title, Touch touch, Work work);

    enum class End { done, failed, cancelled };
    /// Blocks. One call at a time.
    End run();
    /// Any thread; the step that runs ends when it looks at the flag.
    void stop() { *m_stop = true; }
    const std::shared_ptr<StopFlag>& stopFlag() const { return m_stop; }
    /// Why the last run failed.
    const api::Error& error() const { return m_error; }

    /// Any thread.
    std::vector<StepNow> now() const;

  private:
    void change(std::size_t step, const std::function<void(StepNow&)>& change);

    std::shared_ptr<StopFlag> m_stop;
    std::vector<Work> m_works;
    api::Error m_error;
    mutable std::mutex m_mutex;
    std::vector<StepNow> m_steps;  ///< guarded by m_mutex
};

}  // namespace stepwell::between
