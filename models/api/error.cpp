#include "models/api/error.h"

namespace stepwell::api {

std::string describe(const Error& error) {
    return std::to_string(error.code) + " " + error.message;
}

}  // namespace stepwell::api
