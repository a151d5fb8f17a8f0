#include "models/between/course.h"

namespace stepwell::between {

void Course::Report::items(std::int64_t done, std::int64_t all) const {
    m_course.change(m_step, [=](StepNow& step) {
        step.items = done;
        step.allItems = all;
    });
}

void Course::Report::bytes(std::int64_t done, std::int64_t all) const {
    m_course.change(m_step, [=](StepNow& step) {
        step.bytes = done;
        step.allBytes = all;
    });
}

void Course::Report::say(const std::string& detail) const {
    m_course.change(m_step, [&](StepNow& step) { step.detail = detail; });
}

void Course::add(std::string title, Touch touch, Work work) {
    const std::lock_guard lock(m_mutex);
    StepNow step;
    step.title = std::move(title);
    step.changes = touch == Touch::changes;
    m_steps.push_back(std::move(step));
    m_works.push_back(std::move(work));
}

void Course::change(std::size_t step, const std::function<void(StepNow&)>& change) {
    const std::lock_guard lock(m_mutex);
    change(m_steps[step]);
}

std::vector<StepNow> Course::now() const {
    const std::lock_guard lock(m_mutex);
    return m_steps;
}

Course::End Course::run() {
    using State = StepNow::State;
    *m_stop = false;
    const auto before = now();
    for (std::size_t i = 0; i < m_works.size(); ++i) {
        if (before[i].state == State::done) continue;
        change(i, [](StepNow& step) {
            StepNow fresh;
            fresh.title = std::move(step.title);
            fresh.changes = step.changes;
            fresh.state = State::running;
            step = std::move(fresh);
        });
        // Also when it was stopped meanwhile: only the step itself knows whether it has begun before.
        const auto answer = m_works[i](Report(*this, i));
        if (answer) {
            change(i, [&](StepNow& step) {
                step.state = State::done;
                step.detail = *answer;
            });
            continue;
        }
        const bool cancelled = *m_stop;
        m_error = answer.error();
        change(i, [&](StepNow& step) {
            step.state = cancelled ? State::cancelled : State::failed;
            step.detail = m_error.message;
        });
        return cancelled ? End::cancelled : End::failed;
    }
    return End::done;
}

}  // namespace stepwell::between
