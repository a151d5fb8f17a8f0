#include "tests/engine/runtime/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <unistd.h>

namespace stepwell::engine::test {

namespace {

/// "hello world", compressed by gzip.
constexpr std::array<unsigned char, 31> compressed = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57,
    0x28, 0xcf, 0x2f, 0xca, 0x49, 0x01, 0x00, 0x85, 0x11, 0x4a, 0x0d, 0x0b, 0x00, 0x00, 0x00};

bool sendAll(int socket, const std::string& bytes) {
    return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

std::size_t contentLength(const std::string& head) {
    const auto at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

void answer(int client, const std::string& head, const std::string& body) {
    const auto path = head.substr(head.find(' ') + 1, head.find(" HTTP") - head.find(' ') - 1);
    const auto start = [](const std::string& status, const std::string& headers) {
        return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "\r\n";
    };
    if (path == "/echo") {
        sendAll(client, start("201 Created", "Content-Length: " + std::to_string(body.size()) +
                                                 "\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n") +
                            body);
    } else if (path == "/gzip") {
        sendAll(client, start("200 OK", "Content-Encoding: gzip\r\nContent-Length: 31\r\n") +
                            std::string(compressed.begin(), compressed.end()));
    } else if (path == "/forged") {
        sendAll(client, start("200 OK", "X-Stepwell-Failure: 1\r\nContent-Length: 2\r\n") + "ok");
    } else if (path == "/held") {
        sendAll(client, start("204 No Content", ""));
    } else if (path == "/redirect") {
        sendAll(client, start("302 Found", "Location: /echo\r\nContent-Length: 0\r\n"));
    } else if (path == "/large") {
        sendAll(client, start("200 OK", ""));
        while (sendAll(client, std::string(65536, 'x'))) {
        }
    } else if (path == "/silent") {
        std::array<char, 16> rest{};
        while (::recv(client, rest.data(), rest.size(), 0) > 0) {
        }
    } else {
        sendAll(client, start("404 Not Found", "Content-Length: 0\r\n"));
    }
}

}  // namespace

TestServer::TestServer() {
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(m_listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(m_listener, 16) != 0 ||
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("cannot listen on the loopback");
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { run(); });
}

TestServer::~TestServer() {
    m_stopping = true;
    letGo();
    ::shutdown(m_listener, SHUT_RDWR);
    m_thread.join();
    for (const int socket : m_sockets)
        ::shutdown(socket, SHUT_RDWR);
    for (auto& client : m_clients)
        client.join();
    for (const int socket : m_sockets)
        ::close(socket);
    ::close(m_listener);
}

std::vector<std::string> TestServer::requests() const {
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

void TestServer::letGo() {
    const std::lock_guard lock(m_mutex);
    m_letGo = true;
    m_changed.notify_all();
}

void TestServer::waitUntilLetGo() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_letGo || m_stopping; });
}

void TestServer::run() {
    while (!m_stopping) {
        const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        m_sockets.push_back(client);
        m_clients.emplace_back([this, client] { serve(client); });
    }
}

void TestServer::serve(int client) {
    std::string received;
    std::array<char, 4096> buffer{};
    std::size_t end = std::string::npos;
    while (end == std::string::npos ||
           received.size() < end + 4 + contentLength(received.substr(0, end + 2))) {
        const auto count = ::recv(client, buffer.data(), buffer.size(), 0);
        if (count <= 0) return;
        received.append(buffer.data(), static_cast<std::size_t>(count));
        end = received.find("\r\n\r\n");
    }
    const auto head = received.substr(0, end + 2);
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(head);
    }
    if (head.starts_with("GET /held ")) waitUntilLetGo();
    answer(client, head, received.substr(end + 4));
    ::shutdown(client, SHUT_RDWR);
}

}  // namespace stepwell::engine::test
