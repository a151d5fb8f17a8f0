#include "models/site/archive.h"

#include "models/site/archive_name.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <clocale>
#include <cwchar>
#include <cwctype>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_set>

namespace stepwell::site {

namespace {

constexpr std::size_t pieceBytes = 256 * 1024;
constexpr std::size_t mostListed = 1'000;

struct ArchiveFree {
    void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, ArchiveFree>;

/// libarchive turns names into the character set of the thread's locale; with this they stay UTF-8 whatever
/// the person's locale is.
class Utf8Locale {
  public:
    Utf8Locale()
        : m_locale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr))
        , m_before(m_locale ? uselocale(m_locale) : nullptr) {}
    ~Utf8Locale() {
        if (!m_locale) return;
        uselocale(m_before);
        freelocale(m_locale);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

  private:
    locale_t m_locale;
    locale_t m_before;
};

/// Needs a Utf8Locale.
std::wstring withoutCase(std::string_view path) {
    std::wstring folded;
    for (std::mbstate_t state{}; !path.empty();) {
        wchar_t character = 0;
        auto length = std::mbrtowc(&character, path.data(), path.size(), &state);
        if (length == 0 || length > path.size()) {
            state = {};
            length = 1;
            character = static_cast<unsigned char>(path.front());
        }
        folded += static_cast<wchar_t>(std::towlower(static_cast<std::wint_t>(character)));
        path.remove_prefix(length);
    }
    return folded;
}

class Unpacking {
  public:
    Unpacking(Reader reader, std::string name, std::int64_t packedBytes, const ArchiveLimits& limits,
              ArchiveSink& sink, const ArchiveProgress& progress)
        : m_reader(std::move(reader))
        , m_name(std::move(name))
        , m_packed(std::max<std::int64_t>(packedBytes, 1))
        , m_limits(limits)
        , m_sink(sink)
        , m_progress(progress) {}

    api::Result<ArchiveSummary> run() {
        for (std::int64_t entries = 0;; ++entries) {
            archive_entry* entry = nullptr;
            const int got = archive_read_next_header(m_reader.get(), &entry);
            if (got == ARCHIVE_EOF) break;
            if (got != ARCHIVE_OK && got != ARCHIVE_WARN) return broken();
            if (entries >= m_limits.mostEntries)
                return refuse("it holds more than " + std::to_string(m_limits.mostEntries) + " entries.");
            if (auto taken = take(entry); !taken) return tl::unexpected(taken.error());
        }
        if (m_summary.files == 0 && m_summary.tooLarge.empty()) return refuse("there is no file in it.");
        m_summary.top = m_top.value_or("");
        return std::move(m_summary);
    }

  private:
    tl::unexpected<api::Error> refuse(const std::string& why) const {
        return api::fail(0, api::code::badBody, "\"" + m_name + "\" is not deployed: " + why);
    }
    tl::unexpected<api::Error> refuseEntry(const std::string& path, const std::string& why) const {
        return refuse("its entry \"" + path + "\" " + why + ". Pack it again without that.");
    }
    tl::unexpected<api::Error> broken() const {
        const char* text = archive_error_string(m_reader.get());
        return refuse("it cannot be read as a zip or tar archive (" + std::string(text ? text : "damaged") +
                      "). Pack it again.");
    }

    api::Result<void> take(archive_entry* entry) {
        const char* raw = archive_entry_pathname(entry);
        const auto name = decodedName(raw ? raw : "");
        const auto path = safePath(name);
        if (!path) return refuseEntry(name, path.error());
        if (isPackersJunk(*path)) {
            ++m_summary.passed;
            return {};
        }
        if (archive_entry_hardlink(entry)) return refuseEntry(name, "is a link");
        const auto type = archive_entry_filetype(entry);
        if (type == AE_IFDIR) {
            if (!path->empty()) noteTop(*path, true);
            return {};
        }
        if (type == AE_IFLNK) return refuseEntry(name, "is a link");
        if (type != AE_IFREG && type != 0) return refuseEntry(name, "is a device or a pipe");
        if (archive_entry_is_encrypted(entry)) return refuseEntry(name, "is encrypted");
        if (path->empty()) return refuseEntry(name, "has no name");
        if (m_summary.files >= m_limits.mostFiles)
            return refuse("it holds more than " + std::to_string(m_limits.mostFiles) + " files.");
        noteTop(*path, false);
        noteSeen(*path);
        return unpack(name, *path);
    }

    /// Hashes do: at worst somebody is warned who need not be.
    void noteSeen(const std::string& path) {
        const bool isNew = m_paths.insert(std::hash<std::string>()(path)).second;
        const bool isNewWithoutCase = m_folded.insert(std::hash<std::wstring>()(withoutCase(path))).second;
        if (isNewWithoutCase) return;
        auto& list = isNew ? m_summary.sameButCase : m_summary.repeated;
        const bool isListed = std::find(list.begin(), list.end(), path) != list.end();
        if (!isListed && list.size() < mostListed) list.push_back(path);
    }

