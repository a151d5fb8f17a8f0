#include "models/deploy/unpacking.h"

#include "models/api/site_rules.h"
#include "models/deploy/unpacking_folder.h"
#include "models/site/archive.h"

#include <QDir>
#include <QStandardPaths>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace stepwell {

namespace fs = std::filesystem;

namespace {

class FolderSink final : public site::ArchiveSink {
  public:
    explicit FolderSink(std::string root)
        : m_root(std::move(root)) {}

    api::Result<void> begin(const std::string& path) override {
        m_name = path;
        m_path = m_root + '/' + path;
        std::error_code problem;
        fs::create_directories(fs::path(m_path).parent_path(), problem);
        m_file.open(m_path, std::ios::binary | std::ios::trunc);
        if (problem || !m_file.is_open()) return unwritten("It may stand where another entry has a folder.");
        return {};
    }
    api::Result<void> write(std::string_view bytes) override {
        m_file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return m_file.good() ? api::Result<void>() : unwritten("Is the disk full?");
    }
    api::Result<void> end(End how) override {
        m_file.close();
        if (m_file.fail()) return unwritten("Is the disk full?");
        std::error_code ignored;
        if (how == End::tooLarge) fs::remove(m_path, ignored);
        return {};
    }

  private:
    tl::unexpected<api::Error> unwritten(const std::string& advice) const {
        return api::fail(0, api::code::badBody,
                         "The entry \"" + m_name + "\" could not be unpacked into " + m_root + ". " + advice);
    }

    std::string m_root;
    std::string m_name;
    std::string m_path;
    std::ofstream m_file;
};

/// On a disk and not in memory, where folders for temporary files may be.
QString cacheFolder() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + "/stepwell";
}

/// Paths in the site, below the folder around everything.
std::vector<site::Finding> findingsOf(const site::ArchiveSummary& summary) {
    const auto stripped = summary.top.empty() ? 0 : summary.top.size() + 1;
    std::vector<site::Finding> found;
    const auto add = [&](site::Concern concern, const std::vector<std::string>& paths) {
        for (const auto& path : paths)
            found.push_back({concern, path.substr(std::min(stripped, path.size())), 0});
    };
    add(site::Concern::tooLarge, summary.tooLarge);
    add(site::Concern::repeated, summary.repeated);
    add(site::Concern::sameButCase, summary.sameButCase);
    return found;
}

}  // namespace

api::Result<UnpackedSite> unpackSite(const std::string& archive,
                                     const std::function<bool(std::int64_t)>& progress) {
    const QString cache = cacheFolder();
    const auto folder = UnpackingFolder::make(QDir().mkpath(cache) ? cache : QDir::tempPath());
    if (!folder) return tl::unexpected(folder.error());
    const auto root = (*folder)->path().toStdString();
    FolderSink sink(root);
    auto summary = site::readArchive(archive, {}, sink, progress);
    if (!summary) return tl::unexpected(summary.error());
    return UnpackedSite{*folder, summary->top.empty() ? root : root + '/' + summary->top,
                        findingsOf(*summary)};
}

void addFindings(site::LocalSite& site, const std::vector<site::Finding>& found) {
    std::set<std::string> known;
    for (const auto& finding : site.findings)
        known.insert(finding.path);
    for (const auto& finding : found) {
        // Nothing is said of files that stay out anyway.
        const bool staysOut = known.contains(finding.path) || api::isIgnoredInSite(finding.path);
        if (!site::isMereNote(finding.concern) || !staysOut) site.findings.push_back(finding);
    }
    std::stable_sort(site.findings.begin(), site.findings.end(),
                     [](const auto& a, const auto& b) { return a.path < b.path; });
}

void removeAbandonedUnpackings() {
    if (const QString cache = cacheFolder(); QDir(cache).exists()) removeAbandonedFolders(cache);
}

}  // namespace stepwell
