#pragma once

/// What the window asks a backend for at most, where it has to say so.
namespace stepwell {

constexpr int mostWorkerVersions = 100;  ///< the newest ones

}  // namespace stepwell
