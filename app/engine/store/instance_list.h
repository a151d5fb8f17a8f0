#pragma once

#include "app/engine/store/reader.h"
#include "app/engine/store/sqlite.h"

namespace stepwell::engine {

/// Reads a stretch of a workflow's instances, and how many there are, in a time that does not grow with their
/// number: totals and positions come from the block counts (rows.h), rows from the index around one key.
/// Within a read transaction of the caller.
///
/// Instances are created in the order of their keys, so a window of creation times is a range of keys. Where
/// the clock was set back in between, totals of such a window are off by the instances of that time; rows
/// never are.
InstanceListing listInstances(Sqlite& db, const InstanceQuery& asked);

}  // namespace stepwell::engine
