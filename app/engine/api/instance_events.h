#pragma once

#include "app/engine/store/rows.h"
#include "models/api/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::rest {

/// Turns lines of the live stream into the events of one instance, as endpoint 23 of the reference has them.
class InstanceEvents {
  public:
    /// Whether there is such a type of event.
    static bool isType(std::string_view type);

    /// `filter`: types to be told, all when empty.
    InstanceEvents(std::string workflow, const InstanceRow& instance, std::vector<std::string> filter);

    struct Told {
        std::optional<std::string> message;  ///< one JSON object
        bool over = false;                   ///< nothing follows
    };
    Told tell(const FeedLine& line) const;

  private:
    bool ends(std::string_view type, const FeedLine& line) const;

    std::string m_workflow;
    std::string m_instance;
    Sequence m_changed;  ///< event of the last change of status when the subscription began
    bool m_wasFinal = false;
    std::vector<std::string> m_filter;
};

}  // namespace stepwell::engine::rest
