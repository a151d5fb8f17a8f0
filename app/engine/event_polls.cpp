#include "app/engine/event_polls.h"

#include "app/engine/binding_calls.h"
#include "app/engine/core/step_config.h"
#include "app/engine/instance_events.h"
#include "models/api/json_text.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

/// Looks are so far apart when much happens that nobody waits for.
constexpr std::chrono::milliseconds spacing{5};
constexpr std::size_t mostEvents = 500;
constexpr std::size_t largestAnswer = 4 << 20;

CallAnswer unavailable(std::string message) {
    return writeRefusal({503, api::code::unavailable, std::move(message)});
}

/// What is asked for, gathered until it is enough.
class EventList {
  public:
    void add(std::string event) {
        if (m_count++ > 0) m_text += ',';
        m_text += event;
    }
    bool isEmpty() const { return m_count == 0; }
    bool isFull() const { return m_count >= mostEvents || m_text.size() >= largestAnswer; }
    CallAnswer answer(std::int64_t cursor, bool over) const {
        return {200, "{\"events\":[" + m_text + "],\"cursor\":" + std::to_string(cursor) +
                         ",\"over\":" + (over ? "true" : "false") + "}"};
    }

  private:
    std::string m_text;
    std::size_t m_count = 0;
};

void addValue(std::string& event, std::string_view value) {
    event.pop_back();
    event += ",\"value\":";
    api::appendJsonString(event, value);
    event += '}';
}

/// The stream of events has no params, outputs and configs: they are in the rows of what it is about.
void addContent(Reader& reader, const EventSubject& instance, InstanceEvents::Told& told) {
    auto& event = *told.message;
    if (told.type == "workflow_started" || told.type == "workflow_completed") {
        const auto row = reader.instance(instance.workflowKey, instance.id);
        if (!row || row->key != instance.key) return;
        if (told.type == "workflow_started")
            return addValue(event, row->params.empty() ? "j{}" : row->params);
        if (!row->output.empty()) addValue(event, row->output);
        return;
    }
    if (told.type != "step_started" && told.type != "step_completed") return;
    const auto step = reader.step(instance.key, told.step);
    // After a restart another step may have the place of the one that the event is about.
    if (!step || step->name + "-" + std::to_string(step->count) != told.stepName) return;
    if (told.type == "step_started") {
        if (step->config.empty()) return;
        event.pop_back();
        event += ",\"config\":" + step->config + "}";
        return;
    }
    if (isSensitive(*step)) return addValue(event, std::string("j\"") + redacted + "\"");
    if (!step->value.empty() && !step->value.starts_with('s')) addValue(event, step->value);
}

}  // namespace

EventPolls::EventPolls(std::filesystem::path database, EventPollLimits limits)
    : m_database(std::move(database))
    , m_limits(limits)
    , m_thread([this] { run(); }) {}

EventPolls::~EventPolls() {
    stop();
}

void EventPolls::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

/// Why there is no place; empty when it is taken. With m_mutex locked.
std::string EventPolls::takePlace(const Poll& poll) {
    if (m_stopping) return "The engine stops";
    if (m_count.load() >= m_limits.waiting)
        return std::to_string(m_limits.waiting) + " subscriptions wait for events already: end some of them";
    auto& ofCaller = m_callers[poll.caller];
    if (ofCaller >= m_limits.waitingPerVersion)
        return std::to_string(m_limits.waitingPerVersion) +
               " subscriptions of this version of the Worker wait for events already: end some of them";
    ++ofCaller;
    ++m_count;
    return {};
}

/// Before the answer: what gets it may ask again at once.
void EventPolls::leavePlace(const Poll& poll) {
    const std::lock_guard lock(m_mutex);
    --m_count;
    if (const auto caller = m_callers.find(poll.caller); --caller->second == 0) m_callers.erase(caller);
}

void EventPolls::ask(Poll poll) {
    std::string refused;
    {
        const std::lock_guard lock(m_mutex);
        refused = takePlace(poll);
        if (refused.empty()) m_asked.push_back({std::move(poll), Clock::now() + m_limits.longestWait});
    }
    if (!refused.empty()) return poll.answer(unavailable(std::move(refused)));
    m_changed.notify_all();
}

void EventPolls::publish(Sequence newest) {
    // In this order: one that is not counted yet reads the database after it is.
    m_newest.store(newest.value);
    if (m_count.load() == 0) return;
    const std::lock_guard lock(m_mutex);
    m_changed.notify_all();
}

