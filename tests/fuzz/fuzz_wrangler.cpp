// Configuration files of wrangler: TOML when the input begins with a hash, else JSON with comments.
#include "models/import/config_file.h"
#include "models/import/worker_config.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>

using namespace stepwell;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto file = QStringLiteral("wrangler");
    nlohmann::json config;
    const auto problems =
        text.starts_with('#') ? parseToml(text, file, config) : parseJsonc(text, file, config);
    for (const auto& problem : problems)
        toText(problem);
    if (!problems.empty()) return 0;
    ReadProject read;
    std::string main;
    readWorkerConfig(config, file, read, main);
    if (read.ok() && !nlohmann::json::accept(read.project.varsJson)) std::abort();
    return 0;
}
