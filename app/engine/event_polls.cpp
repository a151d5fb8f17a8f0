#include "app/engine/event_polls.h"

#include "app/engine/binding_calls.h"
#include "app/engine/core/feed_text.h"
#include "app/engine/core/step_config.h"
#include "app/engine/instance_events.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

constexpr std::size_t mostWaiting = 256;
constexpr std::chrono::seconds longestWait{25};
/// Looks are so far apart when much happens that nobody waits for.
constexpr std::chrono::milliseconds spacing{5};
constexpr int linesPerRead = 1'000;
constexpr std::size_t mostEvents = 500;
constexpr std::size_t largestAnswer = 4 << 20;

void refuse(const EventPolls::Poll& poll, const api::Error& error) {
    poll.answer(writeRefusal(error));
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
    appendJsonString(event, value);
    event += '}';
}

/// The stream of events has no params, outputs and configs: they are in the rows of what it is about.
void addContent(Reader& reader, const InstanceRow& instance, InstanceEvents::Told& told) {
    auto& event = *told.message;
    if (told.type == "workflow_started")
        return addValue(event, instance.params.empty() ? "j{}" : instance.params);
    if (told.type == "workflow_completed") {
        const auto now = reader.instance(instance.workflow, instance.id);
        if (now && !now->output.empty()) addValue(event, now->output);
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

EventPolls::EventPolls(std::filesystem::path database)
    : m_database(std::move(database))
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

void EventPolls::ask(Poll poll) {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_stopping && m_count.load() < mostWaiting) {
            ++m_count;
            m_asked.push_back({std::move(poll), Clock::now() + longestWait});
            poll.answer = nullptr;
        }
    }
    m_changed.notify_all();
    if (poll.answer)
        refuse(poll, {503, api::code::unavailable,
                      "The engine stops, or " + std::to_string(mostWaiting) +
                          " subscriptions wait for events already: end some of them"});
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
    const auto isDue = [&] {
        return m_stopping || !m_asked.empty() || (!waiting.empty() && m_newest.load() > m_seen);
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
        m_seen = m_newest.load();
        const auto served = std::erase_if(waiting, [this](Waiting& one) { return serve(one); });
        m_count -= served;
        if (served > 0 || waiting.empty()) continue;
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, spacing, [this] { return m_stopping || !m_asked.empty(); });
    }
    for (const auto& one : waiting)
        refuse(one.poll, {503, api::code::unavailable, "The engine stops"});
}

Reader* EventPolls::reader(const Poll& poll) {
    if (m_reader) return m_reader.get();
    auto opened = Reader::open(m_database);
    if (opened)
        m_reader = std::move(*opened);
    else
        refuse(poll, opened.error());
    return m_reader.get();
}

/// True when it is answered.
bool EventPolls::serve(Waiting& waiting) {
    auto& poll = waiting.poll;
    auto* source = reader(poll);
    if (source == nullptr) return true;
    const auto failed = [&](const api::Error& error) {
        refuse(poll, error);
        return true;
    };
    if (!std::exchange(waiting.placed, true)) {
        const auto place = placeBefore(*source, poll.instance.created);
        if (!place) return failed(place.error());
        poll.cursor = std::max(poll.cursor, place->value);
    }
    const InstanceEvents events(poll.workflow, poll.instance, poll.filter);
    EventList list;
    bool over = false;
    bool more = true;
    while (more && !over && !list.isFull()) {
        const auto feed = source->feed(Sequence{poll.cursor}, linesPerRead);
        if (!feed) return failed(feed.error());
        more = static_cast<int>(feed->lines.size()) == linesPerRead;
        for (const auto& line : feed->lines) {
            if (over || list.isFull()) break;
            poll.cursor = line.sequence.value;
            auto told = events.tell(line);
            over = told.over;
            if (!told.message) continue;
            addContent(*source, poll.instance, told);
            list.add(std::move(*told.message));
        }
    }
    if (list.isEmpty() && !over && Clock::now() < waiting.until) return false;
    poll.answer(list.answer(poll.cursor, over));
    return true;
}

}  // namespace stepwell::engine
