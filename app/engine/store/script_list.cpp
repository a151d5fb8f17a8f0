#include "app/engine/store/script_list.h"

#include "app/engine/store/row_codec.h"

#include <unordered_map>

namespace stepwell::engine {

std::vector<ScriptListing> readScriptListings(Sqlite& db) {
    std::unordered_map<ScriptKey, std::vector<ScheduleRow>> schedules;
    auto crons = db.query("SELECT " STEPWELL_SCHEDULE_COLUMNS " FROM schedules WHERE workflow=0 ORDER BY id");
    while (crons.step()) {
        auto row = readSchedule(crons);
        schedules[row.script].push_back(std::move(row));
    }
    auto query = db.query("SELECT " STEPWELL_SCRIPT_COLUMNS
                          ",coalesce((SELECT v.handlers FROM script_versions v WHERE v.script=scripts.id AND "
                          "v.uuid=(SELECT d.version FROM deployments d WHERE d.script=scripts.id "
                          "ORDER BY d.id DESC LIMIT 1)),'[]') FROM scripts ORDER BY name LIMIT 10000");
    std::vector<ScriptListing> listings;
    while (query.step()) {
        ScriptListing listing;
        listing.script = readScript(query);
        listing.handlers = query.text();
        if (const auto own = schedules.find(listing.script.key); own != schedules.end())
            listing.schedules = std::move(own->second);
        listings.push_back(std::move(listing));
    }
    return listings;
}

}  // namespace stepwell::engine
