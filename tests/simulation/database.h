#pragma once

#include "app/engine/store/schema.h"

struct sqlite3;

namespace stepwell::simulation {

/// An engine database that can be made to fail the way disks do.
class FaultyDatabase {
  public:
    explicit FaultyDatabase(const std::filesystem::path& file = ":memory:");
    ~FaultyDatabase();
    FaultyDatabase(const FaultyDatabase&) = delete;
    FaultyDatabase& operator=(const FaultyDatabase&) = delete;

    engine::Sqlite& db() { return *m_db; }
    void failNextCommit() { m_failsCommit = true; }
    /// Interrupts the statement that comes to this many steps of SQLite's machine from now.
    void failAfter(int steps);
    /// Until the next call, the database finds no room to grow.
    void setFull(bool full);
    void heal();

  private:
    std::unique_ptr<engine::Sqlite> m_db;
    sqlite3* m_raw = nullptr;
    bool m_failsCommit = false;
};

}  // namespace stepwell::simulation
