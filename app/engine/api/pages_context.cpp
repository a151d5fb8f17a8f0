#include "app/engine/api/pages_context.h"

#include "app/engine/api/query.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::rest {

namespace {

constexpr std::int64_t lastPage = 1'000'000'000;

std::string textOf(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

api::Error asBadPage(api::Error error) {
    error.code = pages::code::badPage;
    return error;
}

}  // namespace

http::Handler onPages(PagesContext& context, PagesWork work) {
    return [&context, run = std::move(work)](const http::ExchangePtr& exchange) {
        context.threads.post([&service = context.service, run, exchange](std::size_t) {
            auto outcome = run(service, exchange->request());
            exchange->respond(outcome ? std::move(*outcome) : http::failure(outcome.error()));
        });
    };
}

http::Response answer(const nlohmann::json& value) {
    return http::success([&](http::JsonWriter& json) { json.raw(textOf(value)); });
}

http::Response pageAnswer(const nlohmann::json& values, pages::PageOf page, std::int64_t total) {
    http::ResultInfo info;
    info.count = static_cast<std::int64_t>(values.size());
    info.perPage = page.size;
    info.total = total;
    info.page = page.number;
    return http::success([&](http::JsonWriter& json) { json.raw(textOf(values)); }, info);
}

api::Result<pages::PageOf> pageQuery(const http::Request& request, std::int64_t usual, std::int64_t most) {
    const auto number = numberQuery(request, "page", 1, 1, lastPage);
    if (!number) return tl::unexpected(asBadPage(number.error()));
    const auto size = numberQuery(request, "per_page", usual, 1, most);
    if (!size) return tl::unexpected(asBadPage(size.error()));
    return pages::PageOf{*number, *size};
}

}  // namespace stepwell::engine::rest
