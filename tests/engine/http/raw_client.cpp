#include "tests/engine/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <unistd.h>

namespace stepwell::test {

namespace {

constexpr timeval patience{10, 0};

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

void readHead(RawAnswer& answer, std::string_view head) {
    const auto* digits = head.data() + std::min<std::size_t>(head.find(' ') + 1, head.size());
    std::from_chars(digits, head.data() + head.size(), answer.status);
    for (auto at = head.find("\r\n"); at != std::string_view::npos;) {
        const auto end = head.find("\r\n", at + 2);
        const auto line = head.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
        const auto colon = line.find(": ");
        if (colon != std::string_view::npos)
            answer.fields[lowered(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
        at = end;
    }
}

}  // namespace

RawClient::RawClient(unsigned short port)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

RawClient::~RawClient() {
    if (fd_ >= 0) ::close(fd_);
}

void RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool RawClient::more() {
    std::array<char, 65536> block{};
    const auto got = ::recv(fd_, block.data(), block.size(), 0);
    if (got <= 0) return false;
    buffer_.append(block.data(), static_cast<std::size_t>(got));
    return true;
}

RawAnswer RawClient::receive(bool bodyless) {
    RawAnswer answer;
    const auto head = receiveUntil("\r\n\r\n");
    if (head.empty()) return answer;
    readHead(answer, std::string_view(head).substr(0, head.size() - 4));
    if (bodyless || answer.status == 100 || answer.status == 204) return answer;
    const auto length =
        answer.fields.count("content-length") != 0 ? std::stoul(answer.fields["content-length"]) : 0;
    while (buffer_.size() < length && more()) {
    }
    answer.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return answer;
}

std::string RawClient::receiveUntil(std::string_view text) {
    auto at = buffer_.find(text);
    while (at == std::string::npos) {
        if (!more()) return {};
        at = buffer_.find(text);
    }
    auto out = buffer_.substr(0, at + text.size());
    buffer_.erase(0, out.size());
    return out;
}

std::string RawClient::receiveBytes(std::size_t count) {
    while (buffer_.size() < count && more()) {
    }
    auto out = buffer_.substr(0, count);
    buffer_.erase(0, out.size());
    return out;
}

bool RawClient::isEnded() {
    char byte = 0;
    return buffer_.empty() && ::recv(fd_, &byte, 1, 0) == 0;
}

RawAnswer ask(unsigned short port, const std::string& method, const std::string& target,
              const std::string& head, const std::string& body) {
    RawClient client(port);
    auto text = method + ' ' + target + " HTTP/1.1\r\n" + head;
    if (lowered(head).find("host: ") == std::string::npos) text += "Host: 127.0.0.1\r\n";
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    client.send(text + "\r\n" + body);
    return client.receive(method == "HEAD");
}

}  // namespace stepwell::test
