#include "models/site/functions_folder.h"

#include "models/site/archive.h"
#include "models/site/archive_name.h"
#include "models/site/functions_routes.h"

#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>

namespace stepwell::site {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t mostEntries = 50'000;
constexpr std::string_view handler = "onRequest";  // every export that answers requests begins with it

tl::unexpected<api::Error> refused(const std::string& what) {
    return api::fail(0, api::code::badBody, what);
}

/// A file that is gone by now answers nothing; compiling tells the rest.
bool namesHandler(const std::string& disk) {
    std::ifstream source(disk, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(source), {}};
    return text.find(handler) != std::string::npos;
}

class Walk {
  public:
    Walk(const std::string& root, const Stop& stop)
        : m_root(root)
        , m_stop(stop)
        , m_folders{std::string()} {}

    api::Result<std::vector<FunctionFile>> run() {
        while (!m_folders.empty()) {
            const auto folder = std::move(m_folders.front());
            m_folders.pop_front();
            if (auto read = readFolder(folder); !read) return tl::unexpected(read.error());
        }
        return std::move(m_files);
    }

  private:
    std::string diskOf(const std::string& path) const { return path.empty() ? m_root : m_root + '/' + path; }

    api::Result<void> readFolder(const std::string& folder) {
        std::error_code problem;
        std::vector<std::string> names;
        for (fs::directory_iterator it(diskOf(folder), problem); !problem && it != fs::directory_iterator();
             it.increment(problem)) {
            if (++m_seen > mostEntries)
                return refused("There are more than " + std::to_string(mostEntries) + " files in " + m_root +
                               ". Move what is no function out of it.");
            names.push_back(it->path().filename().native());
        }
        if (problem) return refused("The folder " + diskOf(folder) + " cannot be read: " + problem.message());
        std::sort(names.begin(), names.end());
        for (const auto& name : names)
            if (auto taken = take(folder.empty() ? name : folder + '/' + name, name); !taken) return taken;
        return {};
    }

    api::Result<void> take(const std::string& path, const std::string& name) {
        if (m_stop) return api::fail(0, codeCancelled, "Cancelled.");
        struct stat data {};
        const auto disk = diskOf(path);
        if (::lstat(disk.c_str(), &data) != 0) return {};
        if (S_ISDIR(data.st_mode) && name != "node_modules" && name != ".git") m_folders.push_back(path);
        if (!S_ISREG(data.st_mode) || !isFunctionFile(path)) return {};
        if (!isUtf8(path)) return refused("functions/" + decodedName(path) + ": The name is no UTF-8.");
        if (data.st_size > largestFunctionFile)
            return refused("functions/" + path + ": The file is larger than 10 MiB.");
        if (m_files.size() >= mostFunctionFiles)
            return refused("There are more than " + std::to_string(mostFunctionFiles) + " scripts in " +
                           m_root + ". Move what is no function out of it.");
        m_files.push_back({path, stampOf(data), namesHandler(disk)});
        return {};
    }

    std::string m_root;
    const Stop& m_stop;
    std::deque<std::string> m_folders;  // below the root, to be read
    std::vector<FunctionFile> m_files;
    std::size_t m_seen = 0;
};

}  // namespace

api::Result<std::vector<FunctionFile>> functionFiles(const std::string& folder, const Stop& stop) {
    return Walk(folder, stop).run();
}

}  // namespace stepwell::site
