#include "app/engine/runtime/code_folder.h"

#include <fstream>

namespace stepwell::engine {

namespace fs = std::filesystem;

api::Result<void> makeProcessFolder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder / "code", error);
    if (!error) fs::create_directories(folder / "run", error);
    if (!error) fs::permissions(folder, fs::perms::owner_all, error);
    if (error)
        return api::fail(500, api::code::storage,
                         "Cannot make the folder " + folder.string() + ": " + error.message());
    return {};
}

api::Result<void> placeFile(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::create_hard_link(from, to, error);
    if (error) fs::copy_file(from, to, error);
    if (error)
        return api::fail(500, api::code::storage, "Cannot read " + from.string() + ": " + error.message());
    return {};
}

api::Result<void> placeModule(const Module& module, const fs::path& to) {
    if (!module.bytes) return placeFile(module.file, to);
    std::ifstream from(module.file, std::ios::binary);
    from.seekg(static_cast<std::streamoff>(module.offset));
    std::string text(*module.bytes, '\0');
    from.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (from) return writeFile(to, text);
    return api::fail(500, api::code::storage,
                     "Cannot read the module \"" + module.name + "\" from " + module.file.string() + ".");
}

api::Result<void> writeFile(const fs::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.close();
    if (!stream)
        return api::fail(500, api::code::storage, "Cannot write " + file.string() + ": is the disk full?");
    return {};
}

}  // namespace stepwell::engine
