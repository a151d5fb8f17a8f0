#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace stepwell::engine::test {

/// An HTTP server on the loopback that answers every request by its path and keeps what it was asked:
/// `/echo` the body, `/gzip` two compressed words, `/forged` a header that only the engine sends, `/redirect`
/// a 302 to /echo, `/large` endless bytes,
/// `/silent` nothing, `/held` an empty answer once `letGo` was called.
class TestServer {
  public:
    TestServer();
    ~TestServer();
    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(m_port) + path;
    }
    /// Heads of the requests so far.
    std::vector<std::string> requests() const;
    void letGo();

  private:
    void run();
    void serve(int client);
    void waitUntilLetGo();

    int m_listener = -1;
    int m_port = 0;
    std::atomic<bool> m_stopping{false};
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_letGo = false;  ///< guarded by m_mutex
    std::vector<std::string> m_requests;
    std::vector<std::thread> m_clients;
    std::vector<int> m_sockets;
    std::thread m_thread;
};

}  // namespace stepwell::engine::test
