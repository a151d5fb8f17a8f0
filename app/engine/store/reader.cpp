#include "app/engine/store/reader.h"

#include "app/engine/core/feed.h"
#include "app/engine/store/instance_list.h"
#include "app/engine/store/reader_parts.h"
#include "app/engine/store/row_codec.h"
#include "app/engine/store/script_list.h"

namespace stepwell::engine {

namespace {

using api::Result;

constexpr std::chrono::hours day{24};

tl::unexpected<api::Error> missing(int code, const std::string& what) {
    return api::fail(404, code, what);
}

class SqliteReader final : public Reader {
  public:
    explicit SqliteReader(std::unique_ptr<Sqlite> db)
        : m_db(std::move(db)) {}

    Result<Listed<WorkflowRow>> workflows(Page page, const std::string& search) override {
        return snapshotOf<Listed<WorkflowRow>>([&]() -> Result<Listed<WorkflowRow>> {
            Listed<WorkflowRow> listed;
            const auto pattern = likePattern(search);
            auto count =
                m_db->query("SELECT count(*) FROM workflows WHERE deleted=0 AND name LIKE ? ESCAPE '\\'");
            if (count.bind(pattern).step()) listed.total = count.integer();
            auto query = m_db->query("SELECT " STEPWELL_WORKFLOW_COLUMNS
                                     " FROM workflows WHERE deleted=0 AND name LIKE ? "
                                     "ESCAPE '\\' ORDER BY created DESC, id DESC LIMIT ? OFFSET ?");
            query.bind(pattern).bind(page.size).bind(std::int64_t{page.size} * (page.number - 1));
            while (query.step())
                listed.rows.push_back(readWorkflow(query));
            return listed;
        });
    }

    Result<WorkflowRow> workflow(const std::string& name) override {
        return snapshotOf<WorkflowRow>([&]() -> Result<WorkflowRow> {
            auto query =
                m_db->query("SELECT " STEPWELL_WORKFLOW_COLUMNS " FROM workflows WHERE name=? AND deleted=0");
            if (query.bind(name).step()) return readWorkflow(query);
            return missing(api::code::workflowNotFound,
                           "workflows.api.error.workflow.not_found: no workflow is called \"" + name + "\"");
        });
    }

    Result<StatusCounts> counts(WorkflowKey workflow) override {
        return snapshotOf<StatusCounts>([&]() -> Result<StatusCounts> { return readCounts(workflow); });
    }

    Result<ActivityRow> activity(WorkflowKey workflow, api::Time now) override {
        return snapshotOf<ActivityRow>([&]() -> Result<ActivityRow> {
            ActivityRow row;
            const auto first = std::chrono::floor<std::chrono::hours>(now) - day + std::chrono::hours{1};
            auto hours =
                m_db->query("SELECT hour,created,errored FROM activity WHERE workflow=? AND hour>=?");
            hours.bind(workflow).bind(api::Time{first});
            while (hours.step()) {
                const auto slot = std::chrono::floor<std::chrono::hours>(hours.time() - first).count();
                if (slot < 0 || slot >= 24) continue;
                row.created.at(static_cast<std::size_t>(slot)) = hours.integer();
                row.errored.at(static_cast<std::size_t>(slot)) = hours.integer();
            }
            std::map<int, std::int64_t> buckets;
            auto durations = m_db->query("SELECT bucket,sum(n) FROM durations WHERE workflow=? AND hour>=? "
                                         "GROUP BY bucket ORDER BY bucket");
            durations.bind(workflow).bind(api::Time{first});
            while (durations.step()) {
                const int bucket = durations.small();
                buckets[bucket] = durations.integer();
            }
            row.p50 = quantile(buckets, 0.5);
            row.p99 = quantile(buckets, 0.99);
            return row;
        });
    }

    Result<Listed<WorkflowVersionRow>> versions(WorkflowKey workflow, Page page) override {
        return snapshotOf<Listed<WorkflowVersionRow>>([&]() -> Result<Listed<WorkflowVersionRow>> {
            Listed<WorkflowVersionRow> listed;
            auto count = m_db->query("SELECT count(*) FROM workflow_versions WHERE workflow=?");
            if (count.bind(workflow).step()) listed.total = count.integer();
            auto query =
                m_db->query("SELECT " STEPWELL_VERSION_COLUMNS
                            " FROM workflow_versions WHERE workflow=? ORDER BY number DESC LIMIT ? OFFSET ?");
            query.bind(workflow).bind(page.size).bind(std::int64_t{page.size} * (page.number - 1));
            while (query.step())
                listed.rows.push_back(readWorkflowVersion(query));
            return listed;
        });
    }

