#pragma once

#include <string>

namespace stepwell::engine {

/// What static analysis made of one workflow class of a bundle: the step graph of the reference, section 1.5.
struct ClassGraph {
    std::string className;
    std::string graph;   ///< JSON text; empty when there is none
    std::string reason;  ///< for people: why there is none
};

/// Grows when the analyser learns something: graphs of an older one are made anew.
inline constexpr int analyserVersion = 1;

}  // namespace stepwell::engine
