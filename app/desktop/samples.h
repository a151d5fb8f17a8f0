#pragma once

#include "widgets/sample_list.h"

namespace stepwell {

/// The sample projects that lie beside the program, `../share/stepwell/samples`; none when they are missing.
std::vector<Sample> installedSamples();

}  // namespace stepwell