    Result<WorkflowVersionRow> version(WorkflowKey workflow, const std::string& uuid) override {
        return snapshotOf<WorkflowVersionRow>([&]() -> Result<WorkflowVersionRow> {
            auto query = m_db->query("SELECT " STEPWELL_VERSION_COLUMNS
                                     " FROM workflow_versions WHERE uuid=? AND workflow=?");
            if (query.bind(uuid).bind(workflow).step()) return readWorkflowVersion(query);
            return missing(api::code::versionNotFound,
                           "workflows.api.error.version.not_found: no version \"" + uuid + "\"");
        });
    }

    Result<std::optional<ClassGraph>> graph(ScriptVersionKey script, const std::string& className) override {
        return snapshotOf<std::optional<ClassGraph>>(
            [&]() -> Result<std::optional<ClassGraph>> { return readGraph(*m_db, script, className); });
    }

    Result<bool> lacksGraph(ScriptVersionKey script, const std::string& className) override {
        return snapshotOf<bool>([&]() -> Result<bool> { return isWithoutGraph(*m_db, script, className); });
    }

    Result<InstanceListing> instances(const InstanceQuery& query) override {
        return snapshotOf<InstanceListing>(
            [&]() -> Result<InstanceListing> { return listInstances(*m_db, query); });
    }

    Result<InstanceRow> instance(WorkflowKey workflow, const std::string& id) override {
        return snapshotOf<InstanceRow>([&]() -> Result<InstanceRow> { return readInstance(workflow, id); });
    }

    Result<InstanceSnapshot> snapshot(WorkflowKey workflow, const std::string& id,
                                      std::optional<Sequence> since, bool detailed) override {
        return snapshotOf<InstanceSnapshot>([&]() -> Result<InstanceSnapshot> {
            auto row = readInstance(workflow, id);
            if (!row) return tl::unexpected(row.error());
            InstanceSnapshot result;
            result.instance = std::move(*row);
            auto version =
                m_db->query("SELECT " STEPWELL_VERSION_COLUMNS " FROM workflow_versions WHERE id=?");
            if (version.bind(result.instance.version).step()) result.version = readWorkflowVersion(version);
            result.sequence = lastSequence();
            if (detailed) readHistory(result, since.value_or(Sequence{-1}));
            if (detailed) result.cpu = readCpu(result.instance.key);
            return result;
        });
    }

    Result<StepRow> step(InstanceKey instance, const std::string& name, int count, bool wait) override {
        return snapshotOf<StepRow>([&]() -> Result<StepRow> {
            const auto kind = wait ? api::StepKind::waitForEvent : api::StepKind::step;
            auto query = m_db->query(
                "SELECT " STEPWELL_STEP_HEAD
                ",preview,value FROM steps WHERE id>=? AND id<? AND name=? AND count=? AND kind=?");
            query.bind(stepId(instance, 0))
                .bind(stepIdEnd(instance))
                .bind(name)
                .bind(count)
                .bind(static_cast<int>(kind));
            if (!query.step())
                return missing(api::code::instanceNotFound,
                               "The instance has no step \"" + name + "-" + std::to_string(count) + "\"");
            return readStep(query);
        });
    }

    Result<StepRow> step(InstanceKey instance, StepIndex index) override {
        return snapshotOf<StepRow>([&]() -> Result<StepRow> {
            auto query = m_db->query("SELECT " STEPWELL_STEP_HEAD ",preview,value FROM steps WHERE id=?");
            if (!query.bind(stepId(instance, index.value)).step())
                return missing(api::code::instanceNotFound,
                               "The instance has no step " + std::to_string(index.value));
            return readStep(query);
        });
    }

    Result<std::vector<AttemptRow>> attempts(InstanceKey instance, StepIndex step) override {
        return snapshotOf<std::vector<AttemptRow>>([&]() -> Result<std::vector<AttemptRow>> {
            const auto id = stepId(instance, step.value);
            return readAttempts(id, id + 1);
        });
    }

    Result<std::string> chunk(InstanceKey instance, StepIndex step, std::int64_t number) override {
        return snapshotOf<std::string>([&]() -> Result<std::string> {
            auto query = m_db->query("SELECT bytes FROM stream_chunks WHERE step=? AND number=?");
            query.bind(stepId(instance, step.value)).bind(number);
            return query.step() ? query.text() : std::string();
        });
    }

    Result<std::vector<LogRow>> logs(InstanceKey instance, std::optional<std::int32_t> step,
                                     std::int64_t afterKey, int limit) override {
        return snapshotOf<std::vector<LogRow>>([&]() -> Result<std::vector<LogRow>> {
            auto query = m_db->query("SELECT id,step,level,time,text FROM logs WHERE instance=? AND id>? "
                                     "AND (?3 IS NULL OR step=?3) ORDER BY id LIMIT ?4");
            query.bind(instance).bind(afterKey);
            query.bind(step ? std::optional<std::int64_t>(*step) : std::nullopt).bind(limit);
            std::vector<LogRow> rows;
            while (query.step()) {
                LogRow row;
                row.key = query.integer();
                row.instance = instance;
                row.step = query.small();
                row.level = query.small();
                row.time = query.time();
                row.text = query.text();
                rows.push_back(std::move(row));
            }
            return rows;
        });
    }

