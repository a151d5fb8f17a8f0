#include "app/engine/api/body_file.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/api/pages_files.h"
#include "app/engine/api/pages_json.h"
#include "app/engine/pages/project_archive.h"
#include "app/engine/store/durable_file.h"

#include <nlohmann/json.hpp>
#include <sys/statvfs.h>

#include <atomic>
#include <fcntl.h>
#include <filesystem>

/// Projects as archives; see EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largestArchive = std::size_t{16} * 1024 * 1024 * 1024;

/// Exports under way, those included that a slow client is still taking: each holds as much of the disk as
/// the project is large. One thread of the sites is left for others.
constexpr int mostExports = 2;
/// What an export leaves free on the disk, in bytes: workflows go on writing.
constexpr std::uint64_t keptFree = 256ULL << 20;
constexpr std::uint64_t lookEvery = 16ULL << 20;  ///< bytes between two looks at what is free

/// A place among the exports, until it is destroyed.
class ExportPlace {
  public:
    static std::shared_ptr<ExportPlace> take(std::shared_ptr<std::atomic<int>> taken) {
        if (taken->fetch_add(1) < mostExports)
            return std::shared_ptr<ExportPlace>(new ExportPlace(std::move(taken)));
        --*taken;
        return nullptr;
    }
    ExportPlace(const ExportPlace&) = delete;
    ExportPlace& operator=(const ExportPlace&) = delete;
    ~ExportPlace() { --*m_taken; }

    std::optional<DurableFile> file;

  private:
    explicit ExportPlace(std::shared_ptr<std::atomic<int>> taken)
        : m_taken(std::move(taken)) {}

    std::shared_ptr<std::atomic<int>> m_taken;
};

bool isNearlyFull(const fs::path& folder) {
    struct statvfs disk {};
    return ::statvfs(folder.c_str(), &disk) == 0 && disk.f_bavail * disk.f_frsize < keptFree;
}

api::Result<void> writePart(DurableFile& file, const fs::path& folder, std::string_view part,
                            std::uint64_t& bytes) {
    const bool isTimeToLook = bytes / lookEvery != (bytes + part.size()) / lookEvery || bytes == 0;
    bytes += part.size();
    if (isTimeToLook && isNearlyFull(folder)) {
        errno = ENOSPC;
        return unwritten(folder);
    }
    if (file.write(part)) return {};
    return unwritten(folder);
}

http::Response tooManyExports() {
    auto response = http::failure({503, api::code::unavailable,
                                   "Two projects are being exported already. Try again when one is done."});
    response.headers.emplace_back("Retry-After", "10");
    return response;
}

/// The archive is written to a file without a name first: so what is sent has a known length and is of one
/// piece, however slow the client is, and nothing is left of it.
void sendProject(PagesContext& context, const std::shared_ptr<ExportPlace>& place,
                 const http::ExchangePtr& exchange) {
    const auto& name = exchange->request().params[1];
    const auto& folder = context.service.dataDir();
    auto& file = place->file.emplace(folder, O_TMPFILE | O_RDWR);
    if (!file.valid()) return exchange->respond(http::failure(unwritten(folder).value()));
    std::uint64_t bytes = 0;
    const auto written =
        pages::exportProject(context.service, name, [&](std::string_view part) -> api::Result<void> {
            return writePart(file, folder, part, bytes);
        });
    if (!written) return exchange->respond(http::failure(written.error()));
    http::Response response;
    response.contentType = "application/x-tar";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + ".tar\"");
    FileSlice slice;
    slice.path = folder / "an export";  // of messages; it has no name
    slice.bytes = bytes;
    slice.file = {place, &file};
    respondWithFile(exchange, std::move(response), std::move(slice), context.files);
}

/// What came of a long archive is in a file.
std::unique_ptr<pages::ArchiveBytes> archiveOf(const http::Request& request) {
    if (const auto* file = dynamic_cast<const BodyFile*>(request.sink.get()))
        return std::make_unique<pages::ArchiveFile>(file->file().descriptor(), file->bytes());
    return std::make_unique<pages::ArchiveText>(request.body);
}

Outcome takeProject(pages::Service& service, const http::Request& request) {
    const std::string name(request.queryValue("name").value_or(""));
    const auto project = pages::importProject(service, *archiveOf(request), name);
    if (!project) return tl::unexpected(project.error());
    return answer(shown(*project, request.place));
}

}  // namespace

void addPagesArchiveRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    const auto exports = std::make_shared<std::atomic<int>>(0);
    routes.handle(Method::get, "/stepwell/pages/projects/{project}/export", need::readPages, noBody,
                  [&pages, exports](const http::ExchangePtr& exchange) {
                      const auto place = ExportPlace::take(exports);
                      if (!place) return exchange->respond(tooManyExports());
                      pages.threads.post(
                          [&pages, place, exchange](std::size_t) { sendProject(pages, place, exchange); });
                  });
    auto& taking = routes.handle(Method::post, "/stepwell/pages/import", need::editPages, largestArchive,
                                 onPages(pages, takeProject));
    taking.sink = [&pages](std::uint64_t announced) {
        return BodyFile::make(pages.service.dataDir(), announced, pages.threads);
    };
}

}  // namespace stepwell::engine::rest
