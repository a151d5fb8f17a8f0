#pragma once

#include "app/engine/store/schema.h"
#include "tests/simulation/disk.h"

struct sqlite3;

namespace stepwell::simulation {

/// An engine database that can be made to fail the way disks do.
class FaultyDatabase {
  public:
    /// In memory when there is no disk. Should its power go out meanwhile, it is restored.
    explicit FaultyDatabase(Disk* disk = nullptr);
    ~FaultyDatabase();
    FaultyDatabase(const FaultyDatabase&) = delete;
    FaultyDatabase& operator=(const FaultyDatabase&) = delete;

    engine::Sqlite& db() { return *m_db; }
    /// What SQLite promises of a commit; see PRAGMA synchronous. The engine's is NORMAL, and it syncs the log
    /// itself before anything is acknowledged.
    enum class Synchronous { normal, off };
    void setSynchronous(Synchronous synchronous) { m_synchronous = synchronous; }
    /// Pages in the WAL from which on they are copied to the database.
    void setCheckpoint(int pages) { m_checkpoint = pages; }
    /// What the engine's WalSync does. False: there is no power.
    bool sync();
    /// After a power cut: restores the power and opens what is left.
    void reopen();
    /// What is wrong with the file.
    std::optional<std::string> flaw();
    void failNextCommit() { m_failsCommit = true; }
    /// Interrupts the statement that comes to this many steps of SQLite's machine from now.
    void failAfter(int steps);
    /// Until the next call, the database finds no room to grow.
    void setFull(bool full);
    void heal();

  private:
    void open();
    void markFile() const;
    std::string answer(const char* sql);

    Disk* m_disk;
    std::filesystem::path m_file = ":memory:";
    Synchronous m_synchronous = Synchronous::normal;
    int m_checkpoint = 0;  ///< 0: as the engine has it
    std::unique_ptr<engine::Sqlite> m_db;
    sqlite3* m_raw = nullptr;
    bool m_failsCommit = false;
};

}  // namespace stepwell::simulation
