#pragma once

#include "models/client/await_answer.h"
#include "models/client/link.h"

#include <memory>

namespace stepwell::client {

/// A link for threads that do one thing after the other. Each call blocks until it is answered or `stop` is
/// set (within some 20 ms; then it fails with stoppedCode, and what is under way ends with this object). Any
/// thread, several at once.
class WaitingLink {
  public:
    WaitingLink(Trust trust, LinkPolicy policy, std::shared_ptr<const std::atomic<bool>> stop);

    api::Result<Response> ask(Request request, Progress progress = {});
    bool isStopped() const { return *m_stop; }

  private:
    std::shared_ptr<const std::atomic<bool>> m_stop;
    Link m_link;
};

}  // namespace stepwell::client