    void noteTop(const std::string& path, bool isFolder) {
        const auto slash = path.find('/');
        const bool isLoose = slash == std::string::npos && !isFolder;
        const auto first = isLoose ? std::string() : path.substr(0, slash);
        if (!m_top) m_top = first;
        if (*m_top != first) m_top->clear();
    }

    api::Result<void> unpack(const std::string& name, const std::string& path) {
        if (auto begun = m_sink.begin(path); !begun) return begun;
        std::int64_t size = 0;
        bool tooLarge = false;
        for (;;) {
            const auto got = archive_read_data(m_reader.get(), m_piece.data(), m_piece.size());
            if (got < 0) return refuseEntry(name, "is damaged");
            if (got == 0) break;
            size += got;
            m_unpacked += got;
            if (auto within = checkSize(name); !within) return within;
            tooLarge = tooLarge || size > m_limits.largestFile;
            if (tooLarge) continue;  // read on to know what it really takes
            if (auto written = m_sink.write({m_piece.data(), static_cast<std::size_t>(got)}); !written)
                return written;
        }
        if (tooLarge && m_summary.tooLarge.size() < mostListed) m_summary.tooLarge.push_back(path);
        if (!tooLarge) {
            ++m_summary.files;
            m_summary.bytes += size;
        }
        if (m_progress && !m_progress(m_unpacked)) return api::fail(0, codeCancelled, "Cancelled.");
        return m_sink.end(tooLarge ? ArchiveSink::End::tooLarge : ArchiveSink::End::complete);
    }

    api::Result<void> checkSize(const std::string& name) const {
        if (m_unpacked > m_limits.mostBytes)
            return refuseEntry(name, "takes it over " + std::to_string(m_limits.mostBytes >> 20U) +
                                         " MiB, the most that is unpacked");
        if (m_unpacked > m_limits.growthFrom && m_unpacked / m_packed > m_limits.mostGrowth)
            return refuseEntry(name, "unpacks to far more than it takes in the archive, as only a trap does");
        if (m_progress && !m_progress(m_unpacked)) return api::fail(0, codeCancelled, "Cancelled.");
        return {};
    }

    Reader m_reader;
    std::string m_name;
    std::int64_t m_packed;
    const ArchiveLimits& m_limits;
    ArchiveSink& m_sink;
    const ArchiveProgress& m_progress;
    ArchiveSummary m_summary;
    std::optional<std::string> m_top;
    std::unordered_set<std::size_t> m_paths;
    std::unordered_set<std::size_t> m_folded;
    std::int64_t m_unpacked = 0;
    std::vector<char> m_piece = std::vector<char>(pieceBytes);
};

Reader makeReader() {
    Reader reader(archive_read_new());
    if (!reader) return reader;
    archive_read_support_format_zip(reader.get());
    archive_read_support_format_tar(reader.get());
    archive_read_support_filter_gzip(reader.get());
    return reader;
}

api::Result<ArchiveSummary> unopened(const std::string& name, archive* reader) {
    const char* text = reader ? archive_error_string(reader) : "out of memory";
    return api::fail(0, api::code::badBody,
                     "\"" + name + "\" is not deployed: it cannot be opened as a zip or tar archive (" +
                         std::string(text ? text : "unknown format") + ").");
}

}  // namespace

api::Result<ArchiveSummary> readArchive(const std::string& file, const ArchiveLimits& limits,
                                        ArchiveSink& sink, const ArchiveProgress& progress) {
    const Utf8Locale locale;
    const auto name = std::filesystem::path(file).filename().string();
    auto reader = makeReader();
    if (!reader || archive_read_open_filename(reader.get(), file.c_str(), pieceBytes) != ARCHIVE_OK)
        return unopened(name, reader.get());
    std::error_code ignored;
    const auto packed = static_cast<std::int64_t>(std::filesystem::file_size(file, ignored));
    return Unpacking(std::move(reader), name, packed, limits, sink, progress).run();
}

api::Result<ArchiveSummary> readArchive(std::string_view bytes, const std::string& name,
                                        const ArchiveLimits& limits, ArchiveSink& sink,
                                        const ArchiveProgress& progress) {
    const Utf8Locale locale;
    auto reader = makeReader();
    if (!reader || archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        return unopened(name, reader.get());
    return Unpacking(std::move(reader), name, static_cast<std::int64_t>(bytes.size()), limits, sink, progress)
        .run();
}

bool isArchiveName(std::string_view name) {
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    constexpr std::array<std::string_view, 4> endings = {".zip", ".tar.gz", ".tgz", ".tar"};
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return lower.ends_with(ending); });
}

}  // namespace stepwell::site
