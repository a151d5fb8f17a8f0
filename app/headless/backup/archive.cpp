#include "app/headless/backup/archive.h"

#include "app/engine/store/durable_file.h"
#include "app/headless/interruption.h"
#include "models/api/time.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <set>

namespace stepwell::headless {

namespace fs = std::filesystem;
using engine::DurableFile;

namespace {

constexpr const char* manifestName = "manifest.json";
constexpr std::size_t block = 256 * 1024;
constexpr std::size_t largestManifest = 256 * 1024 * 1024;
constexpr std::size_t mostFiles = 2'000'000;             ///< more than such a manifest names
constexpr std::uint64_t keptFree = 16ULL * 1024 * 1024;  ///< bytes of a disk that is written to
constexpr int format = 1;

tl::unexpected<api::Error> failed(const std::string& what) {
    return api::fail(0, api::code::storage, what);
}

class Sha256 {
  public:
    Sha256()
        : m_context(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
        EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr);
    }
    void add(std::string_view bytes) { EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size()); }
    std::string hex() {
        std::array<unsigned char, 32> digest{};
        EVP_DigestFinal_ex(m_context.get(), digest.data(), nullptr);
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        for (const auto byte : digest) {
            text += digits[byte >> 4U];
            text += digits[byte & 15U];
        }
        return text;
    }

  private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> m_context;
};

class Writer {
  public:
    api::Result<void> open(const fs::path& file) {
        m_file = std::make_unique<DurableFile>(file, O_WRONLY | O_CREAT | O_EXCL | O_TRUNC);
        if (!m_file->valid()) return engine::unwritten(file);
        m_path = file;
        archive_write_set_format_pax_restricted(m_archive.get());
        const auto name = file.string();
        if (name.find(".zst") != std::string::npos)
            archive_write_add_filter_zstd(m_archive.get());
        else if (name.find(".gz") != std::string::npos || name.find(".tgz") != std::string::npos)
            archive_write_add_filter_gzip(m_archive.get());
        if (archive_write_open_fd(m_archive.get(), m_file->descriptor()) != ARCHIVE_OK) return trouble();
        return {};
    }

    api::Result<void> begin(const std::string& name, std::uint64_t bytes) {
        const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                                  archive_entry_free);
        archive_entry_set_pathname(entry.get(), name.c_str());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0600);
        if (archive_write_header(m_archive.get(), entry.get()) != ARCHIVE_OK) return trouble();
        return {};
    }

    api::Result<void> add(std::string_view bytes) {
        if (archive_write_data(m_archive.get(), bytes.data(), bytes.size()) !=
            static_cast<la_ssize_t>(bytes.size()))
            return trouble();
        return {};
    }

    api::Result<void> end() {
        if (archive_write_close(m_archive.get()) != ARCHIVE_OK) return trouble();
        if (!m_file->sync()) return engine::unwritten(m_path);
        return {};
    }

  private:
    tl::unexpected<api::Error> trouble() const {
        const auto* text = archive_error_string(m_archive.get());
        return failed("The archive " + m_path.string() +
                      " cannot be written: " + (text == nullptr ? "no reason was given" : text) + ".");
    }

    std::unique_ptr<archive, decltype(&archive_write_free)> m_archive{archive_write_new(),
                                                                      archive_write_free};
    std::unique_ptr<DurableFile> m_file;
    fs::path m_path;
};

api::Result<Manifest::File> addFile(Writer& writer, const BackupFile& file) {
    std::error_code error;
    Manifest::File done{file.name, fs::file_size(file.path, error), {}};
    std::ifstream in(file.path, std::ios::binary);
    if (error || !in) return failed("The file " + file.name + " cannot be read.");
    if (auto begun = writer.begin(done.name, done.bytes); !begun) return tl::unexpected(begun.error());
    Sha256 sum;
    std::string buffer(block, '\0');
    std::uint64_t left = done.bytes;
    while (left > 0) {
        if (isInterrupted()) return failed("Interrupted.");
        in.read(buffer.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(left, block)));
        const auto got = static_cast<std::size_t>(in.gcount());
        if (got == 0) return failed("The file " + file.name + " became shorter while it was read.");
        const std::string_view bytes(buffer.data(), got);
        sum.add(bytes);
        if (auto added = writer.add(bytes); !added) return tl::unexpected(added.error());
        left -= got;
    }
    done.sha256 = sum.hex();
    return done;
}

