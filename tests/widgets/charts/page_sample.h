#pragma once

#include "tests/models/fake_backend.h"

namespace stepwell::test {

/// Has the backend answer the schema, the settings and whatever the Analytics page asks for with invented
/// numbers that look like those of an order shop: waves over the day, a bad half hour, some empty buckets.
void answerAnalytics(FakeBackend& backend);
/// The same backend with nothing to tell.
void answerEmptyAnalytics(FakeBackend& backend);

}  // namespace stepwell::test
