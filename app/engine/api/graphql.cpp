#include "app/engine/api/graphql.h"

#include "app/engine/analytics/graphql_service.h"

namespace stepwell::engine::rest {

namespace {

constexpr const char* specified = "application/graphql-response+json";

http::Response responseOf(graphql::Answer answer) {
    http::Response response;
    response.status = answer.http;
    response.body = std::move(answer.body);
    return response;
}

/// What the gate refuses, in the words of the reference (analytics, 10) and outside of the envelope.
http::Response refused(const api::Error& error, api::Time now) {
    if (error.http == 401) return responseOf(graphql::failure({{"Unauthorized", {}, {}, 401, {}}}, now));
    if (error.http == 429)
        return responseOf(graphql::failure(
            {{"rate limiter budget depleted: " + error.message, {}, {}, 429, "budget"}}, now));
    return responseOf(graphql::failure(
        {{"not authorized for that account: " + error.message, {}, {}, error.http, {}}}, now));
}

/// What was counted may be of a turn that is not durable yet: the answer waits for it.
void answer(const datasets::GraphqlService& service, Context& context, const http::ExchangePtr& exchange) {
    const auto& request = exchange->request();
    auto response = responseOf(service.answer(request.body, context.now()));
    // Clients that ask for the form of the specification need not take `"errors":null`, which is the
    // original's.
    if (request.accept && request.accept->find(specified) != std::string::npos) {
        response.contentType = specified;
        response.body = graphql::withoutNoErrors(std::move(response.body));
    }
    context.engine.whenDurable(
        [exchange, now = context.now, made = std::move(response)](bool durable) mutable {
            if (durable) return exchange->respond(std::move(made));
            const graphql::Error error{
                "Internal server error: the disk does not take what is written.", {}, {}, 500, {}};
            exchange->respond(responseOf(graphql::failure({error}, now())));
        });
}

}  // namespace

void addGraphqlRoute(http::Router& router, Context& context, http::ThreadPool& threads) {
    const datasets::Helpers helpers{threads.size() - 1, [&threads](std::function<void()> job) {
                                        threads.post([help = std::move(job)](std::size_t) { help(); });
                                    }};
    const auto service = std::make_shared<datasets::GraphqlService>(
        context.account, [&engine = context.engine] { return engine.analyticsSnapshot(); }, helpers);
    auto& route = router.add(
        http::Method::post, "/client/v4/graphql", need::readAnalytics, jsonBody,
        [service, &context, &threads](const http::ExchangePtr& exchange) {
            threads.post([service, &context, exchange](std::size_t) { answer(*service, context, exchange); });
        });
    route.refusal = [now = context.now](const api::Error& error) { return refused(error, now()); };
}

}  // namespace stepwell::engine::rest
