#pragma once

#include "app/engine/pages/service_store.h"
#include "app/engine/pages/site_hosts.h"
#include "app/engine/pages/site_storage_state.h"

#include <filesystem>
#include <memory>
#include <mutex>

namespace stepwell::engine::pages {

/// What a transaction works with.
struct Work {
    Sqlite& db;
    SiteStore store;
    std::vector<HostChange> hosts;  ///< to be routed once the transaction is durable
};

/// The two connections of the service: one writes, one reads what is committed while the other is at work.
/// Thread-safe.
class ServiceDatabase {
  public:
    static api::Result<std::unique_ptr<ServiceDatabase>> open(const std::filesystem::path& file);

    /// Runs `act` in a transaction: all of it is durable on return, or none when it or the disk failed.
    template <class T, class Act>
    api::Result<T> write(SiteHosts& hosts, Act act) {
        const std::lock_guard lock(m_writeMutex);
        Work work{*m_writer, SiteStore(*m_writer), {}};
        m_writer->clearError();
        m_writer->exec("BEGIN IMMEDIATE");
        api::Result<T> result = act(work);
        if (!result || !m_writer->ok() || !m_writer->exec("COMMIT")) return rolledBack(result);
        m_state.worked();
        hosts.apply(work.hosts);
        return result;
    }

    /// Runs `act` on one state of the database.
    template <class T, class Act>
    api::Result<T> read(Act act) {
        const std::lock_guard lock(m_readMutex);
        Work work{*m_reader, SiteStore(*m_reader), {}};
        m_reader->clearError();
        m_reader->exec("BEGIN");
        api::Result<T> result = act(work);
        if (result && !m_reader->ok()) result = tl::unexpected(broken(m_reader->error()));
        m_reader->clearError();
        m_reader->exec("COMMIT");
        return result;
    }

    /// How the last transaction that wrote went.
    const StorageState& state() const { return m_state; }

  private:
    template <class T>
    api::Result<T> rolledBack(api::Result<T>& result) {
        if (!m_writer->ok()) {
            result = tl::unexpected(unwritten(m_writer->error()));
            m_state.failed(result.error());
        }
        m_writer->clearError();
        m_writer->exec("ROLLBACK");
        m_writer->clearError();
        return std::move(result);
    }
    static api::Error broken(const std::string& why);
    api::Error unwritten(const std::string& why) const;

    std::filesystem::path m_file;
    StorageState m_state;
    std::mutex m_writeMutex;
    std::unique_ptr<Sqlite> m_writer;  ///< guarded by m_writeMutex
    std::mutex m_readMutex;
    std::unique_ptr<Sqlite> m_reader;  ///< guarded by m_readMutex
};

}  // namespace stepwell::engine::pages
