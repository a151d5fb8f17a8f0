#pragma once

#include "models/api/error.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace stepwell::engine::graphql {

/// Where something stands in a document: line and column from 1, columns in bytes. 0 means nowhere.
struct Location {
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    friend bool operator==(const Location&, const Location&) = default;
};

/// One step into an answer: a response key, or an index of a list.
using PathStep = std::variant<std::string, std::size_t>;

/// Why a request, or a part of it, has no data.
struct Error {
    std::string message;
    std::vector<Location> locations;
    std::vector<PathStep> path;  ///< empty: of no field in particular, `null` in the answer
    int http = 400;              ///< status the whole answer travels with when this is its gravest error
    std::string code;            ///< `extensions.code`; empty: there is none
};

inline Error errorAt(Location location, std::string message) {
    return {std::move(message), {location}, {}, 400, {}};
}

/// A value, or the one error that stands for it.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> refuse(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

/// What one request may cost. Each bound is checked before the work that it bounds.
struct Limits {
    std::size_t documentBytes = 256 * 1024;
    std::size_t tokens = 20'000;
    std::size_t depth = 24;         ///< nested selection sets, fragments counted where they are spread
    std::size_t nesting = 64;       ///< brackets within brackets, of any kind
    std::size_t fields = 5'000;     ///< selected fields, fragments counted each time they are spread
    std::size_t errors = 50;        ///< of validation; further ones are not told
    std::size_t steps = 4'000'000;  ///< comparisons of fields that could merge
    std::size_t responseBytes = 32u << 20;  ///< JSON text of the answer
};

}  // namespace stepwell::engine::graphql
