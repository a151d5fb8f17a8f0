#pragma once

namespace stepwell::headless {

/// From now on the first SIGINT, SIGTERM or SIGHUP is a wish: what works in steps asks for it and ends, so
/// that what it made is removed. The second one ends the program at once. Once, before other threads.
void catchInterruptions();
/// Whether somebody wishes that the command ends. Any thread.
bool isInterrupted();

}  // namespace stepwell::headless
