#include "app/headless/interruption.h"

#include <csignal>
#include <initializer_list>

namespace stepwell::headless {

namespace {

volatile std::sig_atomic_t wished = 0;

}  // namespace

void catchInterruptions() {
    struct sigaction action {};
    action.sa_handler = [](int) { wished = 1; };
    // Calls of the system that are under way go on; what works in steps sees to it soon enough.
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        ::sigaction(signal, &action, nullptr);
}

bool isInterrupted() {
    return wished != 0;
}

}  // namespace stepwell::headless
