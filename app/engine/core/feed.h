#pragma once

#include "app/engine/store/rows.h"

#include <string_view>

namespace stepwell::engine {

/// Appends `text` as a JSON string with quotes. Invalid UTF-8 is passed through: it came in as checked JSON.
void appendJsonString(std::string& out, std::string_view text);

/// Builds one event of the live stream; see api/EXTENSIONS.md.
class FeedEvent {
  public:
    /// `time` is ISO 8601 text: a turn writes it once.
    FeedEvent(Sequence sequence, std::string_view time, std::string_view type);
    FeedEvent& of(std::string_view workflow, std::string_view instance = {});
    FeedEvent& step(const StepRow& row);
    FeedEvent& number(std::string_view key, std::int64_t value);
    FeedEvent& text(std::string_view key, std::string_view value);
    FeedEvent& error(std::string_view name, std::string_view message);
    FeedLine take();

  private:
    FeedLine m_line;
};

/// Wall times are counted in buckets 10 % apart: bucket b holds durations from 1.1^b ms on.
int durationBucket(api::Milliseconds duration);
/// The middle of a bucket.
api::Milliseconds bucketDuration(int bucket);

}  // namespace stepwell::engine
