#pragma once

#include <string>

namespace stepwell::headless {

/// What a command does just now: one line of a terminal on stderr, which the next one replaces and the end
/// takes away. Where stderr is no terminal, nothing.
class ProgressLine {
  public:
    ProgressLine();
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const std::string& text);
    void clear();

  private:
    bool m_isTerminal;
    bool m_isShown = false;
};

}  // namespace stepwell::headless
