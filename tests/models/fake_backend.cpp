#include "tests/models/fake_backend.h"

#include <algorithm>

namespace stepwell::test {

namespace {

QString text(std::string_view view) {
    return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
}

QString describeQuery(const InstanceListQuery& query) {
    QString call = QStringLiteral("instances %1 page=%2").arg(text(query.workflow)).arg(query.page);
    if (query.cursor) call += QStringLiteral(" cursor=") + text(*query.cursor);
    if (query.status) call += QStringLiteral(" status=") + text(api::toString(*query.status));
    if (query.from) call += QStringLiteral(" from=") + text(api::toIso(*query.from));
    if (query.to) call += QStringLiteral(" to=") + text(api::toIso(*query.to));
    return call;
}

bool matches(const api::InstanceSummary& row, const InstanceListQuery& query) {
    if (query.status && row.status != *query.status) return false;
    if (query.from && (!row.createdOn || *row.createdOn < *query.from)) return false;
    return !query.to || (row.createdOn && *row.createdOn < *query.to);
}

InstanceList pageOf(const std::vector<api::InstanceSummary>& rows, const InstanceListQuery& query) {
    InstanceList answer;
    // A cursor is the number of rows seen so far.
    const std::int64_t first = query.cursor ? QString::fromStdString(*query.cursor).toLongLong()
                                            : static_cast<std::int64_t>(query.page - 1) * query.perPage;
    for (const auto& row : rows) {
        if (!matches(row, query)) continue;
        if (answer.total >= first && answer.total < first + query.perPage) answer.rows.push_back(row);
        ++answer.total;
    }
    if (query.cursor && first + query.perPage < answer.total)
        answer.cursor = std::to_string(first + query.perPage);
    return answer;
}

api::Status statusAfter(Backend::Verb verb) {
    switch (verb) {
    case Backend::Verb::pause:
        return api::Status::paused;
    case Backend::Verb::resume:
        return api::Status::running;
    case Backend::Verb::terminate:
        return api::Status::terminated;
    case Backend::Verb::terminateAndRollBack:
        return api::Status::rollingBack;
    case Backend::Verb::restart:
        break;
    }
    return api::Status::queued;
}

QString verbName(Backend::Verb verb) {
    switch (verb) {
    case Backend::Verb::pause:
        return QStringLiteral("pause");
    case Backend::Verb::resume:
        return QStringLiteral("resume");
    case Backend::Verb::terminate:
        return QStringLiteral("terminate");
    case Backend::Verb::terminateAndRollBack:
        return QStringLiteral("terminateAndRollBack");
    case Backend::Verb::restart:
        break;
    }
    return QStringLiteral("restart");
}

}  // namespace

int FakeBackend::callsStartingWith(const QString& prefix) const {
    return static_cast<int>(std::count_if(calls.begin(), calls.end(),
                                          [&](const QString& call) { return call.startsWith(prefix); }));
}

void FakeBackend::failWith(const QString& prefix, api::Error error) {
    m_failures.emplace_back(prefix, std::move(error));
}

void FakeBackend::succeed() {
    m_failures.clear();
}

void FakeBackend::release(int index) {
    if (index < 0 || index >= heldCount()) return;
    const auto action = m_held[static_cast<std::size_t>(index)];
    m_held.erase(m_held.begin() + index);
    action();
}

void FakeBackend::releaseAll() {
    m_hold = false;
    while (!m_held.empty())
        release();
}

void FakeBackend::setLiveState(LiveState state) {
    m_liveState = state;
    emit liveStateChanged(state);
}

void FakeBackend::emitLive(std::vector<api::LiveEvent> events) {
    emit live(events);
}

void FakeBackend::emitEvent(const std::string& type, const std::string& workflow, const std::string& instance,
                            const std::string& stepName) {
    api::LiveEvent event;
    event.sequence = ++m_sequence;
    event.time = sample::baseTime();
    event.type = type;
    event.workflow = workflow;
    event.instance = instance;
    event.stepName = stepName;
    emit live({event});
}

void FakeBackend::fillWithSamples() {
    workflowList = sample::workflows();
    for (const auto& workflow : workflowList)
        versionLists[workflow.name] = sample::versions();
    instanceLists["orders"] = sample::instances(250);
    instanceLists["cart-reminder"] = sample::instances(12);
    for (const auto& detail : {sample::runningDetail(), sample::completeDetail(), sample::erroredDetail()})
        details[detail.id] = detail;
    logLines[sample::runningDetail().id] = sample::logs();
    healthAnswer = sample::health();
    fillWorkers();
    fillSites();
}

void FakeBackend::deliver(QObject* context, std::function<void()> action) {
    auto guarded = [guard = QPointer<QObject>(context), hadContext = context != nullptr,
                    action = std::move(action)] {
        if (guard || !hadContext) action();
    };
    if (m_hold)
        m_held.emplace_back(std::move(guarded));
    else
        QMetaObject::invokeMethod(this, std::move(guarded), Qt::QueuedConnection);
}

void FakeBackend::workflows(QObject* context, Done<std::vector<api::Workflow>> done) {
    reply<std::vector<api::Workflow>>(QStringLiteral("workflows"), context, std::move(done), workflowList);
}

void FakeBackend::workflow(const std::string& name, QObject* context, Done<api::Workflow> done) {
    api::Result<api::Workflow> answer =
        api::fail(404, api::code::workflowNotFound, "workflows.api.error.workflow.not_found");
    for (const auto& candidate : workflowList)
        if (candidate.name == name) answer = candidate;
    reply<api::Workflow>(QStringLiteral("workflow ") + text(name), context, std::move(done),
                         std::move(answer));
}

void FakeBackend::versions(const std::string& workflow, QObject* context,
                           Done<std::vector<api::Version>> done) {
    reply<std::vector<api::Version>>(QStringLiteral("versions ") + text(workflow), context, std::move(done),
                                     versionLists[workflow]);
}

void FakeBackend::graph(const std::string& workflow, const std::string& versionId, QObject* context,
                        Done<api::VersionGraph> done) {
    reply<api::VersionGraph>(QStringLiteral("graph %1 %2").arg(text(workflow), text(versionId)), context,
                             std::move(done), graphs[versionId]);
}

void FakeBackend::instances(const InstanceListQuery& query, QObject* context, Done<InstanceList> done) {
    auto answer = instanceSource ? instanceSource(query) : pageOf(instanceLists[query.workflow], query);
    reply<InstanceList>(describeQuery(query), context, std::move(done), std::move(answer));
}

void FakeBackend::instance(const std::string& workflow, const std::string& id,
                           std::optional<std::int64_t> since, QObject* context,
                           Done<api::InstanceDetail> done) {
    QString call = QStringLiteral("instance %1 %2").arg(text(workflow), text(id));
    if (since) call += QStringLiteral(" since=%1").arg(*since);
    api::Result<api::InstanceDetail> answer =
        api::fail(404, api::code::instanceNotFound, "workflows.api.error.instance.not_found");
    if (detailSource)
        answer = detailSource(id, since);
    else if (const auto found = details.find(id); found != details.end())
        answer = found->second;
    reply<api::InstanceDetail>(call, context, std::move(done), std::move(answer));
}

void FakeBackend::stepOutput(const std::string& workflow, const std::string& id, const std::string& name,
                             api::StepKind, QObject* context, Done<std::string> done) {
    api::Result<std::string> answer = api::fail(404, api::code::instanceNotFound, "no such step");
    if (const auto found = stepOutputs.find(name); found != stepOutputs.end()) answer = found->second;
    reply<std::string>(QStringLiteral("stepOutput %1 %2 %3").arg(text(workflow), text(id), text(name)),
                       context, std::move(done), std::move(answer));
}

void FakeBackend::logs(const std::string& workflow, const std::string& id, std::optional<int> step,
                       std::int64_t after, QObject* context, Done<std::vector<api::LogLine>> done) {
    std::vector<api::LogLine> answer;
    for (const auto& line : logLines[id])
        if (line.id > after && (!step || line.stepIndex == *step) && answer.size() < 500)
            answer.push_back(line);
    reply<std::vector<api::LogLine>>(
        QStringLiteral("logs %1 %2 after=%3").arg(text(workflow), text(id)).arg(after), context,
        std::move(done), std::move(answer));
}

void FakeBackend::health(QObject* context, Done<api::EngineHealth> done) {
    reply<api::EngineHealth>(QStringLiteral("health"), context, std::move(done), healthAnswer);
}

void FakeBackend::trigger(const std::string& workflow, const std::string& id, const std::string& paramsJson,
                          QObject* context, Done<std::string> done) {
    reply<std::string>(QStringLiteral("trigger %1 %2 %3").arg(text(workflow), text(id), text(paramsJson)),
                       context, std::move(done), id.empty() ? std::string("drawn-id") : id);
}

void FakeBackend::reproduce(const between::Reproduction& reproduction, QObject* context,
                            Done<std::string> done) {
    reproductions.push_back(reproduction);
    const auto& id = reproduction.instanceId;
    reply<std::string>(QStringLiteral("reproduce %1 %2 %3")
                           .arg(text(reproduction.workflow), text(id))
                           .arg(reproduction.steps),
                       context, std::move(done), id.empty() ? std::string("drawn-id") : id);
}

void FakeBackend::sendEvent(const std::string& workflow, const std::string& id, const std::string& type,
                            const std::string& payloadJson, QObject* context, Done<void> done) {
    const auto call =
        QStringLiteral("sendEvent %1 %2 %3 %4").arg(text(workflow), text(id), text(type), text(payloadJson));
    reply<void>(call, context, std::move(done), {});
}

void FakeBackend::changeStatus(const std::string& workflow, const std::string& id, Verb verb,
                               std::optional<RestartFrom> from, QObject* context, Done<api::Status> done) {
    QString call = QStringLiteral("changeStatus %1 %2 %3").arg(text(workflow), text(id), verbName(verb));
    if (from)
        call +=
            QStringLiteral(" from=%1-%2 (%3)").arg(text(from->name)).arg(from->count).arg(text(from->type));
    reply<api::Status>(call, context, std::move(done), statusAfter(verb));
}

void FakeBackend::uploadScript(const Upload& upload, QObject* context,
                               std::function<void(std::int64_t, std::int64_t)> progress, Done<void> done) {
    uploads.push_back(upload);
    std::int64_t total = static_cast<std::int64_t>(upload.metadataJson.size());
    for (const auto& module : upload.modules)
        total += static_cast<std::int64_t>(module.bytes.size());
    if (progress)
        deliver(context, [progress = std::move(progress), total] {
            progress(total / 2, total);
            progress(total, total);
        });
    reply<void>(QStringLiteral("uploadScript ") + text(upload.script), context, std::move(done), {});
}

void FakeBackend::putWorkflow(const WorkflowDeclaration& declaration, QObject* context, Done<void> done) {
    declarations.push_back(declaration);
    reply<void>(QStringLiteral("putWorkflow %1 %2 %3")
                    .arg(text(declaration.name), text(declaration.className), text(declaration.scriptName)),
                context, std::move(done), {});
}

void FakeBackend::deleteWorkflow(const std::string& name, QObject* context, Done<void> done) {
    std::erase_if(workflowList, [&](const auto& workflow) { return workflow.name == name; });
    reply<void>(QStringLiteral("deleteWorkflow ") + text(name), context, std::move(done), {});
}

void FakeBackend::deleteInstances(const std::string& workflow, const std::vector<std::string>& ids,
                                  QObject* context, Done<BatchOutcome> done) {
    BatchOutcome outcome;
    for (const auto& id : ids) {
        if (const auto refused = refusedDeletes.find(id); refused != refusedDeletes.end())
            outcome.failures.push_back({id, refused->second});
        else
            outcome.done.push_back(id);
    }
    auto& list = instanceLists[workflow];
    std::erase_if(list, [&](const auto& row) {
        return std::find(outcome.done.begin(), outcome.done.end(), row.id) != outcome.done.end();
    });
    reply<BatchOutcome>(
        QStringLiteral("deleteInstances %1 %2").arg(text(workflow)).arg(static_cast<int>(ids.size())),
        context, std::move(done), std::move(outcome));
}

void FakeBackend::workerCrons(const std::string& script, QObject* context,
                              Done<std::vector<api::Schedule>> done) {
    reply<std::vector<api::Schedule>>("workerCrons " + text(script), context, std::move(done),
                                      cronLists[script]);
}

void FakeBackend::setWorkerCrons(const std::string& script, const std::vector<std::string>& crons,
                                 QObject* context, Done<void> done) {
    QStringList words{"setWorkerCrons", text(script)};
    for (const auto& cron : crons)
        words << text(cron);
    reply<void>(words.join(QLatin1Char(' ')), context, std::move(done), {});
}

void FakeBackend::accountRetention(QObject* context, Done<api::Retention> done) {
    reply<api::Retention>(QStringLiteral("accountRetention"), context, std::move(done), retention);
}

void FakeBackend::setAccountRetention(const api::Retention& wanted, QObject* context,
                                      Done<api::Retention> done) {
    if (wanted.success) retention.success = wanted.success;
    if (wanted.error) retention.error = wanted.error;
    reply<api::Retention>(QStringLiteral("setAccountRetention"), context, std::move(done), retention);
}

void FakeBackend::graphql(const GraphqlQuery& query, QObject* context, Done<api::GraphqlAnswer> done) {
    graphqlQueries.push_back(query);
    const auto nothing = api::GraphqlAnswer{200, R"({"data":null,"errors":null})", {}};
    reply<api::GraphqlAnswer>(QStringLiteral("graphql ") + text(query.operationName), context,
                              std::move(done), graphqlSource ? graphqlSource(query) : nothing);
}

}  // namespace stepwell::test
