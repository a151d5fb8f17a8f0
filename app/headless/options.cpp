#include "app/headless/options.h"

#include "app/engine/http/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>

namespace stepwell::headless {

namespace {

constexpr int mostSeconds = 3'600;
constexpr int mostConnections = 100'000;
constexpr int mostRequests = 10'000'000;
constexpr int leastMemory = 16;
constexpr int mostMemory = 16'384;

tl::unexpected<api::Error> wrong(const std::string& message) {
    return api::fail(0, 0, message + " See stepwelld --help.");
}

std::optional<int> wholeNumber(std::string_view text, int least, int most) {
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < least || value > most)
        return std::nullopt;
    return value;
}

bool isAddress(const std::string& host) {
    in6_addr address{};
    return host == "localhost" || inet_pton(AF_INET, host.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool isLoopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

/// "127.0.0.1:8790", "[::1]:0", "localhost:80".
api::Result<void> setListen(Options& options, const std::string& value) {
    const auto colon = value.rfind(':');
    auto host = value.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const bool bareIpv6 = !bracketed && host.find(':') != std::string::npos;
    if (colon == std::string::npos || bareIpv6 || !isAddress(host))
        return wrong("--listen must be ADDRESS:PORT like 127.0.0.1:8790 or [::1]:8790, not \"" + value +
                     "\".");
    const auto port = wholeNumber(std::string_view(value).substr(colon + 1), 0, 65'535);
    if (!port)
        return wrong("The port of --listen must be a number from 0 (picks a free one) to 65535, not \"" +
                     value + "\".");
    options.listenHost = host;
    options.port = static_cast<unsigned short>(*port);
    return {};
}

api::Result<void> setAccount(Options& options, const std::string& value) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    };
    if (value.empty() || value.size() > 64 || !std::all_of(value.begin(), value.end(), allowed))
        return wrong("--account must be 1 to 64 letters, digits, - or _, not \"" + value + "\".");
    options.account = value;
    return {};
}

api::Result<void> setPath(std::filesystem::path& path, const std::string& name, const std::string& value) {
    if (value.empty()) return wrong(name + " needs a path.");
    path = std::filesystem::absolute(value).lexically_normal();
    return {};
}

/// One that a certificate can have.
bool isHostName(const std::string& value) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-';
    };
    return !value.empty() && value.size() <= 253 && std::all_of(value.begin(), value.end(), allowed);
}

api::Result<void> addPublicName(Options& options, const std::string& value) {
    if (!isHostName(value))
        return wrong("--public-name must be a host name like engine.example.com, without a port, not \"" +
                     value + "\".");
    options.publicNames.push_back(value);
    return {};
}

api::Result<void> setSitesDomain(Options& options, const std::string& value) {
    const auto name = engine::http::lowered(value);
    const bool isTaken = name == "localhost" || name.ends_with(".localhost") || isAddress(name);
    if (!isHostName(name) || isTaken || name.front() == '.' || name.back() == '.')
        return wrong("--sites-domain must be a domain like sites.example.com, without a port and not below "
                     "localhost, not \"" +
                     value + "\".");
    options.sitesDomain = name;
    return {};
}

api::Result<void> setPublicUrl(Options& options, const std::string& value) {
    auto url = engine::http::PublicUrl::parse(value);
    if (!url) return wrong("--public-url: " + url.error().message);
    options.publicUrl = std::move(*url);
    return {};
}

using Setter = std::function<api::Result<void>(Options&, const std::string&)>;

/// A setting that is a whole number.
Setter number(const std::string& name, int least, int most, const std::string& unit,
              std::function<void(Options&, int)> set) {
    return [=](Options& options, const std::string& text) -> api::Result<void> {
        const auto value = wholeNumber(text, least, most);
        if (!value)
            return wrong(name + " must be " + std::to_string(least) + " to " + std::to_string(most) + ' ' +
                         unit + ", not \"" + text + "\".");
        set(options, *value);
        return {};
    };
}