    Result<std::vector<ScriptRow>> scripts() override {
        return snapshotOf<std::vector<ScriptRow>>([&]() -> Result<std::vector<ScriptRow>> {
            auto query =
                m_db->query("SELECT " STEPWELL_SCRIPT_COLUMNS " FROM scripts ORDER BY name LIMIT 10000");
            std::vector<ScriptRow> rows;
            while (query.step())
                rows.push_back(readScript(query));
            return rows;
        });
    }

    Result<std::vector<ScriptListing>> scriptListings() override {
        return snapshotOf<std::vector<ScriptListing>>(
            [&]() -> Result<std::vector<ScriptListing>> { return readScriptListings(*m_db); });
    }

    Result<std::vector<ScheduleRow>> schedules(ScriptKey script) override {
        return snapshotOf<std::vector<ScheduleRow>>([&]() -> Result<std::vector<ScheduleRow>> {
            auto query = m_db->query("SELECT " STEPWELL_SCHEDULE_COLUMNS
                                     " FROM schedules WHERE script=? AND workflow=0 ORDER BY id");
            query.bind(script);
            std::vector<ScheduleRow> rows;
            while (query.step())
                rows.push_back(readSchedule(query));
            return rows;
        });
    }

    Result<ScriptRow> script(const std::string& name) override {
        return snapshotOf<ScriptRow>([&]() -> Result<ScriptRow> {
            auto query = m_db->query("SELECT " STEPWELL_SCRIPT_COLUMNS " FROM scripts WHERE name=?");
            if (query.bind(name).step()) return readScript(query);
            return missing(api::code::scriptNotFound,
                           "workers.api.error.script_not_found: no Worker is called \"" + name + "\"");
        });
    }

    Result<std::vector<DeploymentRow>> deployments(ScriptKey script) override {
        return snapshotOf<std::vector<DeploymentRow>>([&]() -> Result<std::vector<DeploymentRow>> {
            auto query =
                m_db->query("SELECT uuid,version,created,annotations,source FROM deployments WHERE script=? "
                            "ORDER BY id DESC LIMIT 10");
            query.bind(script);
            std::vector<DeploymentRow> rows;
            while (query.step()) {
                DeploymentRow row;
                row.script = script;
                row.uuid = query.text();
                row.versionUuid = query.text();
                row.created = query.time();
                row.annotations = query.text();
                row.source = query.text();
                rows.push_back(std::move(row));
            }
            return rows;
        });
    }

    Result<std::vector<ScriptVersionRow>> scriptVersions(ScriptKey script) override {
        return snapshotOf<std::vector<ScriptVersionRow>>([&]() -> Result<std::vector<ScriptVersionRow>> {
            auto query = m_db->query("SELECT " STEPWELL_SCRIPT_VERSION_COLUMNS
                                     " FROM script_versions WHERE script=? ORDER BY number DESC LIMIT 100");
            query.bind(script);
            std::vector<ScriptVersionRow> rows;
            while (query.step())
                rows.push_back(readScriptVersion(*m_db, query));
            return rows;
        });
    }

    Result<ScriptVersionRow> scriptVersion(ScriptKey script, const std::string& uuid) override {
        return snapshotOf<ScriptVersionRow>([&]() -> Result<ScriptVersionRow> {
            auto query = m_db->query("SELECT " STEPWELL_SCRIPT_VERSION_COLUMNS
                                     " FROM script_versions WHERE uuid=? AND script=?");
            if (query.bind(uuid).bind(script).step()) return readScriptVersion(*m_db, query);
            return missing(api::code::versionNotFound, "The Worker has no version \"" + uuid + "\"");
        });
    }

    Result<FeedPage> feed(Sequence cursor, int limit) override {
        return snapshotOf<FeedPage>([&]() -> Result<FeedPage> {
            FeedPage result;
            auto edges = m_db->query("SELECT coalesce(min(first),0),coalesce(max(last),0) FROM feed");
            if (edges.step()) {
                result.first = Sequence{edges.integer()};
                result.last = Sequence{edges.integer()};
            }
            auto query = m_db->query("SELECT first,last,time,lines FROM feed WHERE last>? ORDER BY last");
            query.bind(cursor);
            while (static_cast<int>(result.lines.size()) < limit && query.step())
                for (auto& line : expand(readFeed(query), cursor))
                    result.lines.push_back(std::move(line));
            return result;
        });
    }

