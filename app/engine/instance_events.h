#pragma once

#include "app/engine/store/reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine {

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
        std::string type;                    ///< of the event, when there is a message
        std::string stepName;                ///< as logged, with its counter; empty when it is about no step
        StepIndex step{-1};
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

/// A place in the stream from which on every event of an instance that was created then is still to come,
/// found by halving: the stream may keep half a million.
api::Result<Sequence> placeBefore(Reader& reader, api::Time created);

}  // namespace stepwell::engine