Setter seconds(const std::string& name, std::chrono::milliseconds engine::http::PaceLimits::*limit) {
    return number(name, 1, mostSeconds, "seconds",
                  [limit](Options& o, int v) { o.pace.*limit = std::chrono::seconds(v); });
}

const std::map<std::string, Setter>& setters() {
    static const std::map<std::string, Setter> all = {
        {"--data-dir", [](Options& o, const std::string& v) { return setPath(o.dataDir, "--data-dir", v); }},
        {"--token-file",
         [](Options& o, const std::string& v) { return setPath(o.tokenFile, "--token-file", v); }},
        {"--workerd", [](Options& o, const std::string& v) { return setPath(o.workerd, "--workerd", v); }},
        {"--listen", setListen},
        {"--account", setAccount},
        {"--trusted-proxy",
         [](Options& o, const std::string& v) -> api::Result<void> {
             const auto network = engine::http::Network::parse(v);
             if (!network) return wrong("--trusted-proxy: " + network.error().message);
             o.trustedProxies.push_back(*network);
             return {};
         }},
        {"--cpu-limit", number("--cpu-limit", 1, mostSeconds, "seconds",
                               [](Options& o, int v) { o.cpuLimit = std::chrono::seconds(v); })},
        {"--memory-limit", number("--memory-limit", leastMemory, mostMemory, "MiB",
                                  [](Options& o, int v) { o.memoryLimitMiB = v; })},
        {"--tls-cert",
         [](Options& o, const std::string& v) { return setPath(o.tlsCertificate, "--tls-cert", v); }},
        {"--tls-key", [](Options& o, const std::string& v) { return setPath(o.tlsKey, "--tls-key", v); }},
        {"--public-name", addPublicName},
        {"--public-url", setPublicUrl},
        {"--sites-domain", setSitesDomain},
        {"--max-connections", number("--max-connections", 1, mostConnections, "connections",
                                     [](Options& o, int v) { o.connections = v; })},
        {"--max-connections-per-address",
         number("--max-connections-per-address", 1, mostConnections, "connections",
                [](Options& o, int v) { o.connectionsPerAddress = v; })},
        {"--head-timeout", seconds("--head-timeout", &engine::http::PaceLimits::head)},
        {"--idle-timeout", seconds("--idle-timeout", &engine::http::PaceLimits::idle)},
        {"--write-timeout", seconds("--write-timeout", &engine::http::PaceLimits::write)},
        {"--min-body-rate", number("--min-body-rate", 0, 1'000'000, "bytes a second",
                                   [](Options& o, int v) { o.pace.bodyRate = v; })},
        {"--rate-limit",
         number("--rate-limit", 0, mostRequests, "requests", [](Options& o, int v) { o.rateLimit = v; })},
    };
    return all;
}

bool setSwitch(Options& options, const std::string& name) {
    if (name == "--allow-unsandboxed")
        options.allowUnsandboxed = true;
    else if (name == "--plain-http")
        options.plainHttp = true;
    else if (name == "--no-analytics")
        options.countsAnalytics = false;
    else if (name == "--version")
        options.action = Options::Action::version;
    else if (name == "--help" || name == "-h")
        options.action = Options::Action::help;
    else
        return false;
    return true;
}

api::Result<Options> checked(Options options) {
    if (options.action != Options::Action::run) return options;
    if (options.dataDir.empty())
        return wrong("--data-dir DIR is missing: the folder for the database and everything else.");
    if (!isLoopback(options.listenHost) && options.tokenFile.empty())
        return wrong("--listen " + options.listenHost +
                     " opens the engine to other machines. Name a token on purpose with --token-file FILE, "
                     "or listen on "
                     "127.0.0.1.");
    if (options.tlsCertificate.empty() != options.tlsKey.empty())
        return wrong("--tls-cert and --tls-key go together: the certificate and its key.");
    if (!isLoopback(options.listenHost) && options.tlsCertificate.empty() && !options.plainHttp)
        return wrong("--listen " + options.listenHost +
                     " without TLS would send tokens readable over the network. Give --tls-cert FILE and "
                     "--tls-key FILE, listen on 127.0.0.1 behind a proxy that speaks TLS, or allow it by "
                     "name with --plain-http.");
    return options;
}

}  // namespace

