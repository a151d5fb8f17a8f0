#include "app/engine/api/body_file.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/api/pages_files.h"
#include "app/engine/api/pages_json.h"
#include "app/engine/pages/project_archive.h"
#include "app/engine/store/durable_file.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>

/// Projects as archives; see EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace {

constexpr std::size_t largestArchive = std::size_t{16} * 1024 * 1024 * 1024;

/// The archive is written to a file without a name first: so what is sent has a known length and is of one
/// piece, however slow the client is, and nothing is left of it.
void sendProject(PagesContext& context, const http::ExchangePtr& exchange) {
    const auto& name = exchange->request().params[1];
    const auto& folder = context.service.dataDir();
    const auto file = std::make_shared<DurableFile>(folder, O_TMPFILE | O_RDWR);
    if (!file->valid()) return exchange->respond(http::failure(unwritten(folder).value()));
    std::uint64_t bytes = 0;
    const auto written =
        pages::exportProject(context.service, name, [&](std::string_view part) -> api::Result<void> {
            bytes += part.size();
            if (file->write(part)) return {};
            return unwritten(folder);
        });
    if (!written) return exchange->respond(http::failure(written.error()));
    http::Response response;
    response.contentType = "application/x-tar";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + ".tar\"");
    FileSlice slice;
    slice.path = "/proc/self/fd/" + std::to_string(file->descriptor());
    slice.bytes = bytes;
    slice.held = file;
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
    routes.handle(Method::get, "/stepwell/pages/projects/{project}/export", need::readPages, noBody,
                  [&pages](const http::ExchangePtr& exchange) {
                      pages.threads.post([&pages, exchange](std::size_t) { sendProject(pages, exchange); });
                  });
    auto& import = routes.handle(Method::post, "/stepwell/pages/import", need::editPages, largestArchive,
                                 onPages(pages, takeProject));
    import.sink = [&pages](std::uint64_t announced) {
        return BodyFile::make(pages.service.dataDir(), announced, pages.threads);
};
}  // namespace stepwell::engine::rest

}  // namespace stepwell::engine::rest
