#pragma once

#include <string_view>

namespace stepwell::api {

/// "type extension extension;" and so on, in any white space: the registered types and those in wide use, as
/// wrangler knows them. `js` is application/javascript and `ts` a video there.
extern const std::string_view contentTypeTable;

}  // namespace stepwell::api
