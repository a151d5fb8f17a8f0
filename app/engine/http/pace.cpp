#include "app/engine/http/pace.h"

namespace stepwell::engine::http {

void BodyPace::got(std::size_t bytes, PaceTime now) {
    if (since_) waited_ += now - *since_;
    since_.reset();
    bytes_ += bytes;
}

bool BodyPace::isLate(PaceTime now, const PaceLimits& limits) const {
    if (!since_) return false;
    if (now - *since_ > limits.body) return true;
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(waited_ + (now - *since_));
    if (waited <= limits.grace) return false;
    return static_cast<double>(bytes_) * 1'000 <
           static_cast<double>(limits.bodyRate) * static_cast<double>(waited.count());
}

void Pace::wait(Wait what, PaceTime now) {
    wait_ = what;
    since_ = now;
    if (what == Wait::firstHead || what == Wait::nextHead) {
        headBegan_ = what == Wait::firstHead;
        body_.reset();
    }
    if (what != Wait::body) return;
    if (!body_) body_.emplace();
    body_->wait(now);
}

void Pace::progress(std::size_t bytes, PaceTime now) {
    since_ = now;
    if (wait_ == Wait::body) body_->got(bytes, now);
}

Late Pace::late(PaceTime now, const PaceLimits& limits, bool hasBytes) {
    const auto beyond = [&](std::chrono::milliseconds limit, Late what) {
        return now - since_ > limit ? what : Late::no;
    };
    switch (wait_) {
    case Wait::nothing:
        return Late::no;
    case Wait::handshake:
        return beyond(limits.handshake, Late::handshake);
    case Wait::firstHead:
    case Wait::nextHead:
        if (!headBegan_ && hasBytes) {
            headBegan_ = true;
            since_ = now;
        }
        // One who says nothing at all is told nothing.
        return headBegan_ ? beyond(limits.head, hasBytes ? Late::head : Late::idle)
                          : beyond(limits.idle, Late::idle);
    case Wait::body:
        return body_->isLate(now, limits) ? Late::body : Late::no;
    case Wait::write:
        return beyond(limits.write, Late::write);
    case Wait::linger:
        return beyond(limits.linger, Late::linger);
    }
    return Late::no;
}

}  // namespace stepwell::engine::http
