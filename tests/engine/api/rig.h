#pragma once

#include "app/engine/api/rest_server.h"
#include "tests/engine/http/raw_client.h"

#include <nlohmann/json.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

/// QCOMPARE for what may be JSON on either side.
#define COMPARE_JSON(actual, expected)                                                                       \
    QVERIFY2(stepwell::test::same(actual, expected), stepwell::test::shown(actual, expected).c_str())

/// A server over an engine and a database that tests hold in their hands.
namespace stepwell::test {

template <class Left, class Right>
bool same(const Left& left, const Right& right) {
    return nlohmann::json(left) == nlohmann::json(right);
}
template <class Left, class Right>
std::string shown(const Left& left, const Right& right) {
    return nlohmann::json(left).dump() + " is not " + nlohmann::json(right).dump();
}

/// What the fake reader tells. Set up before the server starts, or under `mutex`.
struct FakeData {
    std::mutex mutex;
    std::vector<engine::WorkflowRow> workflows;
    std::vector<engine::WorkflowVersionRow> versions;
    engine::StatusCounts counts;
    engine::InstanceListing listing;
    std::vector<engine::InstanceSnapshot> instances;
    std::vector<engine::LogRow> logs;
    std::vector<engine::ScriptRow> scripts;
    std::vector<engine::DeploymentRow> deployments;
    std::vector<engine::ScriptVersionRow> scriptVersions;
    std::vector<engine::ScheduleRow> schedules;
    std::vector<engine::FeedLine> feed;
    std::optional<engine::ClassGraph> graph;  ///< what is stored for every class
    engine::InstanceQuery lastQuery;          ///< of the last listing
    bool broken = false;                      ///< every read fails
};

/// Keeps the commands it gets and answers them with `reply`.
class FakeEngine final : public engine::Engine {
  public:
    std::function<engine::Reply(const engine::Request&)> reply;
    std::function<api::Result<engine::BundleFacts>(const engine::Bundle&)> check;
    std::function<api::Result<engine::ClassGraph>(const std::string& className)> analyse;
    /// The fetch handler of a version; without it there is none to be had.
    std::function<api::Result<engine::HandlerConnection>(engine::ScriptVersionKey)> handler;

    void submit(engine::Request request, engine::ReplyHandler answer) override;
    api::Result<std::string> putBlob(std::string_view bytes) override;
    std::filesystem::path blobPath(const std::string& digest) const override;
    void checkBundle(engine::Bundle bundle,
                     std::function<void(api::Result<engine::BundleFacts>)> done) override;
    void makeGraph(engine::ScriptVersionKey version, const std::string& className,
                   std::function<void(api::Result<engine::ClassGraph>)> done) override;
    void whenDurable(std::function<void(bool)> then) override;
    void connectHandler(engine::ScriptVersionKey version,
                        std::function<void(api::Result<engine::HandlerConnection>)> done) override;
    void connectSite(const engine::Bundle& bundle, engine::WhenStuck whenStuck,
                     std::function<void(api::Result<engine::HandlerConnection>)> done) override;
    std::vector<engine::LogRow> handlerLogs(const std::string& script, std::int64_t after,
                                            int limit) const override;
    engine::EngineHealth health() const override;
    std::filesystem::path databasePath() const override { return {}; }
    std::unique_ptr<Subscription> subscribe(FeedHandler listener) override;

    void publish(const std::vector<engine::FeedLine>& lines);
    /// From now on what was read counts as not durable.
    void hold();
    /// Waits for something that waits to be told that it is, and takes it; empty when nothing comes.
    std::function<void(bool durable)> held();
    std::vector<engine::Request> commands();
    std::vector<std::string> blobs();
    template <class Command>
    Command only() {
        const auto all = commands();
        return all.size() == 1 && std::holds_alternative<Command>(all[0]) ? std::get<Command>(all[0])
                                                                          : Command{};
    }

  private:
    std::mutex mutex_;
    std::vector<engine::Request> commands_;  ///< guarded by mutex_, as are the two below
    std::vector<std::string> blobs_;
    FeedHandler feed_;
    std::condition_variable changed_;
    std::deque<std::function<void(bool)>> held_;  ///< guarded by mutex_
    bool holds_ = false;                          ///< likewise
};

struct JsonAnswer {
    int status = 0;
    nlohmann::json body;
    nlohmann::json result() const { return body.value("result", nlohmann::json()); }
    int code() const;
    std::string message() const;
};

/// Server, fakes and a client for them. Account "local".
class Rig {
  public:
    Rig()
        : Rig(engine::ServerOptions()) {}
    /// With other options than usual, and sites; port and token are the rig's.
    explicit Rig(engine::ServerOptions options, std::unique_ptr<engine::pages::Service> sites = nullptr);
    ~Rig();
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    FakeEngine engine;
    FakeData data;

    unsigned short port() const { return server_->port(); }
    const engine::http::Router& router() const { return server_->router(); }
    /// The engine lives on.
    void stopServer() { server_.reset(); }
    static std::string token();
    static std::string authorization();  ///< header line
    /// `path` follows /client/v4/accounts/local.
    JsonAnswer call(const std::string& method, const std::string& path, const std::string& body = {},
                    const std::string& contentType = "application/json");
    JsonAnswer get(const std::string& path) { return call("GET", path); }

  private:
    std::unique_ptr<engine::rest::RoutedServer> server_;
};

JsonAnswer parsed(const RawAnswer& answer);

/// "2026-01-01T00:00:00Z" and so many milliseconds.
api::Time at(std::int64_t milliseconds);

engine::WorkflowRow workflowRow(const std::string& name);
engine::ScriptRow scriptRow(const std::string& name);

}  // namespace stepwell::test
