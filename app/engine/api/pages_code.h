#pragma once

#include "app/engine/pages/service_rows.h"
#include "app/engine/runtime/runtime.h"

/// The code of a site (`_worker.js`, Functions) as something that the runtime can run.
namespace stepwell::engine::rest {

/// What the code is, and what it finds in its `env`.
struct SiteCode {
    pages::WorkerKind kind = pages::WorkerKind::none;
    std::string_view text;       ///< `_worker.js`, or the form `_worker.bundle`
    std::filesystem::path file;  ///< where that text lies
    std::string config;          ///< of the environment: JSON object of the API
    std::string scriptName;
    // What CF_PAGES_BRANCH, CF_PAGES_COMMIT_SHA and CF_PAGES_URL say.
    std::string branch;
    std::string commit;
    std::string url;
};

/// A file that goes with this.
class CodeFile {
  public:
    static api::Result<std::unique_ptr<CodeFile>> write(std::filesystem::path path, std::string_view text);
    ~CodeFile();
    CodeFile(const CodeFile&) = delete;
    CodeFile& operator=(const CodeFile&) = delete;
    const std::filesystem::path& path() const { return m_path; }

  private:
    explicit CodeFile(std::filesystem::path path)
        : m_path(std::move(path)) {}
    std::filesystem::path m_path;
};

/// Without version and surroundings. Errors (400, code::scriptInvalid) name the module or the binding that
/// cannot be had here.
api::Result<Bundle> siteBundle(const SiteCode& code);

/// Something that rules a deployment beside its files.
struct SitePart {
    std::string name;
    std::string bytes;
};

/// The code taken apart, so that it can be compared whoever packed it: the main module under `mainName`,
/// others as `mainName/NAME`, and as "code settings" those of its metadata that change how it runs, without
/// secrets.
std::vector<SitePart> codeParts(pages::WorkerKind kind, std::string_view code, const std::string& mainName);

/// The code as one form that can be deployed again: `metadata` without secrets, whose names are in its
/// `stepwell.secrets`, and the modules as they were uploaded. Error 500 when what was stored cannot be taken
/// apart.
struct CodeForm {
    std::string contentType;
    std::string body;
};
api::Result<CodeForm> codeForm(pages::WorkerKind kind, std::string_view code);

/// What the API calls the script of an environment of a project.
std::string siteScriptName(const std::string& project, pages::Environment environment);

}  // namespace stepwell::engine::rest
