#include "models/text.h"
#include "tests/models/fake_backend.h"

namespace stepwell::test {

namespace sample {

namespace {

constexpr auto newVersion = "0b6f0a52-6f1f-4a51-9c3d-2f3a52b1c9aa";
constexpr auto oldVersion = "7d1c2e90-3f7e-4b5a-8f4e-0c2b1a9d8e77";

}  // namespace

std::vector<api::Worker> workers() {
    const auto day = std::chrono::days{1};
    const std::string host = ".workers.localhost:8790";
    api::Worker orders{"orders-worker",
                       baseTime() - 30 * day,
                       baseTime() - 2 * day,
                       std::vector<std::string>{"fetch", "scheduled"},
                       std::vector<api::Schedule>{{"0 6 * * 2-6", baseTime() + std::chrono::hours{21}}},
                       "http://orders-worker" + host};
    api::Worker reminder{
        "cart-reminder-worker",     baseTime() - 9 * day,         baseTime() - day,
        std::vector<std::string>{}, std::vector<api::Schedule>{}, "http://cart-reminder-worker" + host};
    api::Worker site{"site-worker",
                     baseTime() - 3 * day,
                     baseTime() - 3 * day,
                     std::vector<std::string>{"fetch"},
                     std::vector<api::Schedule>{},
                     "http://site-worker" + host};
    return {orders, reminder, site};
}

std::vector<api::Binding> bindings() {
    return {{"ORDERS", "workflow", "orders"},
            {"CURRENCY", "plain_text", "EUR"},
            {"LIMITS", "json", R"({"perOrder":20,"perDay":400})"},
            {"PAYMENT_KEY", "secret_text", ""}};
}

std::vector<api::WorkerVersion> workerVersions() {
    return {{newVersion, 2, baseTime() - std::chrono::days{2}, "wrangler", "Retries for payments"},
            {oldVersion, 1, baseTime() - std::chrono::days{30}, "wrangler", ""}};
}

std::vector<api::WorkerDeployment> deployments() {
    return {
        {"d2", baseTime() - std::chrono::days{2}, "wrangler", "Retries for payments", {{newVersion, 100}}},
        {"d1", baseTime() - std::chrono::days{30}, "wrangler", "", {{oldVersion, 100}}}};
}

std::vector<api::LogLine> workerLogs() {
    const auto at = [](int second) { return baseTime() + std::chrono::seconds{second}; };
    return {{1, -1, api::LogLevel::info, at(1), "GET /orders 200"},
            {2, -1, api::LogLevel::warn, at(2), "stock of SKU-7 is low"},
            {3, -1, api::LogLevel::error, at(3), "GET /orders/x: no such order"},
            {4, -1, api::LogLevel::debug, at(4), "cache miss"}};
}

}  // namespace sample

void FakeBackend::fillWorkers() {
    workerList = sample::workers();
    for (const auto& worker : workerList) {
        addresses[worker.name] = {true, worker.url};
        cronLists[worker.name] = worker.crons.value_or(std::vector<api::Schedule>{});
    }
    bindingLists["orders-worker"] = sample::bindings();
    workerVersionLists["orders-worker"] = sample::workerVersions();
    deploymentLists["orders-worker"] = sample::deployments();
    workerLogLines["orders-worker"] = sample::workerLogs();
    secrets["orders-worker"]["PAYMENT_KEY"] = "sk_test";
}

void FakeBackend::workers(QObject* context, Done<std::vector<api::Worker>> done) {
    reply<std::vector<api::Worker>>(QStringLiteral("workers"), context, std::move(done), workerList);
}

void FakeBackend::workerAddress(const std::string& script, QObject* context, Done<api::WorkerAddress> done) {
    reply<api::WorkerAddress>("workerAddress " + toQt(script), context, std::move(done), addresses[script]);
}

void FakeBackend::workerBindings(const std::string& script, QObject* context,
                                 Done<std::vector<api::Binding>> done) {
    reply<std::vector<api::Binding>>("workerBindings " + toQt(script), context, std::move(done),
                                     bindingLists[script]);
}

void FakeBackend::workerVersions(const std::string& script, QObject* context,
                                 Done<std::vector<api::WorkerVersion>> done) {
    reply<std::vector<api::WorkerVersion>>("workerVersions " + toQt(script), context, std::move(done),
                                           workerVersionLists[script]);
}

void FakeBackend::workerDeployments(const std::string& script, QObject* context,
                                    Done<std::vector<api::WorkerDeployment>> done) {
    reply<std::vector<api::WorkerDeployment>>("workerDeployments " + toQt(script), context, std::move(done),
                                              deploymentLists[script]);
}

void FakeBackend::deployVersion(const std::string& script, const std::string& version, QObject* context,
                                Done<void> done) {
    auto& list = deploymentLists[script];
    list.insert(list.begin(),
                {"d" + std::to_string(list.size() + 1), sample::baseTime(), "api", "", {{version, 100}}});
    reply<void>("deployVersion " + toQt(script) + ' ' + toQt(version), context, std::move(done), {});
}

void FakeBackend::workerLogs(const std::string& script, std::int64_t after, QObject* context,
                             Done<std::vector<api::LogLine>> done) {
    std::vector<api::LogLine> answer;
    for (const auto& line : workerLogLines[script])
        if (line.id > after && answer.size() < 500) answer.push_back(line);
    reply<std::vector<api::LogLine>>(QStringLiteral("workerLogs %1 after=%2").arg(toQt(script)).arg(after),
                                     context, std::move(done), std::move(answer));
}

void FakeBackend::secretNames(const std::string& script, QObject* context,
                              Done<std::vector<std::string>> done) {
    std::vector<std::string> names;
    for (const auto& [name, text] : secrets[script])
        names.push_back(name);
    reply<std::vector<std::string>>("secretNames " + toQt(script), context, std::move(done),
                                    std::move(names));
}

void FakeBackend::putSecret(const std::string& script, const std::string& name, const std::string& text,
                            QObject* context, Done<void> done) {
    secrets[script][name] = text;
    reply<void>("putSecret " + toQt(script) + ' ' + toQt(name), context, std::move(done), {});
}

void FakeBackend::deleteSecret(const std::string& script, const std::string& name, QObject* context,
                               Done<void> done) {
    secrets[script].erase(name);
    reply<void>("deleteSecret " + toQt(script) + ' ' + toQt(name), context, std::move(done), {});
}

void FakeBackend::deleteWorker(const std::string& script, QObject* context, Done<void> done) {
    std::erase_if(workerList, [&](const auto& worker) { return worker.name == script; });
    std::erase_if(workflowList, [&](const auto& workflow) { return workflow.scriptName == script; });
    reply<void>("deleteWorker " + toQt(script), context, std::move(done), {});
}

}  // namespace stepwell::test
