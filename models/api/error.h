#pragma once

#include <tl/expected.hpp>

#include <string>

namespace stepwell::api {

/// An error as the v4 API envelope carries it, plus the HTTP status it travels with.
/// Codes and messages are those of the reference, section 1.7; codes from 19000 up are this project's own.
struct Error {
    int http = 500;       ///< HTTP status, 0 when no answer was received
    int code = 10001;     ///< envelope code
    std::string message;  ///< says what happened, to what, and what to do

    friend bool operator==(const Error&, const Error&) = default;
};

/// A value, or the reason why there is none. Errors are values: nothing throws across a module border.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}
inline tl::unexpected<Error> fail(int http, int code, std::string message) {
    return tl::unexpected<Error>(Error{http, code, std::move(message)});
}

/// Envelope codes; see the reference, section 1.7.
namespace code {
inline constexpr int noRoute = 7003;
inline constexpr int authentication = 10000;
inline constexpr int internal = 10001;
inline constexpr int badBody = 10002;
inline constexpr int scriptNotFound = 10007;
inline constexpr int scriptInvalid = 10021;
inline constexpr int bindingInUse = 10053;
inline constexpr int secretNotFound = 10056;
inline constexpr int serviceNotFound = 10090;
inline constexpr int workflowNotFound = 10200;
inline constexpr int eventInstanceNotFound = 10201;
inline constexpr int versionNotFound = 10300;
inline constexpr int instanceNotFound = 10400;
inline constexpr int cannotTerminate = 10401;
inline constexpr int cannotRestart = 10402;
inline constexpr int instanceNotRunning = 10403;
inline constexpr int instanceExists = 10405;
inline constexpr int storage = 19001;      ///< the database could not be written
inline constexpr int unavailable = 19002;  ///< the engine is stopping, or user code cannot run
inline constexpr int tooLarge = 19003;
inline constexpr int transport = 19004;  ///< client side: no answer from the backend
// Client side as well:
inline constexpr int certificate = 19020;  ///< the backend could not prove who it is
inline constexpr int limited = 19021;      ///< the budget of requests is used up; nothing was sent
inline constexpr int unsupported = 19022;  ///< this kind of backend has no such thing; nothing was sent
}  // namespace code

/// "10200 workflows.api.error.workflow.not_found", for logs.
std::string describe(const Error& error);

}  // namespace stepwell::api
