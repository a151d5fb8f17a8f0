#include "models/client/form.h"

#include "models/api/ascii_text.h"
#include "models/api/multipart.h"

#include <algorithm>

namespace stepwell::client {

std::string headerOf(const Response& response, const char* name) {
    const auto found =
        std::find_if(response.headers.begin(), response.headers.end(),
                     [name](const Header& header) { return api::equalsIgnoringCase(header.name, name); });
    return found == response.headers.end() ? std::string() : found->value;
}

api::Result<std::vector<Part>> parseForm(const Response& response) {
    const auto read = api::parseMultipart(response.contentType, response.body);
    if (!read)
        return api::fail(0, api::code::badBody,
                         "The backend sent a form that cannot be read. " + read.error().message);
    std::vector<Part> parts;
    parts.reserve(read->size());
    for (const auto& part : *read) {
        if (part.name.empty())
            return api::fail(0, api::code::badBody, "The backend sent a form with a part that has no name.");
        parts.push_back({part.name, part.filename, part.contentType, std::string(part.body)});
    }
    return parts;
}

}  // namespace stepwell::client
