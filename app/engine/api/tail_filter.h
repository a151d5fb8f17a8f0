#pragma once

#include "app/engine/pages/site_log.h"

namespace stepwell::engine::rest {

/// Which requests a tail wants: all conditions hold. Reference, section 3.6.
struct TailFilter {
    double samplingRate = 1;  ///< share of the requests, 0 to 1
    std::vector<std::string> outcomes;
    std::vector<std::string> methods;
    std::vector<std::string> clientAddresses;  ///< "self" is this machine
    std::string text;                          ///< in what was logged
    struct Header {
        std::string name;  ///< in lower case
        std::string text;  ///< empty: that it is there is enough
    };
    std::vector<Header> headers;
};

/// `{"filters":[...]}`; errors name what cannot be understood.
api::Result<TailFilter> readTailFilter(std::string_view body);

/// `draw` is a random number of [0, 1).
bool wants(const TailFilter& filter, const pages::SiteRequest& request, double draw);

}  // namespace stepwell::engine::rest
