#include "models/client/parse.h"
#include "models/client/parse_pages.h"
#include "models/site/archive.h"
#include "models/site/site_client.h"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <strings.h>
#include <unistd.h>

namespace stepwell::site {

using client::Response;

namespace {

/// An engine writes, or takes in, all of an archive before it says a word.
constexpr std::chrono::minutes silentLimit{10};
constexpr std::chrono::milliseconds stopCheck{20};
constexpr std::size_t longestRefusal = 64 * 1024;
constexpr int found = 200, notFound = 404, notAllowed = 405;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

api::Error unwritten(const std::string& path, int reason) {
    return {0, api::code::storage,
            "The file " + path + " could not be written: " + std::strerror(reason) +
                ". Choose another place, or make room there."};
}

api::Error withoutArchives() {
    return {
        0, api::code::noRoute,
        "This backend has no archives of projects. They are an addition of Stepwell, version 1 and later; "
        "Cloudflare does not have it."};
}

std::int64_t announcedBytes(const Response& response) {
    std::int64_t bytes = 0;
    for (const auto& header : response.headers)
        if (strcasecmp(header.name.c_str(), "content-length") == 0)
            std::from_chars(header.value.data(), header.value.data() + header.value.size(), bytes);
    return bytes;
}

/// An answer that becomes a file, on its way from the client's thread.
struct Download {
    std::mutex mutex;
    std::condition_variable over;
    std::optional<api::Result<Response>> answer;  ///< guarded by mutex
    // Of the client's thread until the answer is there.
    File file;
    int status = 0;
    std::int64_t all = 0;
    std::int64_t taken = 0;
    std::string refusal;           ///< what came with another status
    std::atomic<int> failure = 0;  ///< errno of the file

    void take(std::string_view bytes) {
        if (status != found) {
            refusal.append(bytes.substr(0, longestRefusal - std::min(longestRefusal, refusal.size())));
        } else if (failure == 0 && std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) {
            failure = errno == 0 ? EIO : errno;
        }
        taken += static_cast<std::int64_t>(bytes.size());
    }
    /// What was buffered is written too.
    void close() {
        // Before it takes the place of another archive: what was there is not lost to a power cut.
        if (file && failure == 0 && (std::fflush(file.get()) != 0 || ::fsync(::fileno(file.get())) != 0))
            failure = errno;
        if (file && std::fclose(file.release()) != 0 && failure == 0) failure = errno;
    }
};

client::StreamHandlers handlersOf(const std::shared_ptr<Download>& download, SiteClient::Progress progress) {
    client::StreamHandlers handlers;
    handlers.opened = [download](const Response& head) {
        download->status = head.status;
        download->all = announcedBytes(head);
    };
    handlers.chunk = [download, progress = std::move(progress)](std::string_view bytes) {
        download->take(bytes);
        if (progress && download->status == found) progress(download->taken, download->all);
    };
    handlers.ended = [download](api::Result<Response> answer) {
        {
            const std::lock_guard lock(download->mutex);
            download->answer = std::move(answer);
        }
        download->over.notify_one();
    };
    return handlers;
}

}  // namespace

/// Until the answer is whole, the file cannot be written, or it is to stop.
api::Result<Response> SiteClient::fetch(client::Request request, const std::string& file, Progress progress) {
    const auto download = std::make_shared<Download>();
    download->file.reset(std::fopen(file.c_str(), "wbe"));
    if (!download->file) return api::fail(unwritten(file, errno));
    auto handle = m_client.stream(std::move(request), handlersOf(download, std::move(progress)));
    std::unique_lock lock(download->mutex);
    while (!download->answer) {
        download->over.wait_for(lock, stopCheck);
        if (download->answer || (!*m_stop && download->failure == 0)) continue;
        lock.unlock();
        handle.cancel();
        if (download->failure != 0) return api::fail(unwritten(file, download->failure));
        return api::fail(0, codeCancelled, "Cancelled.");
    }
    download->close();
    if (!*download->answer) return tl::unexpected(download->answer->error());
    if (download->failure != 0) return api::fail(unwritten(file, download->failure));
    Response response = std::move(**download->answer);
    response.body = std::move(download->refusal);
    return response;
}

api::Result<void> SiteClient::exportProject(const std::string& project, const std::string& file,
                                            Progress progress) {
    const auto part = file + ".part";
    auto get = request("GET", m_routes.siteExport(project), m_address.token);
    get.idleTimeout = silentLimit;
    get.wantsHeaders = true;
    const auto response = fetch(std::move(get), part, std::move(progress));
    std::error_code error;
    if (response && response->status == found) {
        std::filesystem::rename(part, file, error);
        if (!error) return {};
    }
    const auto reason = error.value();
    std::filesystem::remove(part, error);
    if (!response) return tl::unexpected(response.error());
    if (response->status == found) return api::fail(unwritten(file, reason));
    const auto refused = client::parseNothing(*response);
    const bool unknown =
        response->status == notFound && !refused && refused.error().code != code::projectNotFound;
    if (!refused && (response->status == notAllowed || unknown)) return api::fail(withoutArchives());
    if (!refused) return tl::unexpected(refused.error());
    return api::fail(0, api::code::transport, "The backend answered with no archive. Try again.");
}

api::Result<api::SiteProject> SiteClient::importProject(const std::string& file, const std::string& name,
                                                        Progress progress) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (error)
        return api::fail(0, api::code::storage,
                         "The file " + file + " cannot be read: " + error.message() + ".");
    if (bytes > largestArchive)
        return api::fail(0, api::code::tooLarge,
                         "The file " + file + " has more than 16 GiB, the most that an import takes.");
    auto post = request("POST", m_routes.siteImport(name), m_address.token);
    post.bodyFile = file;
    post.bodyType = "application/x-tar";
    post.idleTimeout = silentLimit;
    const auto response = ask(std::move(post), std::move(progress));
    if (!response) return tl::unexpected(response.error());
    auto project = client::parseSiteProject(*response);
    if (!project && (response->status == notAllowed || response->status == notFound))
        return api::fail(withoutArchives());
    return project;
}

}  // namespace stepwell::site
