#include "models/backends/wrangler_watch.h"

#include "models/client/client.h"
#include "models/client/parse_explorer.h"
#include "models/text.h"

#include <QSettings>

#include <algorithm>
#include <array>
#include <optional>

namespace stepwell {

namespace {

constexpr quint16 firstPort = 8787;
constexpr quint16 lastPort = 8797;
constexpr qsizetype mostPorts = 64;
constexpr std::chrono::seconds interval{4};
constexpr std::chrono::milliseconds patience{2'000};
/// The newer release first.
constexpr std::array<const char*, 2> paths{"/cdn-cgi/local/explorer/api", "/cdn-cgi/explorer/api"};

QList<quint16> usualPorts() {
    QList<quint16> ports;
    for (quint16 port = firstPort; port <= lastPort; ++port)
        ports.append(port);
    for (const auto& text : QSettings().value(QStringLiteral("backends/wranglerPorts")).toStringList())
        if (const auto port = text.toUShort(); port != 0 && !ports.contains(port)) ports.append(port);
    return ports;
}

std::string baseOf(quint16 port, std::size_t form) {
    return "http://127.0.0.1:" + std::to_string(port) + paths.at(form);
}

BackendSpec specOf(quint16 port, std::size_t form, const std::string& worker) {
    auto spec = newBackendSpec(BackendKind::wranglerDev);
    spec.id = QStringLiteral("wrangler-%1").arg(port);
    spec.apiBase = toQt(baseOf(port, form));
    spec.name = worker.empty() ? QStringLiteral("wrangler dev :%1").arg(port)
                               : QStringLiteral("%1 · wrangler dev :%2").arg(toQt(worker)).arg(port);
    return spec;
}

}  // namespace

/// One look at all ports. Answers come on the client's thread and are gathered on the owner's.
struct WranglerWatch::Round : std::enable_shared_from_this<Round> {
    explicit Round(WranglerWatch* watch)
        : owner(watch) {}

    void ask(quint16 port, std::size_t form) {
        client::Request request;
        request.url = baseOf(port, form) + "/local/workers";
        request.timeout = patience;
        request.largestResponse = 1U << 20U;
        client.send(std::move(request), [this, port, form](const api::Result<client::Response>& response) {
            // Nothing listens on most ports, and what does is mostly something else.
            if (!response) return tell(std::nullopt);
            if (const auto workers = client::parseExplorerWorkers(*response))
                return tell(specOf(port, form, client::ownName(*workers)));
            if (form + 1 < paths.size()) return ask(port, form + 1);
            tell(std::nullopt);
        });
    }

    /// Client thread; it is joined before this goes.
    void tell(std::optional<BackendSpec> spec) {
        QMetaObject::invokeMethod(
            owner,
            [weak = weak_from_this(), spec = std::move(spec)] {
                if (const auto self = weak.lock()) self->gather(spec);
            },
            Qt::QueuedConnection);
    }

    void gather(const std::optional<BackendSpec>& spec) {
        if (spec) found.append(*spec);
        if (--open == 0) owner->take(found);
    }

    WranglerWatch* owner;
    QList<BackendSpec> found;
    qsizetype open = 0;
    client::Client client;  // last: its thread ends first
};

WranglerWatch::WranglerWatch(QObject* parent)
    : QObject(parent)
    , m_ports(usualPorts()) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &WranglerWatch::look);
}

WranglerWatch::~WranglerWatch() = default;

void WranglerWatch::setPorts(QList<quint16> ports) {
    m_ports = std::move(ports);
    m_ports.resize(std::min(m_ports.size(), mostPorts));
    if (m_active) look();
}

void WranglerWatch::setActive(bool active) {
    m_active = active;
    if (active) return look();
    m_timer.stop();
    m_round.reset();
}

void WranglerWatch::look() {
    m_timer.stop();
    m_round = std::make_shared<Round>(this);
    m_round->open = m_ports.size();
    if (m_ports.isEmpty()) return take({});
    for (const auto port : std::as_const(m_ports))
        m_round->ask(port, 0);
}

void WranglerWatch::take(const QList<BackendSpec>& found) {
    auto now = found;
    std::sort(now.begin(), now.end(), [](const auto& a, const auto& b) { return a.apiBase < b.apiBase; });
    const auto before = std::exchange(m_running, now);
    m_round.reset();
    m_timer.start(interval);
    for (const auto& spec : before)
        if (!now.contains(spec)) emit gone(spec);
    for (const auto& spec : now)
        if (!before.contains(spec)) emit appeared(spec);
}

}  // namespace stepwell
