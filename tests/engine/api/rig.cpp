#include "tests/engine/api/rig.h"

#include "app/engine/api/unique.h"

#include <algorithm>

namespace stepwell::test {

using namespace stepwell::engine;

namespace {

template <class Row, class Matches>
api::Result<Row> find(const std::vector<Row>& rows, Matches matches, int code, const char* message) {
    const auto it = std::find_if(rows.begin(), rows.end(), matches);
    if (it == rows.end()) return api::fail(404, code, message);
    return *it;
}

class FakeReader final : public Reader {
  public:
    explicit FakeReader(FakeData& data)
        : data_(data) {}

    api::Result<Listed<WorkflowRow>> workflows(Page page, const std::string&) override {
        const std::lock_guard lock(data_.mutex);
        if (data_.broken) return tl::unexpected(disk());
        Listed<WorkflowRow> listed;
        listed.total = static_cast<std::int64_t>(data_.workflows.size());
        const auto first = static_cast<std::size_t>((page.number - 1) * page.size);
        for (auto i = first;
             i < std::min(first + static_cast<std::size_t>(page.size), data_.workflows.size()); ++i)
            listed.rows.push_back(data_.workflows[i]);
        return listed;
    }
    api::Result<WorkflowRow> workflow(const std::string& name) override {
        const std::lock_guard lock(data_.mutex);
        if (data_.broken) return tl::unexpected(disk());
        return find(
            data_.workflows, [&](const auto& row) { return row.name == name; }, api::code::workflowNotFound,
            "workflows.api.error.workflow.not_found");
    }
    api::Result<StatusCounts> counts(WorkflowKey) override { return data_.counts; }
    api::Result<ActivityRow> activity(WorkflowKey, api::Time) override { return ActivityRow{}; }
    api::Result<Listed<WorkflowVersionRow>> versions(WorkflowKey, Page) override {
        return Listed<WorkflowVersionRow>{data_.versions, static_cast<std::int64_t>(data_.versions.size())};
    }
    api::Result<WorkflowVersionRow> version(WorkflowKey, const std::string& uuid) override {
        return find(
            data_.versions, [&](const auto& row) { return row.uuid == uuid; }, api::code::versionNotFound,
            "none");
    }
    api::Result<InstanceListing> instances(const InstanceQuery& query) override {
        const std::lock_guard lock(data_.mutex);
        data_.lastQuery = query;
        return data_.listing;
    }
    api::Result<InstanceRow> instance(WorkflowKey, const std::string& id) override {
        auto found = snapshot({}, id, std::nullopt, true);
        if (!found) return tl::unexpected(found.error());
        return found->instance;
    }
    api::Result<InstanceSnapshot> snapshot(WorkflowKey, const std::string& id, std::optional<Sequence>,
                                           bool) override {
        return find(
            data_.instances, [&](const auto& row) { return row.instance.id == id; },
            api::code::instanceNotFound, "workflows.api.error.instance.not_found");
    }
    api::Result<StepRow> step(InstanceKey key, const std::string& name, int count, bool wait) override {
        for (const auto& instance : data_.instances) {
            if (instance.instance.key != key) continue;
            return find(
                instance.steps,
                [&](const StepRow& row) {
                    return row.name == name && row.count == count &&
                           (row.kind == api::StepKind::waitForEvent) == wait;
                },
                api::code::instanceNotFound, "no such step");
        }
        return api::fail(404, api::code::instanceNotFound, "no such instance");
    }
    api::Result<StepRow> step(InstanceKey, StepIndex) override {
        return api::fail(404, api::code::instanceNotFound, "no such step");
    }
    api::Result<std::vector<AttemptRow>> attempts(InstanceKey key, StepIndex step) override {
        std::vector<AttemptRow> rows;
        for (const auto& instance : data_.instances)
            for (const auto& row : instance.attempts)
                if (instance.instance.key == key && row.step == step) rows.push_back(row);
        return rows;
    }
    api::Result<std::string> chunk(InstanceKey, StepIndex, std::int64_t number) override {
        return number < 2 ? std::string(number == 0 ? 4 : 1, static_cast<char>('a' + number)) : std::string();
    }
    api::Result<std::optional<ClassGraph>> graph(ScriptVersionKey, const std::string&) override {
        return data_.graph;
    }
    api::Result<bool> lacksGraph(ScriptVersionKey, const std::string&) override {
        return data_.graph && data_.graph->graph.empty();
    }
    api::Result<std::vector<LogRow>> logs(InstanceKey, std::optional<std::int32_t> step, std::int64_t after,
                                          int limit) override {
        std::vector<LogRow> rows;
        for (const auto& row : data_.logs)
            if (row.key > after && (!step || *step == row.step) && static_cast<int>(rows.size()) < limit)
                rows.push_back(row);
        return rows;
    }
    api::Result<std::vector<ScriptRow>> scripts() override { return data_.scripts; }
    api::Result<std::vector<ScriptListing>> scriptListings() override {
        std::vector<ScriptListing> listings;
        for (const auto& script : data_.scripts)
            listings.push_back({script, data_.scriptVersions.at(0).handlers, data_.schedules});
        return listings;
    }
    api::Result<ScriptRow> script(const std::string& name) override {
        return find(
            data_.scripts, [&](const auto& row) { return row.name == name; }, api::code::scriptNotFound,
            "no script");
    }
    api::Result<std::vector<DeploymentRow>> deployments(ScriptKey) override { return data_.deployments; }
    api::Result<std::vector<ScriptVersionRow>> scriptVersions(ScriptKey) override {
        return data_.scriptVersions;
    }
    api::Result<ScriptVersionRow> scriptVersion(ScriptKey, const std::string& uuid) override {
        return find(
            data_.scriptVersions, [&](const auto& row) { return row.uuid == uuid; },
            api::code::versionNotFound, "none");
    }
    api::Result<std::vector<ScheduleRow>> schedules(ScriptKey) override { return data_.schedules; }
    api::Result<FeedPage> feed(Sequence cursor, int limit) override {
        const std::lock_guard lock(data_.mutex);
        FeedPage feed;
        if (data_.feed.empty()) return feed;
        feed.first = data_.feed.front().sequence;
        feed.last = data_.feed.back().sequence;
        for (const auto& line : data_.feed)
            if (line.sequence > cursor && static_cast<int>(feed.lines.size()) < limit)
                feed.lines.push_back(line);
        return feed;
    }

