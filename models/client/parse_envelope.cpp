#include "models/client/parse.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::client {

using json = nlohmann::ordered_json;

namespace detail {

namespace {

/// The title of a page, or its start without what a browser hides.
std::string wordsOf(const std::string& body) {
    constexpr std::size_t most = 120;
    const auto title = body.find("<title>");
    const auto end = title == std::string::npos ? title : body.find("</title>", title);
    auto words = end == std::string::npos ? body.substr(0, most) : body.substr(title + 7, end - title - 7);
    if (end == std::string::npos && words.find('<') != std::string::npos) words = "a web page";
    std::erase_if(words, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    return words.substr(0, most);
}

bool isChallenge(const Response& response) {
    return std::any_of(response.headers.begin(), response.headers.end(), [](const Header& header) {
        return header.name == "cf-mitigated" && header.value == "challenge";
    });
}

/// What an answer that is no envelope probably is: a proxy's page, another program on that port.
api::Error notAnEnvelope(const Response& response) {
    const auto said = wordsOf(response.body);
    const auto number = std::to_string(response.status);
    if (isChallenge(response))
        return {response.status, api::code::internal,
                "A firewall in front of the backend wants to see a person in a browser (" + number +
                    "). Ask who runs it to let this program through."};
    if (response.status == 404) return {404, api::code::noRoute, "The backend has no such route."};
    if (response.status == 401 || response.status == 403)
        return {response.status, api::code::authentication,
                "The backend refused access (" + number + "): " + said};
    if (response.status == 429)
        return {429, api::code::internal, "The backend gets too many requests. Try again in some minutes."};
    if (response.status >= 500)
        return {response.status, api::code::internal,
                "What stands before the backend answered " + number + " instead of it (" + said +
                    "). Try again."};
    return {response.status, api::code::internal,
            "The backend answered " + number +
                " with something that is not the v4 API. Check the address. "
                "It said: " +
                said};
}

/// Errors come as objects or as plain texts; some answers have none but a text beside them.
std::string reasonIn(const json& answer) {
    for (const char* key : {"errors", "messages"}) {
        const auto& list = at(answer, key);
        if (!list.is_array() || list.empty()) continue;
        const auto& first = list.front();
        auto reason = first.is_string() ? first.get<std::string>() : text(first, "message");
        if (!reason.empty()) return reason;
    }
    return text(answer, "error");
}

api::Error firstError(const json& answer, int httpStatus) {
    api::Error error{httpStatus, api::code::internal, {}};
    const auto& errors = at(answer, "errors");
    const bool listed = errors.is_array() && !errors.empty();
    error.code = static_cast<int>(integer(listed ? errors.front() : answer, "code", api::code::internal));
    error.message = reasonIn(answer);
    // A permission that is missing is no fault of the token, and the text says which one.
    const bool namesPermission = httpStatus == 403 && error.message.find("permission") != std::string::npos;
    // Nor is an account that an engine does not have.
    const bool namesAccount = httpStatus == 403 && error.message.starts_with("There is no account ");
    if (!namesPermission && !namesAccount) error.message = humanMessage(error.code, error.message);
    if (error.message.empty()) error.message = "The backend refused the request without a reason.";
    return error;
}

/// Odd rows among others are passed over; a list of nothing else is no list of what was asked for.
bool isListOfObjects(const json& list) {
    return list.is_array() && (list.empty() || std::any_of(list.begin(), list.end(), [](const json& item) {
                                   return item.is_object();
                               }));
}

bool fits(const json& result, Need need) {
    switch (need.shape) {
    case Need::Shape::anything:
        return true;
    case Need::Shape::object:
        return result.is_object();
    case Need::Shape::list:
        return isListOfObjects(result);
    case Need::Shape::key:
        return !at(result, need.key).is_null();
    case Need::Shape::listIn:
        return isListOfObjects(at(result, need.key));
    }
    return false;
}

}  // namespace

api::Result<json> envelope(const Response& response) {
    if (response.body.empty() && (response.status == 204 || response.status == 205))
        return json{{"success", true}, {"result", json::object()}};
    if (nestsDeeperThan(response.body, deepestJson))
        return api::fail(response.status, api::code::badBody,
                         "The backend answered with JSON that is nested deeper than " +
                             std::to_string(deepestJson) +
                             " levels, which is not read. Check the address, and the values that it shows.");
    auto answer = json::parse(response.body, nullptr, false);
    if (answer.is_discarded() || !answer.is_object() || !answer.contains("success"))
        return api::fail(notAnEnvelope(response));
    if (!flag(answer, "success", false)) return api::fail(firstError(answer, response.status));
    return answer;
}

api::Result<json> envelope(const Response& response, Need need) {
    auto answer = envelope(response);
    if (answer && !fits(at(*answer, "result"), need))
        return api::fail(response.status, api::code::internal,
                         "The backend said that it succeeded, and sent something else than was asked for. "
                         "Try again; if it stays so, this program does not know its API.");
    return answer;
}

}  // namespace detail

std::string humanMessage(int code, const std::string& serverText) {
    const char* sentence = nullptr;
    switch (code) {
    case api::code::authentication:
        sentence = "The backend refused the access token";
        break;
    case api::code::noRoute:
        sentence = "The backend has no such route";
        break;
    case api::code::workflowNotFound:
        sentence = "There is no such workflow";
        break;
    case api::code::versionNotFound:
        sentence = "There is no such version";
        break;
    case api::code::instanceNotFound:
    case api::code::eventInstanceNotFound:
        sentence = "There is no such instance";
        break;
    case api::code::instanceExists:
        sentence = "An instance with this id exists already";
        break;
    case api::code::cannotTerminate:
        sentence = "The instance cannot be terminated";
        break;
    case api::code::cannotRestart:
        sentence = "The instance cannot be restarted";
        break;
    case api::code::instanceNotRunning:
        sentence = "The instance is not running";
        break;
    default:
        return serverText;
    }
    return serverText.empty() ? std::string(sentence) + "."
                              : std::string(sentence) + " (" + serverText + ").";
}

}  // namespace stepwell::client
