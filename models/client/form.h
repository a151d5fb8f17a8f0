#pragma once

#include "models/client/client.h"

#include <vector>

namespace stepwell::client {

/// The parts of an answer that is multipart/form-data, as backends give out code. At most 1,000 parts with 8
/// KiB of headers each. Errors have code::badBody and say what is wrong. Pure.
api::Result<std::vector<Part>> parseForm(const Response& response);

/// The value of a header, by its name in any case; empty when there is none. For requests with
/// `wantsHeaders`.
std::string headerOf(const Response& response, const char* name);

}  // namespace stepwell::client
