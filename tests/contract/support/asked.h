#pragma once

#include "models/backend.h"

#include <QtTest>

#include <optional>

namespace stepwell::test {

/// Asks a backend and waits for its answer: whether that was a good one. What was wrong is said.
template <class T, class Call>
bool asked(Call call, int patienceMs) {
    std::optional<api::Result<T>> answer;
    call(Done<T>([&answer](api::Result<T> told) { answer = std::move(told); }));
    if (!QTest::qWaitFor([&] { return answer.has_value(); }, patienceMs)) return false;
    if (!*answer) qWarning("%s", answer->error().message.c_str());
    return answer->has_value();
}

}  // namespace stepwell::test