std::string textOf(const Manifest& manifest) {
    auto files = nlohmann::ordered_json::array();
    for (const auto& file : manifest.files)
        files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
    const nlohmann::ordered_json all = {{"format", format},
                                        {"created", manifest.created},
                                        {"version", manifest.version},
                                        {"files", std::move(files)}};
    return all.dump(1) + '\n';
}

/// Nothing when it is not what `textOf` writes: an archive may come from anywhere.
std::optional<Manifest> manifestOf(const std::string& text) {
    try {
        const auto json = nlohmann::json::parse(text);
        if (json.at("format") != format) return std::nullopt;
        Manifest manifest{json.at("created"), json.at("version"), {}};
        for (const auto& file : json.at("files"))
            manifest.files.push_back({file.at("name"), file.at("bytes"), file.at("sha256")});
        return manifest;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

std::string mebibytes(std::uint64_t bytes) {
    return std::to_string(bytes / (1024 * 1024)) + " MiB";
}

class Reader {
  public:
    Reader(const fs::path& file, fs::path into)
        : m_name(file.string())
        , m_into(std::move(into)) {
        archive_read_support_format_tar(m_archive.get());
    }

    api::Result<Manifest> run() {
        // What backups are compressed with, and nothing that other programs would be started for.
        if (archive_read_support_filter_gzip(m_archive.get()) != ARCHIVE_OK ||
            archive_read_support_filter_zstd(m_archive.get()) != ARCHIVE_OK)
            return failed("This build reads no archives with gzip and zstd.");
        if (auto room = findRoom(); !room) return tl::unexpected(room.error());
        if (archive_read_open_filename(m_archive.get(), m_name.c_str(), block) != ARCHIVE_OK)
            return trouble();
        archive_entry* entry = nullptr;
        int code = ARCHIVE_OK;
        while ((code = archive_read_next_header(m_archive.get(), &entry)) == ARCHIVE_OK)
            if (auto read = readEntry(entry); !read) return tl::unexpected(read.error());
        if (code != ARCHIVE_EOF) return trouble();
        const auto manifest = manifestOf(m_manifest);
        if (!manifest) return failed(m_name + " is no whole backup: it has no manifest at its end.");
        return compared(*manifest);
    }

  private:
    tl::unexpected<api::Error> trouble() const {
        const auto* text = archive_error_string(m_archive.get());
        return failed(m_name +
                      " cannot be read as a backup: " + (text == nullptr ? "it ends too early" : text) + ".");
    }

    /// What may be written without filling the disk, which others need as well.
    api::Result<void> findRoom() {
        if (m_into.empty()) return {};
        std::error_code error;
        const auto space = fs::space(m_into, error);
        if (error) return failed("The free space of " + m_into.string() + " cannot be told.");
        m_room = space.available - std::min<std::uint64_t>(space.available, keptFree);
        return {};
    }

    /// A small archive can hold any number of zeros: it gets as much of the disk as is free.
    api::Result<void> takeRoom(std::uint64_t bytes) {
        if (bytes > m_room)
            return failed(m_name + " holds more than there is room for beside the data folder: a file of " +
                          mebibytes(bytes) + ", and " + mebibytes(m_room) +
                          " are free. Restore to a larger disk.");
        m_room -= bytes;
        return {};
    }

    api::Result<void> readEntry(archive_entry* entry) {
        const auto* path = archive_entry_pathname(entry);
        const std::string name = path == nullptr ? "" : path;
        const bool isManifest = name == manifestName;
        // Nothing but what a data folder has is ever written, wherever an archive comes from.
        if (archive_entry_filetype(entry) != AE_IFREG || (!isManifest && !isBackupName(name)) ||
            m_found.count(name) > 0)
            return failed(m_name + " holds \"" + name + "\", which is no part of a backup.");
        if (m_found.size() >= mostFiles) return failed(m_name + " holds more files than any backup.");
        const auto announced = static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)));
        std::unique_ptr<DurableFile> out;
        if (!isManifest && !m_into.empty()) {
            if (auto taken = takeRoom(announced); !taken) return taken;
            const auto target = m_into / name;
            std::error_code error;
            fs::create_directories(target.parent_path(), error);
            out = std::make_unique<DurableFile>(target, O_WRONLY | O_CREAT | O_EXCL);
            if (!out->valid()) return engine::unwritten(target);
            m_folders.insert(target.parent_path());
        }
        return readBytes(name, isManifest, announced, out.get());
    }

    api::Result<void> readBytes(const std::string& name, bool isManifest, std::uint64_t announced,
                                const DurableFile* out) {
        Sha256 sum;
        Manifest::File file{name, 0, {}};
        std::string buffer(block, '\0');
        la_ssize_t got = 0;
        while ((got = archive_read_data(m_archive.get(), buffer.data(), buffer.size())) > 0) {
            if (isInterrupted()) return failed("Interrupted.");
            const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
            sum.add(bytes);
            file.bytes += bytes.size();
            if (file.bytes > announced) return failed(m_name + " is damaged: " + name + " has no end.");
            if (isManifest) {
                if (file.bytes > largestManifest) return failed(m_name + " has no manifest of a sane size.");
                m_manifest += bytes;
            }
            if (out != nullptr && !out->write(bytes)) return engine::unwritten(m_into / name);
        }
        if (got < 0) return trouble();
        if (out != nullptr && !out->sync()) return engine::unwritten(m_into / name);
        file.sha256 = sum.hex();
        m_found.emplace(name, std::move(file));
        return {};
    }

    api::Result<Manifest> compared(const Manifest& manifest) {
        for (const auto& file : manifest.files) {
            const auto it = m_found.find(file.name);
            if (it == m_found.end()) return failed(m_name + " lacks the file " + file.name + ".");
            if (it->second.bytes != file.bytes || it->second.sha256 != file.sha256)
                return failed(m_name + " is damaged: the checksum of " + file.name + " is another.");
        }
        if (m_found.size() != manifest.files.size() + 1)
            return failed(m_name + " holds files that its manifest does not know.");
        for (const auto& folder : m_folders)
            if (!engine::syncFolder(folder)) return engine::unwritten(folder);
        return manifest;
    }

    std::unique_ptr<archive, decltype(&archive_read_free)> m_archive{archive_read_new(), archive_read_free};
    std::string m_name;
    fs::path m_into;
    std::uint64_t m_room = 0;  ///< bytes that may still be written
    std::string m_manifest;
    std::map<std::string, Manifest::File> m_found;
    std::set<fs::path> m_folders;
};

}  // namespace

api::Result<Manifest> writeArchive(const fs::path& file, const std::vector<BackupFile>& files,
                                   const Progress& progress) {
    Writer writer;
    if (auto opened = writer.open(file); !opened) return tl::unexpected(opened.error());
    const auto now = std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
    Manifest manifest{api::toIso(now), STEPWELL_VERSION, {}};
    std::size_t told = 0;
    for (const auto& each : files) {
        auto added = addFile(writer, each);
        if (!added) return tl::unexpected(added.error());
        manifest.files.push_back(std::move(*added));
        const auto percent = manifest.files.size() * 100 / files.size();
        if (percent < told + 10) continue;
        told = percent;
        progress("Writing: " + std::to_string(percent) + " % of " + std::to_string(files.size()) + " files");
    }
    const auto text = textOf(manifest);
    auto done = writer.begin(manifestName, text.size());
    if (done) done = writer.add(text);
    if (done) done = writer.end();
    if (!done) return tl::unexpected(done.error());
    return manifest;
}

api::Result<Manifest> readArchive(const fs::path& file, const fs::path& into) {
    return Reader(file, into).run();
}

}  // namespace stepwell::headless
