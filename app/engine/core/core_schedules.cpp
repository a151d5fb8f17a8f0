#include "app/engine/core/core.h"
#include "models/api/cron.h"

#include <set>

namespace stepwell::engine {

namespace {

/// A firing that is later than this is not made up for: the engine was not running, or the clock jumped.
constexpr std::chrono::minutes longestDelay{1};

}  // namespace

/// `<scheduled ms> <cron>` of an instance that a cron made: both are in its id.
std::string Core::scheduleOf(const InstanceRow& row) {
    const auto dash = row.id.rfind('-');
    if (row.trigger != api::TriggerSource::cron || dash == std::string::npos) return {};
    return row.id.substr(dash + 1) + " " + row.id.substr(0, dash);
}

/// Crons that stay keep their time; those that are gone are removed.
void Core::setSchedules(WorkflowKey workflow, ScriptKey script, std::vector<std::string> crons) {
    for (const auto& row : m_transaction->schedules(workflow, script)) {
        if (std::erase(crons, row.cron) == 0) m_transaction->removeSchedule(row.key);
    }
    std::set<std::string> added;
    for (const auto& text : crons) {
        const auto cron = api::Cron::parse(text);
        const auto next = cron ? cron->next(m_now) : std::nullopt;
        if (next && added.insert(text).second)
            m_transaction->putSchedule({0, workflow, script, text, m_now, *next});
    }
    m_nextSchedule = m_transaction->nextSchedule();
}

Reply Core::handle(const PutSchedules& request) {
    const auto script = m_transaction->script(request.script);
    if (!script)
        return api::fail(404, api::code::scriptNotFound,
                         "workers.api.error.script_not_found: no Worker is called \"" + request.script +
                             "\"");
    setSchedules({}, script->key, request.crons);
    return Answer{Done{m_now}};
}

/// The next time is moved in the transaction of the firing, so none happens twice.
void Core::fireSchedules() {
    if (!m_nextSchedule || *m_nextSchedule > m_now) return;
    for (auto row : m_transaction->dueSchedules(m_now)) {
        if (m_now - row.next < longestDelay) fire(row);
        const auto cron = api::Cron::parse(row.cron);
        const auto next = cron ? cron->next(m_now) : std::nullopt;
        if (!next) {
            m_transaction->removeSchedule(row.key);
            continue;
        }
        row.next = *next;
        m_transaction->putSchedule(row);
    }
    m_nextSchedule = m_transaction->nextSchedule();
}

void Core::fire(const ScheduleRow& row) {
    if (row.workflow) {
        CreateInstance create;
        create.workflow = workflowName(row.workflow);
        create.id = row.cron + "-" + std::to_string(row.next.time_since_epoch().count());
        create.trigger = api::TriggerSource::cron;
        // One that exists was fired before; one that is refused is told nobody.
        static_cast<void>(handle(create));
        return;
    }
    const auto deployed = m_transaction->deployedVersion(row.script);
    if (deployed) m_actions->firings.push_back({deployed->key, row.cron, row.next});
}

}  // namespace stepwell::engine
