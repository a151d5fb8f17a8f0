#pragma once

#include "app/engine/runtime/runtime.h"

namespace stepwell::engine {

/// Names of the sockets in `folder/run`.
inline constexpr auto controlSocket = "ctl.sock";
inline constexpr auto egressSocket = "egress.sock";
inline constexpr auto callSocket = "engine.sock";      ///< where workflow bindings call
inline constexpr auto handlerSocket = "handler.sock";  ///< of the fetch handler, in a process for handlers
inline constexpr auto assetSocket = "assets.sock";     ///< where the code of a site gets its files

/// What a process is for. `suspects`: for one instance at a time that may harm the process.
enum class WorkerRole { instances, suspects, handlers };

/// Lays out what one workerd process needs: `folder/code` with the configuration, the driver and the modules
/// of the bundle, and an empty `folder/run`. Errors (code 10021) name the module or binding that cannot be
/// run here.
api::Result<void> writeWorkerFolder(const std::filesystem::path& folder, const Bundle& bundle,
                                    const std::filesystem::path& driver, int heapLimitMiB, WorkerRole role);

}  // namespace stepwell::engine
