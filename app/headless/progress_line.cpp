#include "app/headless/progress_line.h"

#include "app/headless/log.h"

#include <sys/ioctl.h>

#include <cstdio>
#include <unistd.h>

namespace stepwell::headless {

namespace {

/// So that the line does not break, which nothing would take away.
std::size_t columns() {
    constexpr std::size_t usual = 80;
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U : usual - 1;
}

}  // namespace

ProgressLine::ProgressLine()
    : m_isTerminal(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const std::string& text) {
    if (!m_isTerminal) return;
    std::fprintf(stderr, "\r\x1b[K%s", oneLine(text).substr(0, columns()).c_str());
    std::fflush(stderr);
    m_isShown = true;
}

void ProgressLine::clear() {
    if (!m_isShown) return;
    std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
    m_isShown = false;
}

}  // namespace stepwell::headless
