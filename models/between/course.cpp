#include "models/between/course.h"

#include <algorithm>

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

void Course::add(std::string title, Touch touch, Work work, Undo undo) {
    const std::lock_guard lock(m_mutex);
    StepNow step;
    step.title = std::move(title);
    step.changes = touch == Touch::changes;
    m_steps.push_back(std::move(step));
    m_works.push_back(std::move(work));
    m_undos.push_back(std::move(undo));
    m_touches.push_back(touch);
}

void Course::change(std::size_t step, const std::function<void(StepNow&)>& change) {
    const std::lock_guard lock(m_mutex);
    change(m_steps[step]);
}

std::vector<StepNow> Course::now() const {
    const std::lock_guard lock(m_mutex);
    return m_steps;
}

namespace {

/// As it was before it ran.
StepNow fresh(StepNow step) {
    StepNow again;
    again.title = std::move(step.title);
    again.changes = step.changes;
    return again;
}

}  // namespace

Course::End Course::run() {
    m_aftermath.clear();
    for (std::size_t i = 0; i < m_works.size(); ++i) {
        if (!isDue(i) || runStep(i)) continue;
        undoBefore(i);
        return now()[i].state == StepNow::State::cancelled ? End::cancelled : End::failed;
    }
    return End::done;
}

bool Course::isDue(std::size_t step) const {
    const auto isDone = [](const StepNow& one) { return one.state == StepNow::State::done; };
    const auto steps = now();
    if (!isDone(steps[step])) return true;
    return m_touches[step] == Touch::guards &&
           std::none_of(steps.begin(), steps.end(),
                        [&](const StepNow& one) { return one.changes && isDone(one); });
}

/// False: it failed, or was cancelled.
bool Course::runStep(std::size_t step) {
    using State = StepNow::State;
    change(step, [](StepNow& it) {
        it = fresh(std::move(it));
        it.state = State::running;
    });
    // Also when it was stopped meanwhile: only the step itself knows whether it has begun before.
    const auto answer = m_works[step](Report(*this, step));
    if (!answer) m_error = answer.error();
    const auto state = answer ? State::done : *m_stop ? State::cancelled : State::failed;
    change(step, [&](StepNow& it) {
        it.state = state;
        it.detail = answer ? *answer : m_error.message;
    });
    return answer.has_value();
}

void Course::undoBefore(std::size_t failed) {
    const auto before = now();
    for (std::size_t i = failed; i-- > 0;) {
        if (!m_undos[i] || before[i].state != StepNow::State::done) continue;
        const auto undone = m_undos[i]();
        const auto& said = undone ? *undone : undone.error().message;
        m_aftermath.append(m_aftermath.empty() ? "" : " ").append(said);
        if (!undone) continue;
        for (std::size_t later = i; later < failed; ++later)
            change(later, [](StepNow& step) { step = fresh(std::move(step)); });
    }
}

}  // namespace stepwell::between
