#include "app/engine/http/departure.h"

#include <boost/asio/buffer.hpp>

namespace stepwell::engine::http {

using boost::system::error_code;

namespace {

/// Of a body nobody will read: enough for the client to see the answer instead of a reset connection.
constexpr std::size_t lingerLimit = 16 * 1024 * 1024;
constexpr std::size_t block = 64 * 1024;

}  // namespace

void Departure::begin() {
    if (!m_connection.isSecure()) return endSending();
    // It ends with an error when the client still sends; what it sends need not be decrypted.
    m_connection.shutdown([self = shared_from_this()](error_code) { self->endSending(); });
}

void Departure::endSending() {
    error_code ignored;
    m_connection.socket().shutdown(Connection::Socket::shutdown_send, ignored);
    m_scratch.resize(block);
    discard();
}

void Departure::discard() {
    m_connection.socket().async_read_some(boost::asio::buffer(m_scratch),
                                          [self = shared_from_this()](error_code error, std::size_t read) {
                                              self->m_read += read;
                                              if (error || self->m_read > lingerLimit) return self->m_over();
                                              self->discard();
                                          });
}

}  // namespace stepwell::engine::http