/// False when it is time to end.
bool EventPolls::waitForWork(std::vector<Waiting>& waiting) {
    std::unique_lock lock(m_mutex);
    const bool isBehind =
        std::any_of(waiting.begin(), waiting.end(), [](const auto& one) { return one.behind; });
    const auto isDue = [&] {
        return isBehind || m_stopping || !m_asked.empty() || (!waiting.empty() && m_newest.load() > m_seen);
    };
    const auto first = std::min_element(waiting.begin(), waiting.end(),
                                        [](const auto& a, const auto& b) { return a.until < b.until; });
    if (first == waiting.end())
        m_changed.wait(lock, isDue);
    else
        m_changed.wait_until(lock, first->until, isDue);
    std::move(m_asked.begin(), m_asked.end(), std::back_inserter(waiting));
    m_asked.clear();
    return !m_stopping;
}

void EventPolls::run() {
    std::vector<Waiting> waiting;
    while (waitForWork(waiting)) {
        if (serveAll(waiting) || waiting.empty()) continue;
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, spacing, [this] { return m_stopping || !m_asked.empty(); });
    }
    for (const auto& one : waiting) {
        leavePlace(one.poll);
        one.poll.answer(unavailable("The engine stops"));
    }
}

/// One read for each that has something to read, so that none holds up the others. True when there is more to
/// do at once.
bool EventPolls::serveAll(std::vector<Waiting>& waiting) {
    m_seen = m_newest.load();
    m_pageAfter.reset();
    // So that those that read the same follow each other, and it is read once.
    std::stable_sort(waiting.begin(), waiting.end(),
                     [](const auto& a, const auto& b) { return a.poll.cursor < b.poll.cursor; });
    bool isBusy = false;
    std::erase_if(waiting, [&](Waiting& one) {
        if (m_stopping) return false;
        auto answer = serve(one);
        isBusy = isBusy || answer || one.behind;
        if (!answer) return false;
        leavePlace(one.poll);
        one.poll.answer(std::move(*answer));
        return true;
    });
    return isBusy;
}

/// Brings the cursor to where the instance begins. What went wrong.
std::optional<api::Error> EventPolls::place(Waiting& waiting) {
    if (!m_reader) {
        auto opened = Reader::open(m_database);
        if (!opened) return opened.error();
        m_reader = std::move(*opened);
    }
    if (std::exchange(waiting.placed, true)) return std::nullopt;
    const auto start = placeBefore(*m_reader, waiting.poll.events.subject().created);
    if (!start) return start.error();
    waiting.poll.cursor = std::max(waiting.poll.cursor, start->value);
    return std::nullopt;
}

/// Lines among which are those that follow the cursor; those before it are to be skipped.
api::Result<const EventPolls::FeedPage*> EventPolls::pageAfter(std::int64_t cursor) {
    const bool isShort = static_cast<int>(m_page.lines.size()) < m_limits.linesPerRead;
    const bool holds =
        m_pageAfter && *m_pageAfter <= cursor && (isShort || cursor < m_page.lines.back().sequence.value);
    if (holds) return &m_page;
    m_pageAfter.reset();
    auto page = m_reader->feed(Sequence{cursor}, m_limits.linesPerRead);
    if (!page) return tl::unexpected(page.error());
    m_page = std::move(*page);
    m_pageAfter = cursor;
    return &m_page;
}

/// Nothing while there is nothing to tell.
std::optional<CallAnswer> EventPolls::serve(Waiting& waiting) {
    if (const auto failed = place(waiting)) return writeRefusal(*failed);
    auto& poll = waiting.poll;
    const auto page = pageAfter(poll.cursor);
    if (!page) return writeRefusal(page.error());
    EventList list;
    bool over = false;
    for (const auto& line : (*page)->lines) {
        if (over || list.isFull()) break;
        if (line.sequence.value <= poll.cursor) continue;
        poll.cursor = line.sequence.value;
        auto told = poll.events.tell(line);
        over = told.over;
        waiting.restarted |= told.restarted;
        if (!told.message) continue;
        addContent(*m_reader, poll.events.subject(), told);
        list.add(std::move(*told.message));
    }
    waiting.behind = list.isFull() || static_cast<int>((*page)->lines.size()) >= m_limits.linesPerRead;
    if (!waiting.behind && !over) {
        poll.cursor = std::max(poll.cursor, (*page)->last.value);
        over = !waiting.restarted && poll.events.isOverAt(Sequence{poll.cursor});
    }
    if (list.isEmpty() && !over && Clock::now() < waiting.until) return std::nullopt;
    return list.answer(poll.cursor, over);
}

}  // namespace stepwell::engine
