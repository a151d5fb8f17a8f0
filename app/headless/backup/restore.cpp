#include "app/engine/instance_lock.h"
#include "app/engine/store/durable_file.h"
#include "app/headless/backup/archive.h"
#include "app/headless/backup/commands.h"
#include "app/headless/command_line.h"
#include "app/headless/log.h"

#include <sys/stat.h>

#include <unistd.h>

namespace stepwell::headless {

namespace fs = std::filesystem;

namespace {

constexpr const char* usage = "stepwelld restore --from FILE --data-dir DIR";

tl::unexpected<api::Error> failed(const std::string& what) {
    return api::fail(0, api::code::storage, what);
}

/// Beside the data folder, until it takes its place.
class Draft {
  public:
    explicit Draft(const fs::path& dataDir)
        : m_path(dataDir.string() + ".restoring-" + std::to_string(::getpid())) {}
    ~Draft() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    const fs::path& path() const { return m_path; }

  private:
    fs::path m_path;
};

api::Result<void> mayReplace(const fs::path& dataDir) {
    std::error_code error;
    if (!fs::exists(dataDir, error)) return {};
    if (engine::isLocked(dataDir))
        return failed("An engine runs on " + dataDir.string() + ". Stop it, and restore to another folder.");
    if (!fs::is_directory(dataDir, error) || !fs::is_empty(dataDir, error) || error)
        return failed(dataDir.string() + " is not an empty folder. Restore to a new one, or move that away "
                                         "first.");
    return {};
}

/// What root puts in the place of somebody's folder is theirs: the service must be able to use it.
api::Result<void> handOver(const fs::path& draft, const fs::path& dataDir) {
    struct stat about {};
    if (::geteuid() != 0 || ::stat(dataDir.c_str(), &about) != 0 || about.st_uid == 0) return {};
    std::error_code error;
    bool done = true;
    for (fs::recursive_directory_iterator at(draft, error), end; !error && done && at != end;
         at.increment(error))
        done = ::lchown(at->path().c_str(), about.st_uid, about.st_gid) == 0;
    // Last: until then nobody but root gets in, who could put links to other files there meanwhile.
    done = done && !error && ::lchown(draft.c_str(), about.st_uid, about.st_gid) == 0;
    if (done) return {};
    return failed("The restored files cannot be given to the owner of " + dataDir.string() + ".");
}

api::Result<void> restore(const fs::path& from, const fs::path& dataDir) {
    if (auto may = mayReplace(dataDir); !may) return may;
    const Draft draft(dataDir);
    if (::mkdir(draft.path().c_str(), S_IRWXU) != 0)
        return failed("Nothing can be written beside " + dataDir.string() + ".");
    log(Level::info, "Reading " + from.string());
    const auto manifest = readArchive(from, draft.path());
    if (!manifest) return tl::unexpected(manifest.error());
    for (const auto& file : manifest->files)
        if (isDatabaseName(file.name)) {
            log(Level::info, "Checking " + file.name);
            if (auto checked = checkDatabase(draft.path() / file.name); !checked) return checked;
        }
    if (auto given = handOver(draft.path(), dataDir); !given) return given;
    if (!engine::syncFolder(draft.path())) return engine::unwritten(draft.path());
    // Takes the place of an empty folder, and of nothing else.
    if (::rename(draft.path().c_str(), dataDir.c_str()) != 0)
        return failed("The restored folder cannot take the place of " + dataDir.string() +
                      ": it is not empty any more, or lies on another file system.");
    if (!engine::syncFolder(dataDir.parent_path())) return engine::unwritten(dataDir.parent_path());
    log(Level::info, "Restored " + std::to_string(manifest->files.size()) + " files of " + manifest->created +
                         " to " + dataDir.string() + ".");
    return {};
}

}  // namespace

int runRestore(const std::vector<std::string>& arguments) {
    const auto given = readArguments(arguments, {"--from", "--data-dir"}, usage);
    if (!given || given->size() != 2) {
        log(Level::error, given ? std::string("Usage: ") + usage : given.error().message);
        return 2;
    }
    auto dataDir = fs::absolute(given->at("--data-dir")).lexically_normal();
    if (!dataDir.has_filename()) dataDir = dataDir.parent_path();
    const auto done = restore(fs::absolute(given->at("--from")), dataDir);
    if (done) return 0;
    log(Level::error, done.error().message);
    return 1;
}

}  // namespace stepwell::headless
