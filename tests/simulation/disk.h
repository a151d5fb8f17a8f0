#pragma once

#include "tests/simulation/random.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace stepwell::simulation {

/// A disk in memory, for SQLite, whose power can be cut. It knows of every file what has reached the medium
/// for good and what was only written; a cut keeps of the latter what the seed picks. It promises what
/// SQLite's own layer over Linux promises, and no more: writes may reach the medium in any order and torn
/// into sectors, a new file or a removed one is only certain once its folder was synced. One connection at a
/// time.
///
/// While one exists it is SQLite's default, in the whole process.
class Disk {
  public:
    explicit Disk(Random& random);
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// Cuts the power at the n-th operation from now that changes anything; it and all others fail from then
    /// on.
    void cutAfter(int operations) { m_left = operations; }
    void neverMind() { m_left = 0; }
    bool isOut() const { return m_isOut; }
    /// Decides what the cut has left. Every connection from before must be closed.
    void restorePower();
    /// Canary: nothing reaches the medium by being synced.
    void ignoreSyncs() { m_ignoresSyncs = true; }
    std::int64_t cuts() const { return m_cuts; }

    struct Change {
        std::size_t at = 0;
        std::string bytes;
        bool truncates = false;  ///< to `at`; no bytes
    };
    struct Inode {
        std::string now;   ///< as programs see it
        std::string safe;  ///< as it is on the medium, without the changes
        std::vector<Change> unsynced;
    };
    using File = std::shared_ptr<Inode>;

    // What SQLite asks for. False: there is no power.
    bool powered() const { return !m_isOut; }
    File find(const std::string& name) const;
    File create(const std::string& name);
    bool write(Inode& file, std::size_t at, std::string_view bytes);
    bool truncate(Inode& file, std::size_t size);
    bool sync(Inode& file, bool alsoFolder);
    bool remove(const std::string& name, bool syncFolder);

  private:
    bool spend();
    void settle(Inode& file);
    void apply(std::string& medium, const Change& change, bool torn);

    Random& m_random;
    std::unique_ptr<sqlite3_vfs> m_vfs;
    std::map<std::string, File> m_now;   ///< the folder as programs see it
    std::map<std::string, File> m_safe;  ///< the folder on the medium
    int m_left = 0;                      ///< operations up to the cut; 0: none is planned
    bool m_isOut = false;
    bool m_ignoresSyncs = false;
    std::int64_t m_cuts = 0;
};

}  // namespace stepwell::simulation
