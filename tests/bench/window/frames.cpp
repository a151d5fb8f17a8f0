#include "tests/bench/window/frames.h"

#include <QCoreApplication>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace stepwell::bench {

double frame(const std::function<void()>& act) {
    const auto start = std::chrono::steady_clock::now();
    act();
    QCoreApplication::sendPostedEvents();  // the repaint is one of them
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void print(const std::string& name, double value, const std::string& unit) {
    std::printf("{\"name\":\"%s\",\"value\":%.2f,\"unit\":\"%s\"}\n", name.c_str(), value, unit.c_str());
    std::fflush(stdout);
}

void printFrames(const std::string& name, std::vector<double> frames) {
    std::sort(frames.begin(), frames.end());
    const auto at = [&](double share) {
        return frames.at(static_cast<std::size_t>(static_cast<double>(frames.size() - 1) * share));
    };
    print(name + ", p50", at(0.5), "ms");
    print(name + ", p99", at(0.99), "ms");
    print(name + ", longest", frames.back(), "ms");
}

}  // namespace stepwell::bench
