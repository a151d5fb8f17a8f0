#include "app/engine/pages/site_stretch.h"

#include <fstream>

namespace stepwell::engine::pages {

api::Result<std::string> readStretch(const std::filesystem::path& path, std::int64_t start,
                                     std::int64_t bytes) {
    std::string text(static_cast<std::size_t>(bytes), '\0');
    std::ifstream file(path, std::ios::binary);
    file.seekg(start);
    file.read(text.data(), bytes);
    if (!file.is_open() || file.gcount() != bytes)
        return api::fail(500, api::code::storage,
                         "The file " + path.string() +
                             " of a deployment cannot be read. Deploy the site again.");
    return text;
}

}  // namespace stepwell::engine::pages
