#pragma once

#include "app/engine/store/reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine {

/// What is kept of an instance while its events are told; its row holds params and output, which may be
/// large.
struct EventSubject {
    std::string workflow;  ///< its name
    WorkflowKey workflowKey;
    InstanceKey key;
    std::string id;
    api::Time created{};
    Sequence changed;      ///< event of the last change of status
    bool isFinal = false;  ///< since then
};
EventSubject eventSubject(std::string workflow, const InstanceRow& instance);

/// Turns lines of the live stream into the events of one instance, as endpoint 23 of the reference has them.
class InstanceEvents {
  public:
    /// Whether there is such a type of event.
    static bool isType(std::string_view type);

    /// `filter`: types to be told, all when empty.
    InstanceEvents(EventSubject subject, std::vector<std::string> filter);

    const EventSubject& subject() const { return m_subject; }

    struct Told {
        std::optional<std::string> message;  ///< one JSON object
        bool over = false;                   ///< nothing follows
        bool restarted = false;              ///< an instance that had ended goes on
        std::string type;                    ///< of the event, when there is a message
        std::string stepName;                ///< as logged, with its counter; empty when it is about no step
        StepIndex step{-1};
    };
    Told tell(const FeedLine& line) const;
    /// Whether nothing follows `cursor` unless the instance is restarted. Its end may be told by no line: it
    /// may be before the cursor, or be kept no more.
    bool isOverAt(Sequence cursor) const;

  private:
    bool ends(std::string_view type, const FeedLine& line) const;

    EventSubject m_subject;  ///< as it was when the subscription began
    std::vector<std::string> m_filter;
};

/// A place in the stream from which on every event of an instance that was created then is still to come,
/// found by halving: the stream may keep half a million.
api::Result<Sequence> placeBefore(Reader& reader, api::Time created);

}  // namespace stepwell::engine
