#include "app/engine/instance_lock.h"
#include "app/engine/store/durable_file.h"
#include "app/headless/backup/archive.h"
#include "app/headless/backup/commands.h"
#include "app/headless/command_line.h"
#include "app/headless/interruption.h"
#include "app/headless/log.h"
#include "app/headless/progress_line.h"

#include <sys/stat.h>

#include <cstdio>
#include <unistd.h>

namespace stepwell::headless {

namespace fs = std::filesystem;

namespace {

constexpr const char* usage = "stepwelld restore --from FILE --data-dir DIR";
constexpr const char* help = R"(usage: stepwelld restore --from FILE --data-dir DIR

  --from FILE             an archive of stepwelld backup
  --data-dir DIR          where it goes: a folder that is not there yet or is empty; the one above must be there

Reads the archive to its end, compares every file with its checksum and checks the databases; only then the
folder is there, or in the place of the empty one. An engine that starts on it goes on where the backup was made.
The exit code is 0 when it is there, 1 when it is not, and 2 for wrong arguments.
)";

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

api::Result<Manifest> restore(const fs::path& from, const fs::path& dataDir, ProgressLine& line) {
    if (std::error_code error; !fs::exists(from, error) || fs::is_directory(from, error))
        return failed("There is no file " + from.string() +
                      ". Name an archive of stepwelld backup with --from.");
    if (auto may = mayReplace(dataDir); !may) return tl::unexpected(may.error());
    const Draft draft(dataDir);
    if (::mkdir(draft.path().c_str(), S_IRWXU) != 0)
        return failed("Nothing can be written beside " + dataDir.string() + ".");
    line.show("Reading " + from.string());
    const auto manifest = readArchive(from, draft.path());
    if (!manifest) return tl::unexpected(manifest.error());
    for (const auto& file : manifest->files)
        if (isDatabaseName(file.name)) {
            line.show("Checking " + file.name);
            if (auto checked = checkDatabase(draft.path() / file.name); !checked)
                return tl::unexpected(checked.error());
        }
    if (auto given = handOver(draft.path(), dataDir); !given) return tl::unexpected(given.error());
    if (!engine::syncFolder(draft.path())) return engine::unwritten(draft.path());
    // Takes the place of an empty folder, and of nothing else.
    if (::rename(draft.path().c_str(), dataDir.c_str()) != 0)
        return failed("The restored folder cannot take the place of " + dataDir.string() +
                      ": it is not empty any more, or lies on another file system.");
    if (!engine::syncFolder(dataDir.parent_path())) return engine::unwritten(dataDir.parent_path());
    return *manifest;
}

}  // namespace

int runRestore(const std::vector<std::string>& arguments) {
    if (asksForHelp(arguments)) return std::fputs(help, stdout) < 0 ? 1 : 0;
    const auto given = readArguments(arguments, {"--from", "--data-dir"}, usage);
    if (!given) return refuse(given.error().message);
    if (given->size() != 2)
        return refuse("--from and --data-dir are both needed. Usage: " + std::string(usage));
    auto dataDir = fs::absolute(given->at("--data-dir")).lexically_normal();
    if (!dataDir.has_filename()) dataDir = dataDir.parent_path();
    catchInterruptions();
    ProgressLine line;
    const auto done = restore(fs::absolute(given->at("--from")), dataDir, line);
    line.clear();
    if (!done) return giveUp(done.error().message);
    std::printf("Restored %zu files of %s to %s.\n", done->files.size(), oneLine(done->created).c_str(),
                oneLine(dataDir.string()).c_str());
    return 0;
}

}  // namespace stepwell::headless
