#include "app/engine/runtime/egress_headers.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include <array>
#include <charconv>

namespace stepwell::engine {

namespace beast = boost::beast;

namespace {

bool same(std::string_view a, std::string_view b) {
    return beast::iequals(beast::string_view(a.data(), a.size()), beast::string_view(b.data(), b.size()));
}

template <class Number>
bool takeNumber(std::string_view& text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with('.')) text.remove_prefix(1);
    return true;
}

}  // namespace

bool isHopByHop(std::string_view name) {
    constexpr std::array<std::string_view, 9> names = {
        "connection",        "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade",    "proxy-connection"};
    for (const auto known : names)
        if (same(name, known)) return true;
    return false;
}

void readOrigin(std::string_view text, OutboundReport& report) {
    std::int64_t instance = 0;
    std::uint32_t run = 0;
    std::int32_t step = -1;
    std::int32_t attempt = 0;
    if (!takeNumber(text, instance) || !takeNumber(text, run) || !takeNumber(text, step) ||
        !takeNumber(text, attempt))
        return;
    report.instance = instance;
    report.run = run;
    report.step = step;
    report.attempt = attempt;
}

std::string answerHead(const OutboundHead& head, bool toHeadRequest, AnswerFraming& framing) {
    bool hasLength = false;
    std::string lines;
    for (const auto& [name, value] : head.headers) {
        if (isHopByHop(name)) continue;
        if (same(name, "content-length")) {
            if (hasLength) continue;
            hasLength = true;
        }
        lines += name + ": " + value + "\r\n";
    }
    framing.hasBody = !toHeadRequest && head.status != 204 && head.status != 304;
    framing.chunked = framing.hasBody && !hasLength;
    const auto reason =
        beast::http::obsolete_reason(beast::http::int_to_status(static_cast<unsigned>(head.status)));
    return "HTTP/1.1 " + std::to_string(head.status) + " " + std::string(reason.data(), reason.size()) +
           "\r\n" + lines + (framing.chunked ? "transfer-encoding: chunked\r\n" : "") + "\r\n";
}

}  // namespace stepwell::engine
