#include "tests/models/fake_backend.h"

#include <cstdio>

namespace stepwell::test::sample {

namespace {

using api::Milliseconds;
using api::Status;
using api::StepKind;
using api::StepState;

api::Time at(std::int64_t ms) {
    return baseTime() + Milliseconds{ms};
}

api::Workflow makeWorkflow(const std::string& name, const std::string& className, int version) {
    api::Workflow workflow;
    workflow.id = "182bd5e5-6e1a-4fe4-a799-" + std::string(12 - name.substr(0, 4).size(), '0') + "abcd";
    workflow.name = name;
    workflow.className = className;
    workflow.scriptName = name + "-worker";
    workflow.createdOn = baseTime() - std::chrono::days{30};
    workflow.modifiedOn = baseTime() - std::chrono::days{2};
    workflow.versionNumber = version;
    for (const auto status : api::allStatuses)
        workflow.counts[status] = 0;
    return workflow;
}

api::WorkflowActivity activity(int scale, Milliseconds p50, Milliseconds p99) {
    api::WorkflowActivity result;
    for (std::size_t hour = 0; hour < 24; ++hour) {
        const int wave = hour < 12 ? static_cast<int>(hour) : 23 - static_cast<int>(hour);
        result.created.at(hour) = scale * (wave + 1);
        result.errored.at(hour) = hour % 5 == 3 ? scale : 0;
    }
    result.p50 = p50;
    result.p99 = p99;
    return result;
}

std::string orderId(std::int64_t number) {
    std::array<char, 24> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "order-%06lld", static_cast<long long>(number));
    return buffer.data();
}

api::NamedError declined() {
    return {"PaymentError", "402 card declined by issuer",
            "PaymentError: 402 card declined by issuer\n    at charge (index.js:41:13)\n    at async run "
            "(index.js:88:20)"};
}

api::OutboundRequest request(std::int64_t id, int step, int attempt, const std::string& method,
                             const std::string& url, int status, std::int64_t start, std::int64_t ms) {
    api::OutboundRequest result;
    result.id = id;
    result.stepIndex = step;
    result.attempt = attempt;
    result.method = method;
    result.url = url;
    result.status = status;
    result.start = at(start);
    result.duration = Milliseconds{ms};
    result.requestBytes = 120;
    result.responseBytes = 88;
    return result;
}

api::Attempt attempt(std::int64_t start, std::int64_t end, bool success) {
    api::Attempt result;
    result.start = at(start);
    result.end = at(end);
    result.success = success;
    if (!success) result.error = declined();
    return result;
}

api::Step makeStep(int index, const std::string& name, StepKind kind, StepState state, std::int64_t start,
                   std::optional<std::int64_t> end) {
    api::Step step;
    step.index = index;
    step.name = name;
    step.kind = kind;
    step.state = state;
    step.start = at(start);
    if (end) step.end = at(*end);
    if (kind == StepKind::step) {
        step.retryLimit = "5";
        step.retryDelay = "1000";
        step.backoff = "exponential";
        step.timeout = "10 minutes";
    }
    return step;
}

api::Step doneStep(int index, const std::string& name, std::int64_t start, std::int64_t end,
                   const std::string& output) {
    auto step = makeStep(index, name, StepKind::step, StepState::complete, start, end);
    step.attempts = {attempt(start, end, true)};
    step.output = output;
    return step;
}

/// Fails at 300 and 1500 ms, succeeds at the third try.
api::Step payment() {
    auto step = makeStep(1, "charge-card-1", StepKind::step, StepState::complete, 190, 5'700);
    step.attempts = {attempt(190, 740, false), attempt(1'740, 2'290, false), attempt(4'290, 5'700, true)};
    step.attempts[0].retryOn = at(1'740);
    step.attempts[1].retryOn = at(4'290);
    step.output = R"({"charge":"ch_81","amount":4200,"currency":"EUR"})";
    step.requests = {request(1, 1, 1, "POST", "https://pay.example/charges", 402, 200, 530),
                     request(2, 1, 2, "POST", "https://pay.example/charges", 402, 1'750, 530),
                     request(3, 1, 3, "POST", "https://pay.example/charges", 201, 4'300, 1'390)};
    return step;
}

std::vector<api::Step> firstSteps() {
    auto nap = makeStep(2, "cool-off-1", StepKind::sleep, StepState::complete, 5'700, 15'700);
    nap.wakeOn = at(15'700);
    auto wait = makeStep(3, "packed-1", StepKind::waitForEvent, StepState::complete, 15'700, 42'000);
    wait.eventType = "packed";
    wait.output = R"({"type":"packed","payload":{"by":"mira"},"timestamp":"2026-11-20T09:00:42.000Z"})";
    auto report = doneStep(5, "build-invoice-1", 42'000, 42'900, "");
    report.output = "\"" + std::string(1000, 'x') + "[truncated output]";
    report.outputTruncated = true;
    return {doneStep(0, "validate-order-1", 8, 190, R"({"items":3,"total":4200})"), payment(), nap, wait,
            doneStep(4, "reserve-stock-1", 42'000, 42'300, R"({"shelf":"B7"})"),    report};
}

api::InstanceDetail base(const std::string& id) {
    api::InstanceDetail detail;
    detail.id = id;
    detail.versionId = "5f0c1b2a-0000-4000-8000-00000000000c";
    detail.versionNumber = 12;
    detail.trigger = api::TriggerSource::api;
    detail.params =
        R"({"order":4711,"items":[{"sku":"A-1","n":2},{"sku":"B-7","n":1}],"customer":{"name":"Ada"}})";
    detail.queued = at(0);
    detail.start = at(5);
    detail.steps = firstSteps();
    detail.requests = {request(9, -1, 0, "GET", "https://config.example/flags", 200, 5, 3)};
    detail.sequence = 8'000;
    return detail;
}

/// Fills times, steps and glimpse as they fit the status.
void dress(api::InstanceSummary& row, std::int64_t number) {
    const Milliseconds length{1'200 + (number * 37) % 9'000};
    if (row.status != Status::queued) row.startedOn = *row.createdOn + Milliseconds{4};
    if (api::isFinal(row.status)) row.endedOn = *row.startedOn + length;
    row.modifiedOn = row.endedOn.value_or(*row.createdOn + Milliseconds{900});
    row.stepCount = row.status == Status::queued ? 0 : 4;
    row.retries = static_cast<int>(number % 4 == 0 ? 2 : 0);
    if (row.status == Status::queued) return;
    row.glimpse = {{StepKind::step, StepState::complete, Milliseconds{182}},
                   {StepKind::step, StepState::complete, Milliseconds{640}},
                   {StepKind::sleep, StepState::complete, Milliseconds{1'000}}};
    const auto last = row.status == Status::errored    ? StepState::errored
                      : row.status == Status::complete ? StepState::complete
                                                       : StepState::running;
    row.glimpse.push_back({row.sleeping ? StepKind::sleep : StepKind::step, last, length / 2});
}

}  // namespace

api::Time baseTime() {
    return *api::fromIso("2026-11-20T09:00:00.000Z");
}

std::vector<api::Workflow> workflows() {
    auto orders = makeWorkflow("orders", "OrderWorkflow", 12);
    orders.counts = {{Status::queued, 3},     {Status::running, 18},        {Status::paused, 1},
                     {Status::errored, 7},    {Status::complete, 12'402},   {Status::waiting, 41},
                     {Status::terminated, 2}, {Status::waitingForPause, 0}, {Status::rollingBack, 0}};
    orders.activity = activity(40, Milliseconds{1'240}, Milliseconds{8'400});
    orders.triggeredOn = baseTime();
    auto cart = makeWorkflow("cart-reminder", "CartReminder", 3);
    cart.counts[Status::waiting] = 960;
    cart.counts[Status::complete] = 311;
    cart.activity = activity(4, std::chrono::hours{3}, std::chrono::hours{26});
    cart.triggeredOn = baseTime() - std::chrono::minutes{12};
    auto review = makeWorkflow("review-approval", "ReviewApproval", 1);
    review.counts[Status::waiting] = 5;
    review.counts[Status::errored] = 1;
    review.activity = activity(1, std::chrono::minutes{45}, std::chrono::hours{7});
    review.triggeredOn = baseTime() - std::chrono::hours{2};
    auto nightly = makeWorkflow("nightly-report", "NightlyReport", 7);
    nightly.counts[Status::complete] = 210;
    nightly.counts[Status::paused] = 1;
    nightly.activity = activity(0, std::chrono::seconds{94}, std::chrono::seconds{140});
    nightly.triggeredOn = baseTime() - std::chrono::hours{7};
    return {orders, cart, review, nightly, makeWorkflow("empty-one", "EmptyOne", 1)};
}

std::vector<api::Version> versions() {
    std::vector<api::Version> result;
    for (int number = 12; number > 8; --number)
        result.push_back({"5f0c1b2a-0000-4000-8000-0000000000" + std::to_string(10 + number), "workflow-id",
                          "OrderWorkflow", baseTime() - std::chrono::days{2 * (13 - number)}, number});
    return result;
}

api::InstanceSummary instanceAt(std::int64_t index, std::int64_t total) {
    const std::int64_t number = total - index;
    constexpr std::array<Status, 10> pattern = {
        Status::running, Status::complete, Status::errored,    Status::waiting,     Status::complete,
        Status::queued,  Status::paused,   Status::terminated, Status::rollingBack, Status::waitingForPause};
    api::InstanceSummary row;
    row.id = orderId(number);
    row.workflowId = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e";
    row.versionId = "5f0c1b2a-0000-4000-8000-00000000000c";
    row.versionNumber = 12;
    row.status = pattern.at(static_cast<std::size_t>(number % 10));
    row.sleeping = row.status == Status::waiting && number % 20 < 10;
    row.trigger = number % 3 == 0 ? api::TriggerSource::cron : api::TriggerSource::api;
    row.createdOn = baseTime() - std::chrono::seconds{index * 7};
    dress(row, number);
    return row;
}

std::vector<api::InstanceSummary> instances(int count) {
    std::vector<api::InstanceSummary> rows;
    rows.reserve(static_cast<std::size_t>(count));
    for (int index = 0; index < count; ++index)
        rows.push_back(instanceAt(index, count));
    return rows;
}

api::InstanceDetail runningDetail() {
    auto detail = base("order-000250");
    detail.status = Status::running;
    auto mail = makeStep(6, "send-mail-1", StepKind::step, StepState::retrying, 43'000, std::nullopt);
    mail.attempts = {attempt(43'000, 43'400, false), attempt(44'400, 45'000, false)};
    mail.attempts[0].retryOn = at(44'400);
    mail.attempts[1].retryOn = at(47'000);
    mail.error = declined();
    mail.wakeOn = at(47'000);
    mail.requests = {request(10, 6, 2, "POST", "https://mail.example/send", 503, 44'410, 560)};
    auto nap = makeStep(7, "grace-1", StepKind::sleep, StepState::running, 43'000, std::nullopt);
    nap.wakeOn = at(3'643'000);
    auto wait = makeStep(8, "delivered-1", StepKind::waitForEvent, StepState::running, 43'000, std::nullopt);
    wait.eventType = "delivered";
    wait.wakeOn = at(86'443'000);
    detail.steps.insert(detail.steps.end(), {mail, nap, wait});
    detail.stepCount = static_cast<int>(detail.steps.size());
    return detail;
}

api::InstanceDetail completeDetail() {
    auto detail = base("order-000249");
    detail.status = Status::complete;
    detail.output = R"({"ok":true,"invoice":"I-2026-81"})";
    detail.end = at(43'000);
    detail.stepCount = static_cast<int>(detail.steps.size());
    return detail;
}

api::InstanceDetail erroredDetail() {
    auto detail = base("order-000248");
    detail.status = Status::errored;
    detail.steps.resize(2);
    auto& step = detail.steps.back();
    step.state = StepState::errored;
    step.attempts.resize(1);
    step.requests.resize(1);
    step.output.reset();
    step.end = at(740);
    step.error = api::NamedError{"NonRetryableError", "card stolen",
                                 "NonRetryableError: card stolen\n    at charge (index.js:38:9)"};
    step.attempts[0].error = step.error;
    step.attempts[0].retryOn.reset();
    detail.error = step.error;
    detail.end = at(745);
    detail.stepCount = 2;
    return detail;
}

std::vector<api::LogLine> logs() {
    using api::LogLevel;
    return {{1, -1, LogLevel::info, at(6), "order 4711 accepted"},
            {2, 0, LogLevel::debug, at(20), "3 items, total 42.00 EUR"},
            {3, 1, LogLevel::log, at(200), "charging card"},
            {4, 1, LogLevel::warn, at(735), "declined, will try again"},
            {5, 1, LogLevel::warn, at(2'285), "declined, will try again"},
            {6, 1, LogLevel::info, at(5'690), "charged ch_81"},
            {7, 6, LogLevel::error, at(44'990), "mail service said 503\nretry-after: 2\nbody: overloaded"}};
}

api::EngineHealth health() {
    api::EngineHealth result;
    result.version = "0.1.0";
    result.startedOn = baseTime() - std::chrono::hours{5};
    result.scripts = 4;
    result.runtimes = 2;
    result.residentBytes = 190'000'000;
    result.stepsPerSecond = 1'204;
    return result;
}

}  // namespace stepwell::test::sample
