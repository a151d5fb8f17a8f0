#include "app/engine/runtime/paths.h"

namespace stepwell::engine {

namespace {

namespace fs = std::filesystem;

#if defined(__aarch64__)
constexpr const char* workerdPackage = "@cloudflare/workerd-linux-arm64";
#else
constexpr const char* workerdPackage = "@cloudflare/workerd-linux-64";
#endif

fs::path share() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path().parent_path() / "share" / "stepwell";
}

fs::path firstThatExists(const fs::path& installed, const fs::path& built) {
    std::error_code error;
    return fs::exists(installed, error) ? installed : built;
}

}  // namespace

fs::path defaultWorkerd() {
    return firstThatExists(share() / "bin" / "workerd", fs::path(STEPWELL_NODE_DIR) / workerdPackage / "bin" / "workerd");
}

fs::path defaultDriver() { return firstThatExists(share() / "driver", STEPWELL_DRIVER_DIR); }

}  // namespace stepwell::engine
