#pragma once

#include <QString>

namespace stepwell {

/// esbuild's own binary: beside the program in ../share/stepwell/bin, else from the npm packages of the build
/// tree; the environment variable STEPWELL_ESBUILD goes before both. Empty when there is none.
QString findEsbuild();

}  // namespace stepwell
