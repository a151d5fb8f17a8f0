#include "models/site/local_site.h"

#include "models/site/archive.h"
#include "models/site/archive_name.h"

#include <sys/stat.h>

#include <algorithm>
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

    /// `real` are the folders on the way, so that a link back to one of them is noticed.
    api::Result<void> walk(const std::string& folder, const std::string& below) {
        struct stat data {};
        if (::stat(folder.c_str(), &data) != 0) return unreadable(folder);
        const auto place = std::pair(data.st_dev, data.st_ino);
        if (std::find(m_way.begin(), m_way.end(), place) != m_way.end() || m_way.size() >= deepest) {
            note(Concern::linkLoop, below);
            return {};
        }
        m_way.push_back(place);
        std::error_code problem;
        fs::directory_iterator entries(folder, problem);
        if (problem && m_way.size() == 1) return unreadable(folder);
        if (problem) note(Concern::unreadable, below);
        for (; !problem && entries != fs::directory_iterator(); entries.increment(problem)) {
            const auto& disk = entries->path().native();
            const std::string name(api::baseNameOf(disk));
            if (auto taken = take(disk, below.empty() ? name : below + '/' + name); !taken) return taken;
        }
        m_way.pop_back();
        return {};
    }

    api::Result<void> take(const std::string& disk, const std::string& path) {
        if (m_stop) return api::fail(0, codeCancelled, "Cancelled.");
        if (++m_seen > mostScanned)
            return api::fail(
                0, api::code::tooLarge,
                "There are more than " + std::to_string(mostScanned) +
                    " files here: that is no site. Choose the folder that holds its index.html.");
        if (api::isIgnoredInSite(path)) {
            if (!api::rulesSite(path) && m_site.passedOver.size() < mostPassedOver)
                m_site.passedOver.push_back(path);
            return {};
        }
        if (!isUtf8(path)) {
            note(Concern::badName, decodedName(path));
            return {};
        }
        struct stat data {};
        if (::lstat(disk.c_str(), &data) != 0) {
            note(Concern::unreadable, path);
            return {};
        }
        bool outside = m_outside;
        if (S_ISLNK(data.st_mode)) {
            if (::stat(disk.c_str(), &data) != 0) {
                note(errno == ELOOP ? Concern::linkLoop : Concern::brokenLink, path);
                return {};
            }
            outside = outside || leadsOut(disk);
        }
        if (S_ISDIR(data.st_mode)) {
            const bool before = std::exchange(m_outside, outside);
            auto walked = walk(disk, path);
            m_outside = before;
            return walked;
        }
        if (!S_ISREG(data.st_mode))
            note(Concern::special, path);
        else
            add(disk, path, data, outside);
        return {};
    }

    void setRoot(const std::string& folder) {
        std::error_code ignored;
        m_root = fs::canonical(folder, ignored).native() + '/';
    }

  private:
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

    void add(const std::string& disk, const std::string& path, const struct stat& data, bool outside) {
        if (data.st_size > api::largestSiteFile) return note(Concern::tooLarge, path, data.st_size);
        if (outside)
            note(Concern::outsideLink, path, data.st_size);
        else if (const auto concern = api::concernOf(path); concern != api::SiteConcern::none)
            note(concernFrom(concern), path, data.st_size);
        m_site.files.push_back({path, disk, stampOf(data), {}});
        m_site.bytes += data.st_size;
    }

    LocalSite& m_site;
    const Stop& m_stop;
    std::string m_root;
    std::vector<std::pair<dev_t, ino_t>> m_way;
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
        if (auto walked = scan.walk(root, {}); !walked) return tl::unexpected(walked.error());
        readRules(root, site.rules);
    } else {
        for (const auto& one : dropped) {
            const auto disk = withoutSlash(one);
            scan.setRoot(fs::path(disk).parent_path().native());
            readLooseRules(disk, site.rules);
            if (auto taken = scan.take(disk, std::string(api::baseNameOf(disk))); !taken)
                return tl::unexpected(taken.error());
        }
    }
    const auto byPath = [](const auto& a, const auto& b) { return a.path < b.path; };
    std::sort(site.files.begin(), site.files.end(), byPath);
    std::stable_sort(site.findings.begin(), site.findings.end(), byPath);
    return site;
}

}  // namespace stepwell::site