  private:
    static api::Error disk() { return {500, api::code::storage, "The database cannot be read."}; }

    FakeData& data_;
};

class FakeSubscription final : public Engine::Subscription {};

}  // namespace

void FakeEngine::submit(engine::Request request, ReplyHandler answer) {
    {
        const std::lock_guard lock(mutex_);
        commands_.push_back(request);
    }
    answer(reply ? reply(request) : Reply(Answer{Done{at(0)}}));
}

api::Result<std::string> FakeEngine::putBlob(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    blobs_.emplace_back(bytes);
    return rest::sha256(bytes);
}

std::filesystem::path FakeEngine::blobPath(const std::string& digest) const {
    return "blobs/" + digest;
}

void FakeEngine::checkBundle(Bundle bundle, std::function<void(api::Result<BundleFacts>)> done) {
    done(check ? check(bundle) : BundleFacts{{"Flow"}, {"fetch"}, api::Milliseconds(7)});
}

void FakeEngine::makeGraph(ScriptVersionKey, const std::string& className,
                           std::function<void(api::Result<ClassGraph>)> done) {
    done(analyse ? analyse(className) : ClassGraph{className, R"({"version":1})", {}});
}

void FakeEngine::connectHandler(ScriptVersionKey version,
                                std::function<void(api::Result<HandlerConnection>)> done) {
    if (!handler) return done(api::fail(503, api::code::unavailable, "no handler"));
    done(handler(version));
}

void FakeEngine::connectSite(const Bundle& bundle, WhenStuck,
                             std::function<void(api::Result<HandlerConnection>)> done) {
    connectHandler(bundle.version, std::move(done));
}

std::vector<LogRow> FakeEngine::handlerLogs(const std::string& script, std::int64_t after, int) const {
    LogRow row;
    row.key = 7;
    row.text = "from " + script;
    return after < row.key ? std::vector<LogRow>{row} : std::vector<LogRow>{};
}

EngineHealth FakeEngine::health() const {
    EngineHealth health;
    health.started = at(0);
    health.scripts = 3;
    health.sandbox = {true, false, "not sandboxed"};
    health.commits = 17;
    return health;
}

std::unique_ptr<Engine::Subscription> FakeEngine::subscribe(FeedHandler listener) {
    feed_ = std::move(listener);
    return std::make_unique<FakeSubscription>();
}

void FakeEngine::hold() {
    const std::lock_guard lock(mutex_);
    holds_ = true;
}

void FakeEngine::whenDurable(std::function<void(bool)> then) {
    {
        const std::lock_guard lock(mutex_);
        if (holds_) held_.push_back(std::exchange(then, nullptr));
        changed_.notify_all();
    }
    if (then) then(true);
}

std::function<void(bool durable)> FakeEngine::held() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds{30}, [this] { return !held_.empty(); })) return nullptr;
    auto taken = std::move(held_.front());
    held_.pop_front();
    return taken;
}

