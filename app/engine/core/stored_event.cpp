#include "app/engine/core/stored_event.h"

#include "app/engine/core/lines.h"
#include "models/api/json_text.h"

namespace stepwell::engine {

std::string storedEvent(const SentEventRow& event) {
    std::string text = std::to_string(event.time.time_since_epoch().count()) + "\t" + event.type + "\t";
    appendEscaped(text, event.payload);
    return text;
}

std::string eventPreview(const SentEventRow& event) {
    std::string json = "{\"payload\":";
    json += event.payload.starts_with('j') ? event.payload.substr(1) : "{}";
    json += ",\"timestamp\":\"" + api::toIso(event.time) + "\",\"type\":";
    api::appendJsonString(json, event.type);
    return json + "}";
}

}  // namespace stepwell::engine
