#include "app/engine/api/pages_files.h"

#include "app/engine/http/upstream.h"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace stepwell::engine::rest {

namespace {

constexpr std::uint64_t partBytes = 256 * 1024;

/// An open file and how far it was sent. One part is read at a time.
class OpenSlice {
  public:
    explicit OpenSlice(const FileSlice& slice)
        : m_file(slice.file ? slice.file : std::make_shared<const DurableFile>(slice.path, O_RDONLY))
        , m_at(slice.from)
        , m_left(slice.bytes) {}
    OpenSlice(const OpenSlice&) = delete;
    OpenSlice& operator=(const OpenSlice&) = delete;

    bool isOpen() const { return m_file->valid(); }
    /// Empty when the file is shorter than it was.
    std::string next() {
        std::string part(std::min(partBytes, m_left), '\0');
        std::size_t filled = 0;
        while (filled < part.size()) {
            const auto read = ::pread(m_file->descriptor(), part.data() + filled, part.size() - filled,
                                      static_cast<off_t>(m_at + filled));
            if (read < 0 && errno == EINTR) continue;
            if (read <= 0) return {};
            filled += static_cast<std::size_t>(read);
        }
        m_at += filled;
        m_left -= filled;
        return part;
    }

  private:
    std::shared_ptr<const DurableFile> m_file;
    std::uint64_t m_at;
    std::uint64_t m_left;
};

bool isWhole(const FileSlice& slice) {
    if (slice.whole.encoding != pages::Encoding::identity) return true;
    return static_cast<std::int64_t>(slice.from) == slice.whole.place.start &&
           static_cast<std::int64_t>(slice.bytes) == slice.whole.place.bytes;
}

/// Whether the slice was in memory.
bool takeFromMemory(http::Response& response, const FileSlice& slice) {
    auto body = slice.bodies != nullptr ? slice.bodies->find(slice.whole) : nullptr;
    if (!body) return false;
    const auto start = static_cast<std::uint64_t>(slice.whole.place.start);
    const auto within = isWhole(slice) ? 0 : slice.from - start;
    if (within > body->size() || slice.bytes > body->size() - within) return false;
    response.shared = {std::move(body), static_cast<std::size_t>(within),
                       static_cast<std::size_t>(slice.bytes)};
    return true;
}

/// What was read becomes the body, and stays in memory when it is all of a file.
void takeRead(http::Response& response, const FileSlice& slice) {
    if (slice.bodies == nullptr || !slice.whole.place.pack || !isWhole(slice)) return;
    auto body = http::SharedBody::make(std::exchange(response.body, {}));
    slice.bodies->put(slice.whole, body);
    const auto bytes = body->size();
    response.shared = {std::move(body), 0, bytes};
}

http::Response unreadable(const FileSlice& slice) {
    return http::errorPage(
        {500, api::code::storage,
         "The file " + slice.path.string() + " of this site cannot be read. Deploy the site again."});
}

}  // namespace

void readFileInto(http::Response response, FileSlice slice, http::ThreadPool& threads,
                  std::function<void(http::Response)> done) {
    if (takeFromMemory(response, slice)) return done(std::move(response));
    threads.post([answer = std::move(response), slice = std::move(slice), &threads,
                  done = std::move(done)](std::size_t) mutable {
        const auto open = std::make_shared<OpenSlice>(slice);
        slice.held.reset();
        if (!open->isOpen()) return done(unreadable(slice));
        if (slice.bytes <= partBytes) {
            answer.body = open->next();
            if (answer.body.size() != slice.bytes) return done(unreadable(slice));
            takeRead(answer, slice);
            return done(std::move(answer));
        }
        answer.longBody = std::make_shared<http::LongBody>();
        answer.longBody->bytes = slice.bytes;
        answer.longBody->next = [open, &threads](std::function<void(std::string)> take) {
            threads.post([open, tell = std::move(take)](std::size_t) { tell(open->next()); });
        };
        done(std::move(answer));
    });
}

void respondWithFile(const http::ExchangePtr& exchange, http::Response response, FileSlice slice,
                     http::ThreadPool& threads) {
    readFileInto(std::move(response), std::move(slice), threads,
                 [exchange](http::Response answer) { exchange->respond(std::move(answer)); });
}

}  // namespace stepwell::engine::rest
