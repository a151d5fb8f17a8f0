#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace stepwell::engine::http {

/// A body of Beast: a string that grows with what comes. That of the library asks at once for as much memory
/// as a request announces; here it may announce more than there is, and what came may be taken out meanwhile.
struct GrowingBody {
    using value_type = std::string;

    class reader {
      public:
        template <bool isRequest, class Fields>
        explicit reader(boost::beast::http::header<isRequest, Fields>&, value_type& body)
            : m_body(body) {}

        void init(const boost::optional<std::uint64_t>& announced, boost::system::error_code& error) {
            if (announced) m_body.reserve(static_cast<std::size_t>(std::min(*announced, mostReserved)));
            error = {};
        }

        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
            error = {};
            const auto before = m_body.size();
            for (const auto buffer : boost::beast::buffers_range_ref(buffers))
                m_body.append(static_cast<const char*>(buffer.data()), buffer.size());
            return m_body.size() - before;
        }

        void finish(boost::system::error_code& error) { error = {}; }

      private:
        /// Bytes that are reserved and not yet written cost nothing but addresses.
        static constexpr std::uint64_t mostReserved = 64 * 1024 * 1024;
        value_type& m_body;
    };
};

}  // namespace stepwell::engine::http
