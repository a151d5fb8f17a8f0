#include "models/deploy/unpacking.h"

#include "models/site/archive.h"

#include <QDir>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <filesystem>
#include <fstream>

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
QString unpackingFolder() {
    const QString cache =
        QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + "/stepwell";
    return QDir().mkpath(cache) ? cache : QDir::tempPath();
}

}  // namespace

api::Result<UnpackedSite> unpackSite(const std::string& archive,
                                     const std::function<bool(std::int64_t)>& progress) {
    const auto folder = std::make_shared<QTemporaryDir>(unpackingFolder() + "/site-XXXXXX");
    if (!folder->isValid())
        return api::fail(0, api::code::badBody,
                         "No folder to unpack into could be made: " + folder->errorString().toStdString() +
                             ".");
    const auto root = folder->path().toStdString();
    FolderSink sink(root);
    auto summary = site::readArchive(archive, {}, sink, progress);
    if (!summary) return tl::unexpected(summary.error());
    UnpackedSite unpacked{folder, summary->top.empty() ? root : root + '/' + summary->top, {}};
    const auto stripped = summary->top.empty() ? 0 : summary->top.size() + 1;
    for (const auto& path : summary->tooLarge)
        unpacked.tooLarge.push_back(path.substr(std::min(stripped, path.size())));
    return unpacked;
}

void addTooLarge(site::LocalSite& site, const std::vector<std::string>& paths) {
    for (const auto& path : paths)
        site.findings.push_back({site::Concern::tooLarge, path, 0});
}

}  // namespace stepwell