api::Result<Options> parseOptions(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (setSwitch(options, arguments[i])) continue;
        const auto equals = arguments[i].find('=');
        const auto name = arguments[i].substr(0, equals);
        const auto setter = setters().find(name);
        if (setter == setters().end() && i == 0 && !arguments[i].starts_with('-'))
            return wrong("There is no command \"" + arguments[i] +
                         "\": there are backup, restore, healthcheck and token.");
        if (setter == setters().end()) return wrong("Unknown argument \"" + arguments[i] + "\".");
        if (equals == std::string::npos && i + 1 == arguments.size()) return wrong(name + " needs a value.");
        const auto value = equals == std::string::npos ? arguments[++i] : arguments[i].substr(equals + 1);
        if (auto set = setter->second(options, value); !set) return tl::unexpected(set.error());
    }
    return checked(std::move(options));
}

std::string usage() {
    return R"(stepwelld - durable workflows behind the v4 REST API, without a window

usage: stepwelld --data-dir DIR [options]
       stepwelld backup --data-dir DIR --to FILE|DIR     one archive, also while an engine runs there
       stepwelld restore --from FILE --data-dir DIR      to a folder that is new or empty
       stepwelld healthcheck --data-dir DIR | --url URL [--ca FILE]    exit code 0: it answers
       stepwelld token create|list|revoke --data-dir DIR ...  API tokens
Each of these four tells more with --help.

  --data-dir DIR          database, scripts and token live here; created when missing
  --listen ADDRESS:PORT   default 127.0.0.1:8790; port 0 picks a free one; an address that other
                          machines can reach needs --token-file
  --token-file FILE       the bearer token; default DIR/token; created when missing
  --account ID            account of the API's paths, default "local"
  --trusted-proxy ADDRESS|NETWORK
                          a proxy before the engine, like 10.0.0.7 or 10.0.0.0/8: what it says of its
                          clients (X-Forwarded-For, X-Forwarded-Proto) is believed; may be repeated
  --tls-cert FILE --tls-key FILE
                          PEM: certificate with its chain, and its key; read again when they change
  --plain-http            speak plain HTTP on an address that other machines can reach
  --public-name NAME      a host name of this server, like engine.example.com; may be repeated
  --public-url URL        what URLs that are handed out begin with where a proxy stands in front, like
                          https://engine.example.com; its host is a public name too
  --sites-domain NAME     serve sites at PROJECT.NAME and Workers at SCRIPT.workers.NAME too, and show
                          those addresses; DNS has to send *.NAME here
  --max-connections N     more are answered 503, default 1024
  --max-connections-per-address N
                          more are answered 429, default 512; trusted proxies may have more
  --head-timeout SECONDS  for the header of a request, default 15
  --idle-timeout SECONDS  of a connection between two requests, default 60
  --write-timeout SECONDS in which a client takes nothing of its answer, default 30
  --min-body-rate BYTES   a second that a body comes with on average after 20 s, default 512
  --rate-limit REQUESTS   of one API token within five minutes, default 12000 (the original: 1200); 0: any
                          number. An address may ask five times as much. What the owner's token asks from
                          this machine is not counted
  --allow-unsandboxed     run user code without bubblewrap when that cannot be used (not safe)
  --no-analytics          count nothing: no charts, and no analytics.db
  --cpu-limit SECONDS     longest time user code may block its process, default 30
  --memory-limit MiB      heap of a user code process, default 128
  --workerd FILE          the runtime binary; searched for when not given
  --version, --help

When it is ready, one line of JSON on stdout says where: url, api, account, token_file. A second start
on the same folder prints the line of the engine that runs there. Logs go to stderr. SIGTERM stops it.
)";
}

}  // namespace stepwell::headless
