#include "models/client/waiting_link.h"

namespace stepwell::client {

WaitingLink::WaitingLink(Trust trust, LinkPolicy policy, std::shared_ptr<const std::atomic<bool>> stop)
    : m_stop(std::move(stop))
    , m_link(std::move(trust), policy) {}

api::Result<Response> WaitingLink::ask(Request request, Progress progress) {
    return awaitAnswer(*m_stop, [&](Callback done) {
        m_link.send(std::move(request), std::move(done), std::move(progress));
    });
}

}  // namespace stepwell::client
