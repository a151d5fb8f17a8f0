#pragma once

#include <functional>
#include <string>
#include <vector>

namespace stepwell::bench {

/// How long the GUI thread is busy with one thing: what is done to the window, and every event and repaint
/// that follows from it at once. Milliseconds.
double frame(const std::function<void()>& act);

/// Prints one JSON object per figure: {"name":"timeline scroll frame, p50","value":1.2,"unit":"ms"}.
void print(const std::string& name, double value, const std::string& unit);
/// p50, p99 and the longest of these frames.
void printFrames(const std::string& name, std::vector<double> frames);

}  // namespace stepwell::bench
