#include "app/engine/store/wal_sync.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace stepwell::engine {

bool WalSync::sync(std::string& error) {
    // The log stays the same file as long as the connection that commits is open.
    if (!m_log) m_log = UniqueFd(::open((m_database.string() + "-wal").c_str(), O_RDONLY | O_CLOEXEC));
    if (!m_log && errno == ENOENT) return true;  // nothing was committed yet
    int result = m_log ? ::fdatasync(m_log.get()) : -1;
    while (result < 0 && errno == EINTR)
        result = ::fdatasync(m_log.get());
    if (result == 0) return true;
    error = std::strerror(errno);
    return false;
}

}  // namespace stepwell::engine
