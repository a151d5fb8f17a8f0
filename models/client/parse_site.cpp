#include "models/client/parse.h"

#include <nlohmann/json.hpp>

namespace stepwell::client {

using json = nlohmann::ordered_json;
using namespace detail;

api::Result<Page<api::SiteFile>> parseSiteFiles(const Response& response) {
    const auto answer = envelope(response, aList);
    if (!answer) return api::fail(answer.error());
    Page<api::SiteFile> page;
    const auto& rows = at(*answer, "result");
    page.rows.reserve(rows.size());
    for (const auto& row : rows)
        page.rows.push_back(
            {text(row, "path"), integer(row, "size"), text(row, "content_type"), text(row, "key")});
    page.total = integer(at(*answer, "result_info"), "total_count", -1);
    page.cursor = text(at(*answer, "result_info"), "cursor");
    return page;
}

api::Result<std::string> parseAsset(const Response& response) {
    if (response.status == 200) return response.body;
    const auto refused = envelope(response);
    if (!refused) return api::fail(refused.error());
    return api::fail(response.status, api::code::internal,
                     "The backend answered " + std::to_string(response.status) + " instead of a file.");
}

}  // namespace stepwell::client
