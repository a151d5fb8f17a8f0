#pragma once

#include "models/import/problem.h"

#include <nlohmann/json_fwd.hpp>

#include <QString>
#include <QStringList>

#include <string>

namespace stepwell {

// Configuration files as JSON, whatever they were written in. The answer is what is wrong; `result` counts
// when that is empty.

/// JSON with comments and trailing commas. `file` is for the errors only.
std::vector<Problem> parseJsonc(const std::string& text, const QString& file, nlohmann::json& result);
/// TOML; dates become their texts.
std::vector<Problem> parseToml(const std::string& text, const QString& file, nlohmann::json& result);

/// The names that a wrangler configuration may have, the ones that win first.
const QStringList& configFileNames();
/// The configuration at `path`, by the ending of its name; at most 1 MiB.
std::vector<Problem> readConfigFile(const QString& path, nlohmann::json& result);

/// Blanks out commas before a closing bracket, outside of strings and comments; every other byte keeps its
/// place, so that positions in errors stay true.
std::string withoutTrailingCommas(std::string text);

}  // namespace stepwell
