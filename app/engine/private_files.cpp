#include "app/engine/private_files.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

namespace stepwell::engine {

namespace {

constexpr mode_t others = S_IRWXG | S_IRWXO;
constexpr mode_t ownerAlone = S_IRUSR | S_IWUSR;

std::string octal(mode_t mode) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
    return text.data();
}

/// The mode of a file that group or others may do something with.
std::optional<mode_t> openMode(const std::filesystem::path& file) {
    struct stat status {};
    if (::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return (status.st_mode & others) == 0 ? std::nullopt : std::optional<mode_t>(status.st_mode);
}

/// Files of a folder that nobody else may enter are hidden, whatever their own modes are.
bool isHidden(const std::filesystem::path& folder) {
    struct stat status {};
    return ::stat(folder.c_str(), &status) == 0 && (status.st_mode & (S_IXGRP | S_IXOTH)) == 0;
}

}  // namespace

std::vector<std::string> closeDataFolder(const std::filesystem::path& dataDir) {
    std::vector<std::string> told;
    const bool hidden = isHidden(dataDir);
    for (const auto* name : {"token", "stepwell.db", "pages.db", "access.db", "analytics.db"})
        for (const auto* suffix : {"", "-wal", "-shm"}) {
            const auto file = dataDir / (std::string(name) + suffix);
            const auto mode = openMode(file);
            if (!mode) continue;
            const auto what = "The file " + file.string() + ", which holds secrets, ";
            const bool closed = ::chmod(file.c_str(), ownerAlone) == 0;
            const std::string why = closed ? "" : std::strerror(errno);
            if (hidden) continue;
            if (!closed)
                told.push_back(what + "is open to others (mode " + octal(*mode) +
                               ") and cannot be closed: " + why + ". Run chmod 600 on it as its owner.");
            else if (std::string_view(name) == "token")
                told.push_back(
                    what + "was open to others (mode " + octal(*mode) +
                    ") and is its owner's alone now. If somebody may have read it, stop the engine, "
                    "delete the file and start again: that makes a new token.");
            else
                told.push_back(what + "was open to others (mode " + octal(*mode) +
                               ") and is its owner's alone now.");
        }
    return told;
}

std::string exposureOf(const std::filesystem::path& tokenFile) {
    const auto mode = openMode(tokenFile);
    if (!mode) return {};
    return "The token file " + tokenFile.string() + " is open to others than its owner (mode " +
           octal(*mode) + "), and the token opens everything: run chmod 600 " + tokenFile.string() +
           ", and write a new token into it if somebody may have read this one.";
}

}  // namespace stepwell::engine
