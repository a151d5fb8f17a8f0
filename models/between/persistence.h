#pragma once

#include "models/between/course.h"

#include <chrono>
#include <string>
#include <thread>

namespace stepwell::between {

/// What is sent again: reads whenever they may go well a little later, verbs only when they were refused for
/// being one too many, because whether others have arrived is not known.
enum class Repeat { reads, verbs };

inline bool mayGoWellLater(Repeat what, const api::Error& error) {
    constexpr int tooMany = 429, firstServerError = 500, diskFull = 507;
    if (error.http == tooMany) return true;
    if (what == Repeat::verbs || error.http == diskFull) return false;
    return error.code == api::code::transport || error.http >= firstServerError;
}

inline auto saying(const Course::Report& report) {
    return [&report](const std::string& what) { report.say(what); };
}

/// Calls up to three times, with `say` told what it waits for. How long a backend wants to be left alone is
/// what its links wait by themselves; a pause is added so that it is not asked at once where it did not say.
template <class Say, class Call>
auto persist(Repeat what, const StopFlag& stop, Say say, Call call) -> decltype(call()) {
    using namespace std::chrono_literals;
    constexpr int mostTries = 3;
    for (int tries = 1;; ++tries) {
        auto answer = call();
        if (answer || stop || tries == mostTries || !mayGoWellLater(what, answer.error())) return answer;
        say("Waits: " + answer.error().message);
        const auto until = std::chrono::steady_clock::now() + tries * 500ms;
        while (!stop && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(20ms);
    }
}

}  // namespace stepwell::between
