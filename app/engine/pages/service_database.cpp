#include "app/engine/pages/service_database.h"

#include "app/engine/pages/service_schema.h"

namespace stepwell::engine::pages {

api::Result<std::unique_ptr<ServiceDatabase>> ServiceDatabase::open(const std::filesystem::path& file) {
    auto writer = openPagesDatabase(file);
    if (!writer) return tl::unexpected(writer.error());
    std::string error;
    auto reader = Sqlite::open(file, Sqlite::Mode::readOnly, error);
    if (!reader)
        return api::fail(500, api::code::storage,
                         "The database " + file.string() + " cannot be read: " + error + ".");
    auto database = std::make_unique<ServiceDatabase>();
    database->m_file = file;
    database->m_writer = std::move(*writer);
    database->m_reader = std::move(reader);
    return database;
}

api::Error ServiceDatabase::broken(const std::string& why) {
    return {500, api::code::storage, "The database of sites could not be read: " + why + "."};
}

api::Error ServiceDatabase::unwritten(const std::string& why) const {
    return {507, api::code::storage,
            "The database of sites, " + m_file.string() + ", could not be written: " + why +
                ". Nothing was changed; make room in that folder and try again."};
}

}  // namespace stepwell::engine::pages
