#include "app/engine/pages/archive_bytes.h"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace stepwell::engine::pages {

namespace {

constexpr std::uint64_t ahead = 64 * 1024;
/// A window that held a large file is let go of by the next small one.
constexpr std::size_t mostKept = 1024 * 1024;

}  // namespace

api::Result<std::string_view> ArchiveFile::read(std::uint64_t from, std::uint64_t bytes) {
    if (from < m_from || from + bytes > m_from + m_window.size()) {
        if (m_window.capacity() > mostKept) m_window = {};
        m_window.resize(static_cast<std::size_t>(std::min(std::max(bytes, ahead), m_size - from)));
        m_from = from;
        for (std::size_t filled = 0; filled < m_window.size();) {
            const auto got = ::pread(m_descriptor, m_window.data() + filled, m_window.size() - filled,
                                     static_cast<off_t>(from + filled));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) {
                m_window.clear();
                return api::fail(500, api::code::storage,
                                 "The archive could not be read back from the disk of the data folder. See "
                                 "to that disk and import it again. Nothing was changed.");
            }
            filled += static_cast<std::size_t>(got);
        }
    }
    return std::string_view(m_window).substr(static_cast<std::size_t>(from - m_from),
                                             static_cast<std::size_t>(bytes));
}

}  // namespace stepwell::engine::pages
