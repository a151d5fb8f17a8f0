#include "models/site/local_site.h"

#include "models/site/archive.h"
#include "models/site/archive_name.h"

#include <sys/stat.h>

#include <algorithm>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>

namespace stepwell::site {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largestRules = 4 * 1024 * 1024;
constexpr std::size_t deepest = 64;

std::string ruleText(const fs::path& file) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored) || fs::file_size(file, ignored) > largestRules) return {};
    std::ifstream source(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(source), {}};
}

Concern concernFrom(api::SiteConcern concern) {
    switch (concern) {
    case api::SiteConcern::git:
        return Concern::git;
    case api::SiteConcern::key:
        return Concern::privateKey;
    case api::SiteConcern::sourceMap:
        return Concern::sourceMap;
    default:
        return Concern::secrets;
    }
}

class Scan {
  public:
    Scan(LocalSite& site, const Stop& stop)
        : m_site(site)
        , m_stop(stop) {}

    /// A folder that was dropped.
    api::Result<void> walkRoot(const std::string& folder) {
        m_disk = folder;
        m_path.clear();
        return walk(AT_FDCWD, folder.c_str());
    }

    /// A file or folder that was dropped, and what it is called in the site.
    api::Result<void> takeRoot(const std::string& disk, std::string path) {
        m_disk = disk;
        m_path = std::move(path);
        return take(AT_FDCWD, disk.c_str());
    }

    void setRoot(const std::string& folder) {
        std::error_code ignored;
        m_root = fs::canonical(folder, ignored).native() + '/';
    }

  private:
    struct Closing {
        void operator()(DIR* folder) const { ::closedir(folder); }
    };
    using Folder = std::unique_ptr<DIR, Closing>;

    /// The folder at `m_disk`, which is called `name` in the one that is open as `in`: names below an open
    /// folder are found without going through the folders above it once more for each.
    api::Result<void> walk(int in, const char* name) {
        const int fd = ::openat(in, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const Folder folder(fd < 0 ? nullptr : ::fdopendir(fd));
        if (!folder) {
            if (fd >= 0) ::close(fd);
            if (m_way.empty()) return unreadable(m_disk);
            note(Concern::unreadable, m_path);
            return {};
        }
        struct stat data {};
        if (::fstat(fd, &data) != 0) return unreadable(m_disk);
        const auto place = std::pair(data.st_dev, data.st_ino);
        if (std::find(m_way.begin(), m_way.end(), place) != m_way.end() || m_way.size() >= deepest) {
            note(Concern::linkLoop, m_path);
            return {};
        }
        m_way.push_back(place);
        auto walked = takeAll(folder.get(), fd);
        m_way.pop_back();
        return walked;
    }

    api::Result<void> takeAll(DIR* folder, int fd) {
        const auto diskSize = m_disk.size();
        const auto pathSize = m_path.size();
        while (const auto* entry = ::readdir(folder)) {
            const std::string_view name(&entry->d_name[0]);
            if (name == "." || name == "..") continue;
            m_disk.append(1, '/').append(name);
            if (pathSize > 0) m_path += '/';
            m_path += name;
            auto taken = take(fd, &entry->d_name[0]);
            m_disk.resize(diskSize);
            m_path.resize(pathSize);
            if (!taken) return taken;
        }
        return {};
    }

    /// What is at `m_disk`, called `m_path` in the site.
    api::Result<void> take(int in, const char* name) {
        if (m_stop) return api::fail(0, codeCancelled, "Cancelled.");
        if (++m_seen > mostScanned)
            return api::fail(
                0, api::code::tooLarge,
                "There are more than " + std::to_string(mostScanned) +
                    " files here: that is no site. Choose the folder that holds its index.html.");
        if (api::isIgnoredInSite(m_path)) {
            if (!api::rulesSite(m_path) && m_site.passedOver.size() < mostPassedOver)
                m_site.passedOver.push_back(m_path);
            return {};
        }
        if (!isUtf8(m_path)) {
            note(Concern::badName, decodedName(m_path));
            return {};
        }
        struct stat data {};
        if (::fstatat(in, name, &data, AT_SYMLINK_NOFOLLOW) != 0) {
            note(Concern::unreadable, m_path);
            return {};
        }
        bool outside = m_outside;
        if (S_ISLNK(data.st_mode)) {
            if (::fstatat(in, name, &data, 0) != 0) {
                note(errno == ELOOP ? Concern::linkLoop : Concern::brokenLink, m_path);
                return {};
            }
            outside = outside || leadsOut(m_disk);
        }
        if (S_ISDIR(data.st_mode)) {
            const bool before = std::exchange(m_outside, outside);
            auto walked = walk(in, name);
            m_outside = before;
            return walked;
        }
        if (!S_ISREG(data.st_mode))
            note(Concern::special, m_path);
        else
            add(data, outside);
        return {};
    }

    static tl::unexpected<api::Error> unreadable(const std::string& folder) {
        return api::fail(0, api::code::badBody,
                         "The folder " + folder +
                             " cannot be read. Check that it is there and its permissions.");
    }

    bool leadsOut(const std::string& disk) const {
        std::error_code problem;
        const auto target = fs::canonical(disk, problem).native() + '/';
        return problem || m_root.empty() || !target.starts_with(m_root);
    }

    void note(Concern concern, const std::string& path, std::int64_t size = 0) {
        m_site.findings.push_back({concern, path, size});
    }

    void add(const struct stat& data, bool outside) {
        if (data.st_size > api::largestSiteFile) return note(Concern::tooLarge, m_path, data.st_size);
        if (outside)
            note(Concern::outsideLink, m_path, data.st_size);
        else if (const auto concern = api::concernOf(m_path); concern != api::SiteConcern::none)
            note(concernFrom(concern), m_path, data.st_size);
        m_site.files.push_back({m_path, m_disk, stampOf(data), {}});
        m_site.bytes += data.st_size;
    }

    LocalSite& m_site;
    const Stop& m_stop;
    std::string m_root;
    std::string m_disk, m_path;                  ///< of what is looked at: on the disk, in the site
    std::vector<std::pair<dev_t, ino_t>> m_way;  ///< folders on the way: a link back to one is noticed
    std::size_t m_seen = 0;
    bool m_outside = false;
};

void readRules(const std::string& folder, RuleFiles& rules) {
    const fs::path root(folder);
    rules.headers = ruleText(root / "_headers");
    rules.redirects = ruleText(root / "_redirects");
    rules.routes = ruleText(root / "_routes.json");
    std::error_code ignored;
    const auto worker = root / "_worker.js";
    if (fs::is_directory(worker, ignored))
        rules.workerFolder = worker.native();
    else if (fs::is_regular_file(worker, ignored))
        rules.workerFile = worker.native();
    if (fs::is_directory(root / "functions", ignored)) rules.functionsFolder = (root / "functions").native();
}

std::string withoutSlash(std::string path) {
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    return path;
}

/// Several files from one place: rules among them count as those of the site.
void readLooseRules(const std::string& disk, RuleFiles& rules) {
    const auto name = api::baseNameOf(disk);
    if (name == "_headers") rules.headers = ruleText(disk);
    if (name == "_redirects") rules.redirects = ruleText(disk);
    if (name == "_routes.json") rules.routes = ruleText(disk);
    std::error_code ignored;
    if (name == "_worker.js")
        (fs::is_directory(disk, ignored) ? rules.workerFolder : rules.workerFile) = disk;
    if (name == "functions") rules.functionsFolder = disk;
}

}  // namespace

