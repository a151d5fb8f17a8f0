#pragma once

namespace stepwell {

/// thisMachine: the engine inside; stepwell: another engine of ours; wranglerDev: the local explorer API of
/// `wrangler dev`; cloudflare: the real service.
enum class BackendKind { thisMachine, stepwell, wranglerDev, cloudflare };

}  // namespace stepwell
