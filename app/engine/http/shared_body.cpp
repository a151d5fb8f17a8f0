#include "app/engine/http/shared_body.h"

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <unistd.h>

namespace stepwell::engine::http {

namespace {

std::atomic<int> files{0};

bool writeAll(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

std::shared_ptr<const SharedBody> SharedBody::make(std::string bytes) {
    const std::shared_ptr<SharedBody> body(new SharedBody);
    body->m_text = std::move(bytes);
    body->m_bytes = body->m_text;
    if (body->m_text.size() < leastInFile) return body;
    if (++files > mostFiles || !body->putIntoFile()) --files;
    return body;
}

bool SharedBody::putIntoFile() {
    const int descriptor = ::memfd_create("stepwell-body", MFD_CLOEXEC);
    if (descriptor < 0) return false;
    auto* view = MAP_FAILED;
    if (writeAll(descriptor, m_text))
        view = ::mmap(nullptr, m_text.size(), PROT_READ, MAP_SHARED, descriptor, 0);
    if (view == MAP_FAILED) {
        ::close(descriptor);
        return false;
    }
    m_bytes = {static_cast<const char*>(view), m_text.size()};
    m_descriptor = descriptor;
    m_text = {};
    return true;
}

SharedBody::~SharedBody() {
    if (m_descriptor < 0) return;
    ::munmap(const_cast<char*>(m_bytes.data()), m_bytes.size());
    ::close(m_descriptor);
    --files;
}

}  // namespace stepwell::engine::http