FileStamp stampOf(const struct stat& data) {
    FileStamp stamp;
    stamp.size = data.st_size;
    stamp.modifiedNs = std::int64_t{data.st_mtim.tv_sec} * 1'000'000'000 + data.st_mtim.tv_nsec;
    stamp.changedNs = std::int64_t{data.st_ctim.tv_sec} * 1'000'000'000 + data.st_ctim.tv_nsec;
    stamp.device = data.st_dev;
    stamp.inode = data.st_ino;
    return stamp;
}

std::string stampOfFiles(std::vector<std::string> paths) {
    std::sort(paths.begin(), paths.end());
    std::string all;
    for (const auto& path : paths) {
        struct stat data {};
        if (::stat(path.c_str(), &data) != 0) continue;
        const auto stamp = stampOf(data);
        all.append(path).append(1, ' ').append(std::to_string(stamp.size)).append(1, ' ');
        all.append(std::to_string(stamp.modifiedNs)).append(1, '\n');
    }
    return all;
}

std::string codeStampOf(const RuleFiles& rules) {
    constexpr std::size_t mostFiles = 10'000;
    std::vector<std::string> paths;
    if (!rules.workerFile.empty()) paths.push_back(rules.workerFile);
    const auto& folder = rules.workerFolder.empty() ? rules.functionsFolder : rules.workerFolder;
    if (rules.workerFile.empty() && !folder.empty()) {
        std::error_code failed;
        fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, failed);
        for (const fs::recursive_directory_iterator end; !failed && entry != end && paths.size() < mostFiles;
             entry.increment(failed))
            paths.push_back(entry->path().native());
    }
    return stampOfFiles(std::move(paths));
}

bool RuleFiles::hasFunctions() const {
    return std::any_of(functions.begin(), functions.end(), [](const auto& file) { return file.mayAnswer; });
}

bool isMereNote(Concern concern) {
    return concern >= Concern::repeated;
}

bool canInclude(Concern concern) {
    return concern <= Concern::outsideLink;
}

bool includedAtFirst(Concern concern) {
    return concern == Concern::sourceMap;
}

api::Result<LocalSite> scanSite(const std::vector<std::string>& dropped, const Stop& stop) {
    LocalSite site;
    Scan scan(site, stop);
    std::error_code ignored;
    if (dropped.size() == 1 && fs::is_directory(dropped.front(), ignored)) {
        const auto root = withoutSlash(dropped.front());
        scan.setRoot(root);
        if (auto walked = scan.walkRoot(root); !walked) return tl::unexpected(walked.error());
        readRules(root, site.rules);
    } else {
        for (const auto& one : dropped) {
            const auto disk = withoutSlash(one);
            scan.setRoot(fs::path(disk).parent_path().native());
            readLooseRules(disk, site.rules);
            if (auto taken = scan.takeRoot(disk, std::string(api::baseNameOf(disk))); !taken)
                return tl::unexpected(taken.error());
        }
    }
    const auto byPath = [](const auto& a, const auto& b) { return a.path < b.path; };
    std::sort(site.files.begin(), site.files.end(), byPath);
    std::stable_sort(site.findings.begin(), site.findings.end(), byPath);
    return site;
}

}  // namespace stepwell::site
