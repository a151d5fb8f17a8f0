#include "app/engine/http/envelope.h"

#include <algorithm>

namespace stepwell::engine::http {

namespace {

constexpr std::string_view opening = R"("success":true,"errors":[],"messages":[],"result":)";
constexpr int noticeCode = 19100;  ///< of a message beside a success

void writeInfo(JsonWriter& json, const ResultInfo& info) {
    json.object("result_info")
        .number("count", info.count)
        .number("per_page", info.perPage)
        .number("total_count", info.total);
    if (info.page) {
        const auto pages = info.perPage > 0 ? (info.total + info.perPage - 1) / info.perPage : 0;
        json.number("page", *info.page).number("total_pages", pages);
    }
    if (info.cursor) json.text("cursor", *info.cursor);
    json.endObject();
}

Response envelope(const WriteResult& result, const ResultInfo* info) {
    JsonWriter json(512);
    // Ends with ':', so that the result follows without a comma.
    json.object().raw(opening);
    result(json);
    if (info != nullptr) writeInfo(json, *info);
    json.endObject();
    Response response;
    response.body = json.take();
    return response;
}

}  // namespace

Response success(const WriteResult& result) {
    return envelope(result, nullptr);
}

Response success(const WriteResult& result, std::string_view message) {
    JsonWriter json(512);
    json.object().flag("success", true).array("errors").endArray().array("messages");
    json.object().number("code", noticeCode).text("message", message).endObject().endArray();
    json.raw("\"result\":");
    result(json);
    json.endObject();
    Response response;
    response.body = json.take();
    return response;
}

Response success(const WriteResult& result, const ResultInfo& info) {
    return envelope(result, &info);
}

Response failure(const api::Error& error) {
    JsonWriter json;
    json.object().flag("success", false).array("errors").object();
    json.number("code", error.code).text("message", error.message);
    json.endObject().endArray().array("messages").endArray().null("result").endObject();
    Response response;
    response.status = error.http >= 400 && error.http <= 599 ? error.http : 500;
    response.body = json.take();
    return response;
}

}  // namespace stepwell::engine::http
