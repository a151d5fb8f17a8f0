#pragma once

#include "app/engine/runtime/egress_server.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>

namespace stepwell::engine {

/// One connection of workerd: a request at a time, its answer streamed as it comes.
class EgressSession : public std::enable_shared_from_this<EgressSession> {
  public:
    using Socket = boost::asio::local::stream_protocol::socket;

    EgressSession(Socket socket, std::shared_ptr<EgressContext> context);
    void start() { readRequest(); }
    void close();

    void onHead(OutboundHead head);
    void onBody() { pump(); }
    void onEnd(const std::string& error);

  private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    void readRequest();
    void onHeader(boost::beast::error_code error);
    void enterGate();
    void readBody();
    void onRequest(boost::beast::error_code error);
    void awaitDurable();
    void perform();
    void refuse(int status, const std::string& text);
    void answer(int status, const std::string& text, bool keepAlive);
    void watchClient();
    void watchWaitingClient();
    enum class ClientState { waits, speaks, gone };
    ClientState lookAtClient();
    void write(std::string bytes);
    void pump();
    void finishAnswer();
    void nextRequest();
    void reportStart();
    void reportEnd(const std::string& error);

    Socket m_socket;
    std::shared_ptr<EgressContext> m_context;
    boost::beast::flat_buffer m_buffer;
    std::optional<Parser> m_parser;
    std::unique_ptr<EgressGate::Ticket> m_ticket;
    std::shared_ptr<Transfer> m_transfer;
    std::string m_writing;  ///< kept while it is written
    std::string m_error;    ///< why the transfer ended early
    OutboundReport m_report;
    std::chrono::steady_clock::time_point m_started{};
    bool m_reported = true;
    bool m_crowded = false;  ///< too many wait already
    bool m_isWriting = false;
    bool m_headSent = false;
    bool m_chunked = false;
    bool m_hasBody = true;  ///< of the answer
    bool m_ended = false;   ///< of the transfer
    bool m_closed = false;
    std::uint64_t m_turn = 0;  ///< counts requests, so that a late call about an old one is noticed
};

}  // namespace stepwell::engine
