#include "app/engine/api/tail_filter.h"

#include "app/engine/api/body.h"
#include "app/engine/http/text.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine::rest {

namespace {

using nlohmann::json;

constexpr std::size_t mostConditions = 64;

bool has(const std::vector<std::string>& list, std::string_view text) {
    return list.empty() || std::find(list.begin(), list.end(), text) != list.end();
}

api::Result<void> takeTexts(const json& value, const char* name, std::vector<std::string>& to) {
    const bool good =
        value.is_array() && value.size() <= mostConditions &&
        std::all_of(value.begin(), value.end(), [](const auto& item) { return item.is_string(); });
    if (!good) return badRequest(std::string("The filter ") + name + " must be a list of texts.");
    for (const auto& item : value)
        to.push_back(item);
    return {};
}

api::Result<void> takeHeader(const json& value, TailFilter& filter) {
    if (!value.is_object() || !value.contains("key") || !value["key"].is_string())
        return badRequest("The filter header must be an object with a key.");
    const auto text = value.find("query");
    filter.headers.push_back({http::lowered(value["key"].get<std::string>()),
                              text != value.end() && text->is_string() ? text->get<std::string>() : ""});
    return {};
}

api::Result<void> takeOne(const json& one, TailFilter& filter) {
    if (!one.is_object()) return badRequest("Each of the filters must be an object.");
    for (const auto& [name, value] : one.items()) {
        api::Result<void> ok;
        if (name == "sampling_rate") {
            if (!value.is_number() || value < 0 || value > 1)
                return badRequest("The filter sampling_rate must be a number from 0 to 1.");
            filter.samplingRate = value;
        } else if (name == "outcome") {
            ok = takeTexts(value, "outcome", filter.outcomes);
        } else if (name == "method") {
            ok = takeTexts(value, "method", filter.methods);
        } else if (name == "client_ip") {
            ok = takeTexts(value, "client_ip", filter.clientAddresses);
        } else if (name == "header") {
            ok = takeHeader(value, filter);
        } else if (name == "query" && value.is_string()) {
            filter.text = value;
        }
        if (!ok) return ok;
    }
    return {};
}

bool isHere(std::string_view address) {
    return address == "127.0.0.1" || address == "::1" || address == "::ffff:127.0.0.1";
}

bool wantsClient(const TailFilter& filter, const json& headers) {
    if (filter.clientAddresses.empty()) return true;
    const auto found = headers.find("cf-connecting-ip");
    if (found == headers.end() || !found->is_string()) return false;
    const auto& address = found->get_ref<const std::string&>();
    return std::any_of(filter.clientAddresses.begin(), filter.clientAddresses.end(), [&](const auto& wanted) {
        return wanted == address || (wanted == "self" && isHere(address));
    });
}

bool wantsHeaders(const TailFilter& filter, const json& headers) {
    return std::all_of(filter.headers.begin(), filter.headers.end(), [&](const auto& wanted) {
        const auto found = headers.find(wanted.name);
        return found != headers.end() && found->is_string() &&
               found->template get<std::string>().find(wanted.text) != std::string::npos;
    });
}

bool wantsText(const TailFilter& filter, const pages::SiteRequest& request) {
    if (filter.text.empty()) return true;
    const auto holds = [&](const std::string& text) { return text.find(filter.text) != std::string::npos; };
    return std::any_of(request.logs.begin(), request.logs.end(),
                       [&](const auto& line) { return holds(line.text); }) ||
           std::any_of(request.exceptions.begin(), request.exceptions.end(),
                       [&](const auto& exception) { return holds(exception.message); });
}

}  // namespace

api::Result<TailFilter> readTailFilter(std::string_view body) {
    TailFilter filter;
    if (body.empty()) return filter;
    const auto parsed = parseObject(body, "The body");
    if (!parsed) return tl::unexpected(parsed.error());
    const auto filters = parsed->find("filters");
    if (filters == parsed->end() || filters->is_null()) return filter;
    if (!filters->is_array() || filters->size() > mostConditions)
        return badRequest("filters must be a list of at most 64 filters.");
    for (const auto& one : *filters)
        if (auto ok = takeOne(one, filter); !ok) return tl::unexpected(ok.error());
    return filter;
}

bool wants(const TailFilter& filter, const pages::SiteRequest& request, double draw) {
    if (draw >= filter.samplingRate) return false;
    if (!has(filter.outcomes, request.outcome) || !has(filter.methods, request.method)) return false;
    if (!wantsText(filter, request)) return false;
    if (filter.clientAddresses.empty() && filter.headers.empty()) return true;
    const auto headers = parseBounded<json>(request.headers);
    return headers.is_object() && wantsClient(filter, headers) && wantsHeaders(filter, headers);
}

}  // namespace stepwell::engine::rest
