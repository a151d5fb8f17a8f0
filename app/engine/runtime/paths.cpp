#include "app/engine/runtime/paths.h"

namespace stepwell::engine {

namespace fs = std::filesystem;

namespace {

fs::path besideProgram(const char* relative, const char* fromBuild) {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        const auto beside = (program.parent_path() / ".." / relative).lexically_normal();
        if (fs::exists(beside, error)) return beside;
    }
    return fromBuild;
}

}  // namespace

fs::path defaultGuard() {
    return besideProgram("lib/stepwell/stepwell-guard", STEPWELL_GUARD);
}
fs::path defaultWorkerd() {
    return besideProgram("lib/stepwell/workerd", STEPWELL_WORKERD);
}
fs::path defaultDriver() {
    return besideProgram("share/stepwell/driver", STEPWELL_DRIVER);
}
fs::path defaultEsbuild() {
    return besideProgram("lib/stepwell/esbuild", STEPWELL_ESBUILD);
}

}  // namespace stepwell::engine
