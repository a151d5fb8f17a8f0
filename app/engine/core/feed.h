#pragma once

#include "app/engine/core/feed_text.h"

#include <string_view>

namespace stepwell::engine {

/// Writes one event of the live stream to the end of a turn's feed; see api/EXTENSIONS.md. Until it is ended,
/// nothing else may be written there.
class FeedEvent {
  public:
    FeedEvent(Feed& feed, std::string_view type);
    FeedEvent& step(const StepRow& row);
    FeedEvent& number(std::string_view key, std::int64_t value);
    FeedEvent& text(std::string_view key, std::string_view value);
    FeedEvent& error(std::string_view name, std::string_view message);
    void end();

  private:
    void member(std::string_view key);

    Feed* m_feed;
};

/// Wall times are counted in buckets 10 % apart: bucket b holds durations from 1.1^b ms on.
int durationBucket(api::Milliseconds duration);
/// The middle of a bucket.
api::Milliseconds bucketDuration(int bucket);

}  // namespace stepwell::engine