void FakeEngine::publish(const std::vector<FeedLine>& lines) {
    feed_(lines.back().sequence, [&lines] { return lines; });
}

std::vector<engine::Request> FakeEngine::commands() {
    const std::lock_guard lock(mutex_);
    return commands_;
}

std::vector<std::string> FakeEngine::blobs() {
    const std::lock_guard lock(mutex_);
    return blobs_;
}

int JsonAnswer::code() const {
    return body.contains("errors") && !body["errors"].empty() ? body["errors"][0]["code"].get<int>() : 0;
}

std::string JsonAnswer::message() const {
    return body.contains("errors") && !body["errors"].empty()
               ? body["errors"][0]["message"].get<std::string>()
               : "";
}

Rig::Rig(ServerOptions options, std::unique_ptr<pages::Service> sites) {
    options.port = 0;
    options.token = token();
    const auto readers = [this]() -> api::Result<std::unique_ptr<Reader>> {
        return std::make_unique<FakeReader>(data);
    };
    server_ = std::move(*rest::startServer(engine, std::move(options), readers, std::move(sites)));
}

Rig::~Rig() = default;

std::string Rig::token() {
    return "0123456789abcdef0123456789abcdef";
}

std::string Rig::authorization() {
    return "Authorization: Bearer " + token() + "\r\n";
}

JsonAnswer Rig::call(const std::string& method, const std::string& path, const std::string& body,
                     const std::string& contentType) {
    return parsed(ask(port(), method, "/client/v4/accounts/local" + path,
                      authorization() + "Content-Type: " + contentType + "\r\n", body));
}

JsonAnswer parsed(const RawAnswer& answer) {
    return {answer.status, nlohmann::json::parse(answer.body, nullptr, false)};
}

api::Time at(std::int64_t milliseconds) {
    constexpr std::chrono::sys_days start = std::chrono::year(2026) / 1 / 1;
    return api::Time(start) + api::Milliseconds(milliseconds);
}

WorkflowRow workflowRow(const std::string& name) {
    WorkflowRow row;
    row.key = WorkflowKey(1);
    row.uuid = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e";
    row.name = name;
    row.className = "Flow";
    row.scriptName = "shop";
    row.created = at(0);
    row.modified = at(1);
    row.latestNumber = 2;
    return row;
}

ScriptRow scriptRow(const std::string& name) {
    ScriptRow row;
    row.key = ScriptKey(1);
    row.name = name;
    row.tag = "5d3c4f1e-0000-4000-8000-000000000001";
    row.created = at(0);
    row.modified = at(1);
    return row;
}

}  // namespace stepwell::test
