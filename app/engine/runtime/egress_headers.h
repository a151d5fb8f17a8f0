#pragma once

#include "app/engine/runtime/curl_pool.h"
#include "app/engine/runtime/runtime.h"

#include <string_view>

namespace stepwell::engine {

/// Whether a header belongs to one hop only (RFC 9110, section 7.6.1) and is not passed on.
bool isHopByHop(std::string_view name);

/// Reads "instance.run.step.attempt" of the driver into the report. Anything else leaves it outside any
/// instance.
void readOrigin(std::string_view text, OutboundReport& report);

/// How the body of an answer goes to the client.
struct AnswerFraming {
    bool hasBody = true;
    bool chunked = false;
};

/// The head of an answer as bytes; `framing` says what has to follow.
std::string answerHead(const OutboundHead& head, bool toHeadRequest, AnswerFraming& framing);

}  // namespace stepwell::engine
