#pragma once

#include "app/engine/http/json_writer.h"
#include "app/engine/store/reader.h"

namespace stepwell::engine::rest {

struct DetailForm {
    bool newestFirst = false;  ///< order=desc
    bool simple = false;       ///< no steps
    bool partial = false;      ///< only what changed was asked for
};

/// GET instance, reference sections 6.1 and 6.2, with our `stepwell` keys. Written for 25,000 steps.
void writeInstanceDetail(http::JsonWriter& json, const InstanceSnapshot& snapshot, DetailForm form);

/// An item of GET instances.
void writeInstanceItem(http::JsonWriter& json, const WorkflowRow& workflow, const InstanceListing::Item& item,
                       api::Time now);

/// "running", "retrying", "complete", "errored".
std::string_view stateName(api::StepState state);

}  // namespace stepwell::engine::rest
