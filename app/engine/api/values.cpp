#include "app/engine/api/values.h"

#include "app/engine/core/step_config.h"
#include "app/engine/http/text.h"

namespace stepwell::engine::rest {

std::optional<std::string_view> shownJson(std::string_view preview, std::string_view value) {
    if (!preview.empty() || value.starts_with('s')) return preview;
    if (value.size() > 1 && value.front() == 'j') return value.substr(1);
    return std::nullopt;
}

std::string_view valueType(std::string_view preview, std::string_view value) {
    if (value.empty()) return {};
    if (value.front() == 'u') return "undefined";
    if (preview == redacted) return "hidden";
    if (value.front() == 's') return "stream";
    return value.front() == 'j' ? "json" : "structured";
}

void writeValueType(http::JsonWriter& json, std::string_view preview, std::string_view value) {
    const auto type = valueType(preview, value);
    type.empty() ? json.null("output_type") : json.text("output_type", type);
}

bool writeCutOutput(http::JsonWriter& json, std::string_view preview, std::string_view value) {
    const auto shown = shownJson(preview, value);
    if (!shown) {
        json.null("output");
        return false;
    }
    const auto cut = http::firstCharacters(*shown, outputCharacters);
    if (cut.size() == shown->size()) {
        json.text("output", *shown);
        return false;
    }
    json.text("output", std::string(cut) + "[truncated output]");
    return true;
}

void writeError(http::JsonWriter& json, std::string_view key, std::string_view name, std::string_view message,
                std::string_view stack, Stack wanted) {
    if (name.empty() && message.empty()) {
        json.null(key);
        return;
    }
    json.object(key).text("name", name.empty() ? "Error" : name).text("message", message);
    if (wanted == Stack::with) json.text("stack", stack);
    json.endObject();
}

}  // namespace stepwell::engine::rest
