#include "app/engine/instance_lock.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace stepwell::engine {

namespace {

constexpr std::chrono::seconds announceLimit{5};
constexpr std::chrono::milliseconds pollInterval{50};
constexpr std::size_t largestAnnouncement = 16 * 1024;
constexpr std::size_t tokenBytes = 32;
constexpr std::size_t shortestToken = 32;
constexpr std::size_t largestToken = 4096;

/// A file descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(int fd = -1)
        : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

  private:
    int fd_;
};

tl::unexpected<api::Error> systemError(const std::string& what, const std::filesystem::path& file,
                                       int reason) {
    return api::fail(0, api::code::unavailable,
                     what + " " + file.string() + ": " + std::strerror(reason) + ".");
}

bool writeAll(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// From the start of the file, at most `limit` bytes.
std::string readAll(int fd, std::size_t limit) {
    std::string text(limit, '\0');
    std::size_t size = 0;
    while (size < limit) {
        const auto got = ::pread(fd, text.data() + size, limit - size, static_cast<off_t>(size));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

std::optional<RunningEngine> parseAnnouncement(const std::string& text) {
    // Of a longer announcement before this one there may be an end behind it.
    const auto json = parseBounded<nlohmann::json>(text.substr(0, text.find('\n')));
    if (!json.is_object()) return std::nullopt;
    const auto field = [&](const char* key) {
        const auto it = json.find(key);
        return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    RunningEngine running{field("url"),       field("account"),   field("token_file"), 0,
                          field("local_url"), field("public_key")};
    if (const auto it = json.find("pid"); it != json.end() && it->is_number_integer())
        running.pid = it->get<int>();
    // What a dead owner left is not what the present one will announce.
    const bool alive = running.pid > 0 && (::kill(running.pid, 0) == 0 || errno == EPERM);
    if (running.url.empty() || !alive) return std::nullopt;
    return running;
}

class FileLock final : public DataLock {
  public:
    FileLock(Descriptor file, std::filesystem::path path)
        : file_(std::move(file))
        , path_(std::move(path)) {}

    ~FileLock() override {
        // An empty file tells a reader that nobody can be joined; the lock itself goes with the descriptor.
        if (::ftruncate(file_.get(), 0) != 0) return;
    }

    api::Result<void> announce(const RunningEngine& running) override {
        const nlohmann::json json = {
            {"url", running.url}, {"account", running.account},    {"token_file", running.tokenFile},
            {"pid", running.pid}, {"local_url", running.localUrl}, {"public_key", running.publicKey}};
        const auto text = json.dump() + '\n';
        // Over the one before, so that there is one at any time.
        if (::lseek(file_.get(), 0, SEEK_SET) != 0 || !writeAll(file_.get(), text) ||
            ::ftruncate(file_.get(), static_cast<off_t>(text.size())) != 0)
            return systemError("Cannot write the lock file", path_, errno);
        return {};
    }

  private:
    Descriptor file_;
    std::filesystem::path path_;
};

api::Result<void> makeFolder(const std::filesystem::path& dir) {
    std::error_code error;
    if (std::filesystem::create_directories(dir, error))
        std::filesystem::permissions(dir, std::filesystem::perms::owner_all, error);
    if (error) return systemError("Cannot create the data folder", dir, error.value());
    if (!std::filesystem::is_directory(dir, error))
        return systemError("The data folder is not a folder:", dir, ENOTDIR);
    return {};
}

std::string randomHex() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, tokenBytes> bytes{};
    while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    }
    std::string out;
    for (const auto byte : bytes) {
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

api::Result<std::string> createToken(const std::filesystem::path& file) {
    // Whole or not there at all: written beside, then renamed.
    const auto draft = std::filesystem::path(file.string() + ".new-" + std::to_string(::getpid()));
    const auto token = randomHex();
    {
        const Descriptor out(
            ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!out) return systemError("Cannot create the token file", draft, errno);
        if (!writeAll(out.get(), token + '\n') || ::fsync(out.get()) != 0)
            return systemError("Cannot write the token file", draft, errno);
    }
    if (::rename(draft.c_str(), file.c_str()) != 0)
        return systemError("Cannot create the token file", file, errno);
    return token;
}

std::string trimmed(std::string text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    text.resize(end == std::string::npos ? 0 : end + 1);
    return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

}  // namespace

api::Result<std::variant<std::unique_ptr<DataLock>, DataLock::Taken>>
DataLock::acquire(const std::filesystem::path& dataDir) {
    if (auto made = makeFolder(dataDir); !made) return tl::unexpected(made.error());
    const auto path = dataDir / "lock";
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) return systemError("Cannot open the lock file", path, errno);
    const auto giveUp = std::chrono::steady_clock::now() + announceLimit;
    for (;;) {
        if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
            if (::ftruncate(file.get(), 0) != 0)
                return systemError("Cannot write the lock file", path, errno);
            return std::make_unique<FileLock>(std::move(file), path);
        }
        if (errno != EWOULDBLOCK && errno != EINTR) return systemError("Cannot lock", path, errno);
        if (auto running = parseAnnouncement(readAll(file.get(), largestAnnouncement)))
            return Taken{std::move(running)};
        if (std::chrono::steady_clock::now() >= giveUp) return Taken{};
        std::this_thread::sleep_for(pollInterval);
    }
}

namespace {

/// The lock file of a folder that somebody has locked; invalid otherwise.
Descriptor lockedFile(const std::filesystem::path& dataDir) {
    Descriptor file(::open((dataDir / "lock").c_str(), O_RDONLY | O_CLOEXEC));
    // A shared lock is had for a moment when nobody holds the folder.
    if (file && ::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return Descriptor(-1);
    return file;
}

}  // namespace

bool isLocked(const std::filesystem::path& dataDir) {
    return static_cast<bool>(lockedFile(dataDir));
}

std::optional<RunningEngine> runningOn(const std::filesystem::path& dataDir) {
    const auto file = lockedFile(dataDir);
    if (!file) return std::nullopt;
    return parseAnnouncement(readAll(file.get(), largestAnnouncement));
}

api::Result<std::string> loadOrCreateToken(const std::filesystem::path& file) {
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in && errno == ENOENT) return createToken(file);
    if (!in) return systemError("Cannot read the token file", file, errno);
    auto token = trimmed(readAll(in.get(), largestToken));
    const bool printable = token.find_first_of(" \t\r\n") == std::string::npos;
    if (token.size() >= shortestToken && printable) return token;
    return api::fail(
        0, api::code::authentication,
        "The token file " + file.string() +
            " must hold one line of at least 32 characters without spaces. Write a long random text into "
            "it, or delete it to have one made.");
}

}  // namespace stepwell::engine
