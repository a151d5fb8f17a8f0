#pragma once

#include <string>

namespace stepwell::client {

/// A name of an enumeration that we do not know, as it is shown; "unknown" says nothing.
inline std::string otherName(std::string name) {
    return name == "unknown" ? std::string() : name;
}

}  // namespace stepwell::client
