#pragma once

#include "models/api/graphql.h"
#include "models/client/client.h"

#include <string>

/// GraphQL over HTTP: the body of a request and what an answer is. Pure functions.
namespace stepwell::client {

/// `variablesJson` is an object as JSON text, empty for none; an empty operation name is left out. An error
/// when the variables are no object.
api::Result<std::string> graphqlBody(const std::string& document, const std::string& variablesJson,
                                     const std::string& operationName);

/// Reads only the errors of an answer; its data stays text, however big. An error for whatever is no answer
/// of GraphQL, the envelope of the REST API included.
api::Result<api::GraphqlAnswer> parseGraphql(const Response& response);

}  // namespace stepwell::client
