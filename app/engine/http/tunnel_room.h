#pragma once

#include "models/api/error.h"

#include <optional>
#include <string>
#include <unordered_map>

namespace stepwell::engine::http {

/// How many requests are passed on, in all and for each caller. io thread only.
class TunnelRoom {
  public:
    /// Why one more for this caller cannot be; nothing when it can. This machine may have all of them.
    std::optional<api::Error> hindrance(const std::string& caller, int most, int mostPerCaller) const;
    void enter(const std::string& caller);
    void leave(const std::string& caller);

  private:
    int m_all = 0;
    std::unordered_map<std::string, int> m_of;  ///< by `addressKey`
};

}  // namespace stepwell::engine::http
