#include "app/engine/store/durable_file.h"
#include "app/headless/backup/archive.h"
#include "app/headless/backup/commands.h"
#include "app/headless/command_line.h"
#include "app/headless/log.h"

#include <sys/stat.h>

#include <ctime>
#include <unistd.h>

namespace stepwell::headless {

namespace fs = std::filesystem;

namespace {

constexpr const char* usage = "stepwelld backup --data-dir DIR --to FILE|DIR";

tl::unexpected<api::Error> failed(const std::string& what) {
    return api::fail(0, api::code::storage, what);
}

void tell(const std::string& line) {
    log(Level::info, line);
}

/// A folder beside the archive that goes with it, and the archive until it is whole.
class Workplace {
  public:
    explicit Workplace(const fs::path& archive)
        : m_base(archive.parent_path() /
                 ("." + archive.filename().string() + ".partial-" + std::to_string(::getpid()))) {}
    ~Workplace() {
        std::error_code ignored;
        fs::remove_all(staging(), ignored);
        fs::remove(draft(), ignored);
    }
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    fs::path staging() const { return m_base.string() + ".d"; }
    /// Keeps what the name says of the compression.
    fs::path draft() const { return m_base; }
    bool make() const { return ::mkdir(staging().c_str(), S_IRWXU) == 0; }

  private:
    fs::path m_base;
};

/// In a folder, a name with the time.
fs::path targetOf(const std::string& to) {
    const auto path = fs::absolute(to).lexically_normal();
    std::error_code error;
    if (!fs::is_directory(path, error)) return path;
    const auto now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::string name(64, '\0');
    name.resize(std::strftime(name.data(), name.size(), "stepwell-%Y%m%dT%H%M%SZ.tar.zst", &parts));
    return path / name;
}

api::Result<fs::path> backUp(const fs::path& dataDir, const fs::path& target) {
    std::error_code error;
    if (!fs::is_directory(dataDir, error)) return failed("There is no data folder " + dataDir.string() + ".");
    if (fs::exists(target, error))
        return failed(target.string() + " is there already. Choose another name, or a folder.");
    const Workplace place(target);
    if (!place.make())
        return failed("Nothing can be written beside " + target.string() +
                      ". Make its folder, or choose "
                      "another --to.");
    const auto snapshot = DataSnapshot::take(dataDir, place.staging(), tell);
    if (!snapshot) return tl::unexpected(snapshot.error());
    if (!snapshot->missing().empty())
        log(Level::warning, std::to_string(snapshot->missing().size()) +
                                " files that the databases name are not in the data folder, " +
                                snapshot->missing().front() +
                                " for one; they are missing in the backup too.");
    const auto written = writeArchive(place.draft(), snapshot->files(), tell);
    if (!written) return tl::unexpected(written.error());
    tell("Verifying");
    if (const auto read = readArchive(place.draft()); !read) return tl::unexpected(read.error());
    if (::rename(place.draft().c_str(), target.c_str()) != 0) return engine::unwritten(target);
    if (!engine::syncFolder(target.parent_path())) return engine::unwritten(target.parent_path());
    tell("Backed up " + std::to_string(written->files.size()) + " files to " + target.string() +
         ". It holds the token and all secrets: keep it as safe as the data folder.");
    return target;
}

}  // namespace

int runBackup(const std::vector<std::string>& arguments) {
    const auto given = readArguments(arguments, {"--data-dir", "--to"}, usage);
    if (!given || given->size() != 2) {
        log(Level::error, given ? std::string("Usage: ") + usage : given.error().message);
        return 2;
    }
    const auto done = backUp(fs::absolute(given->at("--data-dir")), targetOf(given->at("--to")));
    if (done) return 0;
    log(Level::error, done.error().message);
    return 1;
}

}  // namespace stepwell::headless
