#include "tests/widgets/instance/run_data.h"

namespace stepwell::test {
namespace {

using api::Milliseconds;

api::OutboundRequest request(std::int64_t id, int step, const char* method, const char* url, int status,
                             api::Time start, std::optional<int> ms) {
    api::OutboundRequest result;
    result.id = id;
    result.stepIndex = step;
    result.method = method;
    result.url = url;
    result.status = status;
    result.start = start;
    if (ms) result.duration = Milliseconds(*ms);
    result.requestBytes = 412;
    result.responseBytes = 1'288;
    return result;
}

api::Attempt attempt(api::Time start, int ms, bool success) {
    api::Attempt result;
    result.start = start;
    result.end = start + Milliseconds(ms);
    result.success = success;
    if (!success)
        result.error =
            api::NamedError{"TypeError", "card declined",
                            "TypeError: card declined\n    at charge (orders.js:41:13)\n    at async "
                            "OrderWorkflow.run (orders.js:88:20)"};
    return result;
}

api::Step charge(api::Time zero) {
    api::Step result = step(1, "charge-card-1", zero + Milliseconds(300), 4'700);
    result.retryLimit = "4";
    result.retryDelay = "1 second";
    result.backoff = "exponential";
    result.timeout = "2 minutes";
    result.attempts = {attempt(zero + Milliseconds(300), 650, false),
                       attempt(zero + Milliseconds(1'950), 600, false),
                       attempt(zero + Milliseconds(4'550), 450, true)};
    result.output = R"({"transactionId":"txn-789012","amount":129.99})";
    const char* url = "https://payments.example/v1/charges";
    result.requests = {request(1, 1, "POST", url, 402, zero + Milliseconds(350), 548),
                       request(2, 1, "POST", url, 402, zero + Milliseconds(2'000), 501),
                       request(3, 1, "POST", url, 201, zero + Milliseconds(4'580), 380)};
    return result;
}

api::Step sleepStep(int index, const char* name, api::Time start, int ms) {
    api::Step result;
    result.index = index;
    result.name = name;
    result.kind = api::StepKind::sleep;
    result.state = api::StepState::complete;
    result.start = start;
    result.end = result.wakeOn = start + Milliseconds(ms);
    return result;
}

api::Step courier(int index, api::Time start, int ms) {
    api::Step result = sleepStep(index, "courier-accepted-1", start, ms);
    result.kind = api::StepKind::waitForEvent;
    result.eventType = "courier";
    result.wakeOn = start + std::chrono::minutes(1);
    result.output =
        R"({"type":"courier","payload":{"courier":"mira"},"timestamp":"2026-11-20T09:00:17.000Z"})";
    return result;
}

}  // namespace

api::Step step(int index, const std::string& name, api::Time start, int ms) {
    api::Step result;
    result.index = index;
    result.name = name;
    result.state = api::StepState::complete;
    result.start = start;
    result.end = start + Milliseconds(ms);
    result.retryLimit = "5";
    result.retryDelay = "10000";
    result.backoff = "exponential";
    result.timeout = "10 minutes";
    result.attempts = {attempt(start, ms, true)};
    result.output = R"({"ok":true})";
    return result;
}

api::InstanceDetail orderRun(api::Time now) {
    const api::Time zero = now - Milliseconds(19'000);
    const auto at = [zero](int ms) { return zero + Milliseconds(ms); };
    api::InstanceDetail run;
    run.id = "order-7299-8c1f02aa";
    run.versionId = "5f0c1b2a-0000-4000-8000-00000000000c";
    run.versionNumber = 12;
    run.status = api::Status::running;
    run.trigger = api::TriggerSource::api;
    run.params = R"({"cartId":"f3bcc11b","items":[{"sku":"A-1","n":2},{"sku":"B-7","n":1}]})";
    run.queued = zero - Milliseconds(12);
    run.start = zero;
    run.sequence = 100;
    auto mail = step(7, "send-confirmation-1", at(18'000), 1);
    mail.state = api::StepState::running;
    mail.end.reset();
    mail.output.reset();
    mail.attempts.front().end.reset();
    mail.attempts.front().success.reset();
    mail.requests = {request(4, 7, "POST", "https://mail.example/send", 0, at(18'040), std::nullopt)};
    run.steps = {step(0, "check-inventory-1", at(0), 290),
                 charge(zero),
                 sleepStep(2, "settle-1", at(5'000), 3'000),
                 step(3, "reserve-item-1", at(8'000), 640),
                 step(4, "reserve-item-2", at(8'000), 1'400),
                 step(5, "reserve-item-3", at(8'000), 430),
                 courier(6, at(9'500), 8'400),
                 mail};
    run.stepCount = 8;
    return run;
}

std::vector<api::LogLine> orderLogs(api::Time now) {
    const api::Time zero = now - Milliseconds(19'000);
    using api::LogLevel;
    return {{1, 0, LogLevel::info, zero + Milliseconds(40), "3 items in stock"},
            {2, 1, LogLevel::warn, zero + Milliseconds(940), "card declined, asking again"},
            {3, 1, LogLevel::warn, zero + Milliseconds(2'540), "card declined, asking again"},
            {4, 1, LogLevel::info, zero + Milliseconds(4'990), "charged 129.99 EUR"},
            {5, 7, LogLevel::error, zero + Milliseconds(18'500),
             "template is missing\nfalling back to plain text"}};
}

api::InstanceDetail longRun(int steps, int attempts) {
    api::InstanceDetail run;
    const api::Time zero = *api::fromIso("2026-11-20T09:00:00.000Z");
    run.id = "long";
    run.status = api::Status::complete;
    run.start = zero;
    run.params = "{}";
    api::Time at = zero;
    static const char* const names[] = {"load-", "resize-", "store-", "report-"};
    for (int i = 0; i < steps; ++i) {
        // Runs of 40 steps of one name, then a few mixed ones.
        const bool mixed = i % 50 >= 40;
        auto one = step(i, std::string(names[mixed ? i % 4 : i / 50 % 4]) + std::to_string(i + 1), at, 1);
        one.attempts.clear();
        for (int n = 0; n < attempts; ++n) {
            const int ms = 20 + (i * 7 + n * 13) % 160;
            one.attempts.push_back(attempt(at, ms, n + 1 == attempts));
            at += Milliseconds(ms + (n + 1 < attempts ? 30 : 2));
        }
        one.end = at;
        run.steps.push_back(std::move(one));
    }
    run.end = at;
    run.stepCount = steps;
    return run;
}

}  // namespace stepwell::test
