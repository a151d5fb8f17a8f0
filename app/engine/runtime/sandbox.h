#pragma once

#include "app/engine/runtime/runtime.h"

#include <string>
#include <vector>

namespace stepwell::engine {

/// Knows how a workerd process is started: in bubblewrap with no network, no files but its own and nothing
/// writable but its folder of sockets, or directly if the user asked for that.
class Sandbox {
  public:
    /// Tries it once, with workerd itself. Blocks for a tenth of a second, ten at most.
    explicit Sandbox(const RuntimeOptions& options);

    const SandboxState& state() const { return m_state; }

    /// The command that serves the configuration `config.capnp` in `folder/code`, with `folder/run` as
    /// working directory, where it makes its sockets.
    std::vector<std::string> serve(const std::filesystem::path& folder) const;

  private:
    std::vector<std::string> bubblewrap() const;
    void probe();
    void refuse(const std::string& why, const std::string& remedy);

    std::filesystem::path m_workerd;
    std::string m_bubblewrap;
    bool m_direct;
    SandboxState m_state;
};

}  // namespace stepwell::engine
