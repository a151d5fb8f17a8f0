#include "app/engine/store/durable_file.h"
#include "app/headless/backup/archive.h"
#include "app/headless/backup/commands.h"
#include "app/headless/command_line.h"
#include "app/headless/interruption.h"
#include "app/headless/log.h"
#include "app/headless/progress_line.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace stepwell::headless {

namespace fs = std::filesystem;

namespace {

constexpr const char* usage = "stepwelld backup --data-dir DIR --to FILE|DIR";
constexpr const char* help = R"(usage: stepwelld backup --data-dir DIR --to FILE|DIR

  --data-dir DIR          the data folder; an engine may run on it and work meanwhile
  --to FILE|DIR           the archive, which must not be there yet: FILE.tar.zst, FILE.tar.gz or FILE.tar. In a
                          folder it is called stepwell-TIME.tar.zst

Puts databases, scripts, sites and the token into one archive, reads it again to see that it is whole, and tells
its path, its size and how long it took. Keep it as safe as the data folder: it holds all secrets. The exit code
is 0 when it is there, 1 when it is not, and 2 for wrong arguments.
)";

tl::unexpected<api::Error> failed(const std::string& what) {
    return api::fail(0, api::code::storage, what);
}

struct Done {
    fs::path archive;
    std::size_t files = 0;
    std::uintmax_t bytes = 0;
};

/// "12.3 MiB"
std::string sizeOf(std::uintmax_t bytes) {
    constexpr std::array<const char*, 4> units = {"KiB", "MiB", "GiB", "TiB"};
    constexpr double step = 1024;
    auto size = static_cast<double>(bytes) / step;
    std::size_t unit = 0;
    for (; size >= step && unit + 1 < units.size(); ++unit)
        size /= step;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", size, units[unit]);
    return text.data();
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

bool isArchiveName(const fs::path& path) {
    const auto name = path.filename().string();
    constexpr std::array<const char*, 4> ends = {".tar.zst", ".tar.gz", ".tgz", ".tar"};
    return std::any_of(ends.begin(), ends.end(), [&name](const std::string& end) {
        return name.ends_with(end) && name.size() > end.size();
    });
}

api::Result<Done> backUp(const fs::path& dataDir, const fs::path& target, ProgressLine& line) {
    std::error_code error;
    if (!fs::is_directory(dataDir, error)) return failed("There is no data folder " + dataDir.string() + ".");
    if (fs::exists(target, error))
        return failed(target.string() + " is there already. Choose another name, or a folder.");
    const Workplace place(target);
    if (!place.make())
        return failed("Nothing can be written beside " + target.string() +
                      ". Make its folder, or choose "
                      "another --to.");
    const Progress tell = [&line](const std::string& text) { line.show(text); };
    const auto snapshot = DataSnapshot::take(dataDir, place.staging(), tell);
    if (!snapshot) return tl::unexpected(snapshot.error());
    if (!snapshot->missing().empty()) {
        line.clear();
        complain("warning: " + std::to_string(snapshot->missing().size()) +
                 " files that the databases name are not in the data folder, " + snapshot->missing().front() +
                 " for one; they are missing in the backup too.");
    }
    const auto written = writeArchive(place.draft(), snapshot->files(), tell);
    if (!written) return tl::unexpected(written.error());
    tell("Verifying");
    if (const auto read = readArchive(place.draft()); !read) return tl::unexpected(read.error());
    if (::rename(place.draft().c_str(), target.c_str()) != 0) return engine::unwritten(target);
    if (!engine::syncFolder(target.parent_path())) return engine::unwritten(target.parent_path());
    return Done{target, written->files.size(), fs::file_size(target, error)};
}

}  // namespace

int runBackup(const std::vector<std::string>& arguments) {
    if (asksForHelp(arguments)) return std::fputs(help, stdout) < 0 ? 1 : 0;
    const auto given = readArguments(arguments, {"--data-dir", "--to"}, usage);
    if (!given) return refuse(given.error().message);
    if (given->size() != 2)
        return refuse("--data-dir and --to are both needed. Usage: " + std::string(usage));
    const auto target = targetOf(given->at("--to"));
    if (!isArchiveName(target))
        return refuse(
            "--to must be a folder, or the name of an archive that ends in .tar.zst, .tar.gz, .tgz or .tar, "
            "not \"" +
            given->at("--to") + "\".");
    const auto began = std::chrono::steady_clock::now();
    catchInterruptions();
    ProgressLine line;
    const auto done = backUp(fs::absolute(given->at("--data-dir")), target, line);
    line.clear();
    if (!done) return giveUp(done.error().message);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf(
        "Backed up %zu files to %s: %s in %.1f s. It holds the token and all secrets: keep it as safe as the "
        "data folder.\n",
        done->files, oneLine(done->archive.string()).c_str(), sizeOf(done->bytes).c_str(), took.count());
    return 0;
}

}  // namespace stepwell::headless
