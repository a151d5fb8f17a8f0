#pragma once

#include "app/engine/http/json_writer.h"
#include "app/engine/http/message.h"
#include "models/api/error.h"

#include <functional>

namespace stepwell::engine::http {

using WriteResult = std::function<void(JsonWriter&)>;

struct ResultInfo {
    std::int64_t count = 0;
    std::int64_t perPage = 0;
    std::int64_t total = 0;
    std::optional<std::int64_t> page;  ///< with it goes total_pages
    std::optional<std::string> cursor;
};

/// The v4 envelope around exactly one value that `result` writes.
Response success(const WriteResult& result);
Response success(const WriteResult& result, const ResultInfo& info);
/// `message` is for people: what to know although all went well.
Response success(const WriteResult& result, std::string_view message);
/// With the HTTP status the error carries.
Response failure(const api::Error& error);

}  // namespace stepwell::engine::http