  private:
    /// Runs `read` inside one read transaction, so that it sees one state, and turns database errors into
    /// results.
    template <class T, class Read>
    Result<T> snapshotOf(Read read) {
        m_db->clearError();
        m_db->exec("BEGIN");
        Result<T> result = read();
        const std::string error = m_db->error();
        m_db->clearError();
        m_db->exec("COMMIT");
        m_db->clearError();
        if (!error.empty())
            return api::fail(500, api::code::storage, "The database could not be read: " + error);
        return result;
    }

    StatusCounts readCounts(WorkflowKey workflow) {
        StatusCounts counts;
        auto query = m_db->query("SELECT status,n FROM counts WHERE workflow=?");
        query.bind(workflow);
        while (query.step()) {
            const auto status = static_cast<api::Status>(query.small());
            counts[status] = query.integer();
        }
        return counts;
    }

    Sequence lastSequence() {
        auto query = m_db->query("SELECT coalesce(max(last),0) FROM feed");
        return Sequence{query.step() ? query.integer() : 0};
    }

    Result<InstanceRow> readInstance(WorkflowKey workflow, const std::string& id) {
        auto query = m_db->query("SELECT " STEPWELL_INSTANCE_HEAD "," STEPWELL_INSTANCE_BODY
                                 " FROM instances i WHERE i.workflow=? AND i.name=?");
        if (!query.bind(workflow).bind(id).step())
            return missing(api::code::instanceNotFound,
                           "workflows.api.error.instance.not_found: no instance is called \"" + id + "\"");
        auto row = readInstanceHead(query);
        readInstanceBody(query, row);
        return row;
    }

    std::vector<AttemptRow> readAttempts(std::int64_t first, std::int64_t end) {
        auto query = m_db->query("SELECT " STEPWELL_ATTEMPT_COLUMNS
                                 " FROM attempts WHERE step>=? AND step<? ORDER BY step,number");
        query.bind(first).bind(end);
        std::vector<AttemptRow> rows;
        while (query.step())
            rows.push_back(readAttempt(query));
        return rows;
    }

    std::chrono::microseconds readCpu(InstanceKey key) {
        auto query = m_db->query("SELECT coalesce(sum(cpu),0) FROM steps WHERE id>=? AND id<?");
        query.bind(stepId(key, 0)).bind(stepIdEnd(key));
        return std::chrono::microseconds{query.step() ? query.integer() : 0};
    }

    /// Step outputs travel cut: what is longer is asked for by name.
    void readHistory(InstanceSnapshot& result, Sequence since) {
        const auto key = result.instance.key;
        auto query =
            m_db->query("SELECT " STEPWELL_STEP_HEAD ",substr(preview,1,1100),substr(value,1,1100) FROM "
                        "steps WHERE id>=? AND id<? AND changed>? ORDER BY id");
        query.bind(stepId(key, 0)).bind(stepIdEnd(key)).bind(since);
        while (query.step()) {
            result.steps.push_back(readStep(query));
        }
        if (!result.steps.empty())
            result.attempts = readAttempts(stepId(key, result.steps.front().index.value),
                                           stepId(key, result.steps.back().index.value + 1));
        auto requests =
            m_db->query("SELECT id,step,attempt,method,url,status,error,started,duration,request_bytes,"
                        "response_bytes,changed FROM requests WHERE instance=? AND changed>? ORDER BY id");
        requests.bind(key).bind(since);
        while (requests.step())
            result.requests.push_back(readRequest(requests, key));
    }

    static RequestRow readRequest(Sqlite::Query& query, InstanceKey key) {
        RequestRow row;
        row.key = query.integer();
        row.instance = key;
        row.step = query.small();
        row.attempt = query.small();
        row.method = query.text();
        row.url = query.text();
        row.status = query.small();
        row.error = query.text();
        row.started = query.time();
        const bool open = query.isNull();
        const auto duration = query.integer();
        if (!open) row.duration = std::chrono::microseconds{duration};
        row.requestBytes = query.integer();
        row.responseBytes = query.integer();
        row.changed = Sequence{query.integer()};
        return row;
    }

    std::unique_ptr<Sqlite> m_db;
};

}  // namespace

Result<std::unique_ptr<Reader>> Reader::open(const std::filesystem::path& database) {
    std::string error;
    auto db = Sqlite::open(database, Sqlite::Mode::readOnly, error);
    if (!db)
        return api::fail(500, api::code::storage,
                         "The database " + database.string() + " cannot be opened: " + error);
    db->exec("PRAGMA cache_size = -8192");  // KiB; the system keeps the rest of the file
    return std::unique_ptr<Reader>(std::make_unique<SqliteReader>(std::move(db)));
}

}  // namespace stepwell::engine
