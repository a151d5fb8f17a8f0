#pragma once

#include "models/api/error.h"

#include <optional>
#include <string>
#include <vector>

namespace stepwell::api {

/// One entry of `errors` in a GraphQL answer.
struct GraphqlError {
    std::string message;
    std::string path;  ///< "viewer/accounts/0/runs"; empty when it has none
    std::string code;  ///< of its extensions: "budget" when a quota is used up; mostly empty
    friend bool operator==(const GraphqlError&, const GraphqlError&) = default;
};

/// What a GraphQL service answered. One that refused the document answers too: that is told by `errors`, and
/// no answer at all, or none of GraphQL, by the Result around this.
struct GraphqlAnswer {
    int http = 200;    ///< status; a 200 may carry errors
    std::string json;  ///< the whole answer as it came: an object with "data" and "errors"
    std::vector<GraphqlError> errors;
};

/// The first error as others are told, with the status it came with (403 when the account may not be read);
/// nothing when there is none.
inline std::optional<Error> refusal(const GraphqlAnswer& answer) {
    if (answer.errors.empty()) return std::nullopt;
    const int http = answer.http == 200 ? 400 : answer.http;
    return Error{http, code::badBody, answer.errors.front().message};
}

}  // namespace stepwell::api
