#pragma once

#include "models/api/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepwell::engine::http {

/// Writes JSON text front to back into one string: no tree, no allocation per value. The caller keeps objects
/// and arrays balanced; commas are the writer's business. Text that is not UTF-8 gets U+FFFD for each bad
/// byte.
class JsonWriter {
  public:
    explicit JsonWriter(std::size_t reserve = 256) { text_.reserve(reserve); }

    JsonWriter& object();
    JsonWriter& object(std::string_view key);
    JsonWriter& endObject();
    JsonWriter& array();
    JsonWriter& array(std::string_view key);
    JsonWriter& endArray();

    // Elements of an array.
    JsonWriter& text(std::string_view value);
    JsonWriter& number(std::int64_t value);
    JsonWriter& raw(std::string_view json);  ///< `json` must be valid

    // Members of an object.
    JsonWriter& text(std::string_view key, std::string_view value);
    JsonWriter& number(std::string_view key, std::int64_t value);
    JsonWriter& real(std::string_view key, double value);  ///< null when not finite
    JsonWriter& flag(std::string_view key, bool value);
    JsonWriter& flag(std::string_view key, std::optional<bool> value);
    JsonWriter& null(std::string_view key);
    JsonWriter& raw(std::string_view key, std::string_view json);  ///< `json` must be valid
    JsonWriter& time(std::string_view key, api::Time value);
    JsonWriter& time(std::string_view key, std::optional<api::Time> value);

    std::string take() { return std::move(text_); }

  private:
    void separate();
    void name(std::string_view key);
    void quoted(std::string_view value);

    std::string text_;
};

}  // namespace stepwell::engine::http
