#include "app/headless/program_files.h"

#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <system_error>

namespace stepwell::headless {

namespace fs = std::filesystem;

namespace {

constexpr int treeLevels = 5;  ///< from build/<preset>/bin up to the source tree, and a bit

#if defined(__aarch64__)
constexpr const char* runtimePackage = "workerd-linux-arm64";
#else
constexpr const char* runtimePackage = "workerd-linux-64";
#endif

bool isFile(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

std::optional<fs::path> fromEnvironment(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return fs::path(value);
}

/// The first of these files below the folder above `bin`, then below the folders above that.
std::optional<fs::path> findBeside(const fs::path& bin, std::initializer_list<fs::path> relative) {
    auto folder = bin.parent_path();
    for (int level = 0; level < treeLevels; ++level) {
        for (const auto& path : relative)
            if (isFile(folder / path)) return folder / path;
        if (folder == folder.root_path()) break;
        folder = folder.parent_path();
    }
    return std::nullopt;
}

api::Result<fs::path> findWorkerd(const fs::path& bin, const fs::path& given) {
    if (!given.empty()) {
        if (isFile(given)) return given;
        return api::fail(0, api::code::unavailable,
                         "There is no runtime at " + given.string() + "; see --workerd.");
    }
    if (const auto path = fromEnvironment("STEPWELL_WORKERD")) return *path;
    const fs::path package = fs::path("node_modules") / "@cloudflare" / runtimePackage / "bin" / "workerd";
    if (const auto path =
            findBeside(bin, {"lib/stepwell/workerd", fs::path("share/stepwell/driver") / package,
                             fs::path("resources/driver") / package}))
        return *path;
    return api::fail(0, api::code::unavailable,
                     "The runtime workerd is not beside this program. Run packaging/run, which fetches it, "
                     "or name it with "
                     "--workerd FILE.");
}

api::Result<fs::path> findDriver(const fs::path& bin) {
    if (const auto path = fromEnvironment("STEPWELL_DRIVER")) return *path;
    const auto file = findBeside(bin, {"share/stepwell/driver/driver.js", "resources/driver/driver.js"});
    if (file) return file->parent_path();
    return api::fail(
        0, api::code::unavailable,
        "The driver (share/stepwell/driver/driver.js) is not beside this program. Build or install all of "
        "Stepwell: packaging/run does.");
}

}  // namespace

api::Result<ProgramFiles> findProgramFiles(const fs::path& program, const fs::path& workerd) {
    const auto bin = program.parent_path();
    auto runtime = findWorkerd(bin, workerd);
    if (!runtime) return tl::unexpected(runtime.error());
    auto driver = findDriver(bin);
    if (!driver) return tl::unexpected(driver.error());
    return ProgramFiles{std::move(*runtime), std::move(*driver)};
}

fs::path thisProgram() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error);
}

}  // namespace stepwell::headless
