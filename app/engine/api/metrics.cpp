#include "app/engine/api/metrics.h"

#include <fstream>
#include <unistd.h>

namespace stepwell::engine::rest {

namespace {

enum class Kind { counter, gauge };

class Text {
  public:
    void head(const std::string& name, Kind kind, const std::string& help) {
        out_ += "# HELP " + name + ' ' + help + '\n';
        out_ += "# TYPE " + name + (kind == Kind::counter ? " counter\n" : " gauge\n");
    }
    void sample(const std::string& name, std::int64_t value) {
        out_ += name + ' ' + std::to_string(value) + '\n';
    }
    void one(const std::string& name, Kind kind, const std::string& help, std::int64_t value) {
        head(name, kind, help);
        sample(name, value);
    }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

void writeRequests(Text& text, const http::Traffic& traffic) {
    const std::string name = "stepwell_http_responses_total";
    text.head(name, Kind::counter, "Answers by class of their status.");
    for (std::size_t i = 2; i < traffic.byClass.size(); ++i)
        text.sample(name + "{status=\"" + std::to_string(i) + "xx\"}",
                    static_cast<std::int64_t>(traffic.byClass[i]));
}

void writeRefusals(Text& text, const http::Traffic& traffic) {
    const auto count = [&](const char* name, const char* help, std::uint64_t value) {
        text.one(name, Kind::counter, help, static_cast<std::int64_t>(value));
    };
    const std::string refused = "stepwell_http_connections_refused_total";
    text.head(refused, Kind::counter, "Connections that were turned away.");
    text.sample(refused + "{limit=\"total\"}", static_cast<std::int64_t>(traffic.refusedByTotal));
    text.sample(refused + "{limit=\"address\"}", static_cast<std::int64_t>(traffic.refusedByAddress));
    count("stepwell_http_slow_heads_total", "Requests whose header took too long.", traffic.slowHeads);
    count("stepwell_http_slow_bodies_total", "Requests whose body came too slowly.", traffic.slowBodies);
    count("stepwell_http_stalled_total", "Clients that took nothing of their answer for too long.",
          traffic.stalled);
    if (!traffic.certificateEnds) return;
    count("stepwell_tls_handshakes_failed_total", "TLS handshakes that failed or took too long.",
          traffic.failedHandshakes);
    count("stepwell_tls_certificate_errors_total", "New certificates that could not be used.",
          traffic.certificateErrors);
    text.one("stepwell_tls_certificate_end_seconds", Kind::gauge, "End of the certificate, Unix time.",
             traffic.certificateEnds->time_since_epoch().count() / 1'000);
}

}  // namespace

std::int64_t residentBytes() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    if (!(statm >> total >> resident)) return 0;
    return resident * sysconf(_SC_PAGESIZE);
}

std::string metricsText(const EngineHealth& health, const http::Traffic& traffic, int streams) {
    Text text;
    text.one("stepwell_commits_total", Kind::counter, "Transactions committed since the start.",
             health.commits);
    text.one("stepwell_steps_completed_total", Kind::counter, "Steps completed since the start.",
             health.stepsCompleted);
    text.one("stepwell_live_instances", Kind::gauge, "Instances in memory.", health.liveInstances);
    text.one("stepwell_scripts", Kind::gauge, "Worker scripts.", health.scripts);
    text.one("stepwell_runtimes", Kind::gauge, "Runtime processes.", health.runtimes.processes);
    text.one("stepwell_runtimes_resident_bytes", Kind::gauge, "Memory of the runtime processes.",
             health.runtimes.residentBytes);
    text.one("stepwell_resident_bytes", Kind::gauge, "Memory of the engine's own process.", residentBytes());
    text.one("stepwell_storage_ok", Kind::gauge, "0 when the database cannot be written.",
             health.storageError.empty() ? 1 : 0);
    text.one("stepwell_sandbox_usable", Kind::gauge, "0 when user code cannot run.",
             health.sandbox.usable ? 1 : 0);
    text.one("stepwell_analytics_dropped_rows_total", Kind::counter,
             "Rows that analytics had no room for since the start, and that no query tells.",
             health.rowsNotCounted);
    text.one("stepwell_event_streams", Kind::gauge, "Open event streams.", streams);
    text.one("stepwell_http_connections", Kind::gauge, "Open connections.", traffic.connections);
    writeRequests(text, traffic);
    writeRefusals(text, traffic);
    return text.take();
}

}  // namespace stepwell::engine::rest
