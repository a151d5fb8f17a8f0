// Frame times of a chart of one month by minute with three series while the mouse moves over it, while the
// window is sized, and when its numbers are refreshed; and of the whole Analytics page, whose charts all
// change with each refresh: how long the longest turn of the event loop takes, and how long until the last
// chart is painted. A frame should stay under 8 ms.
//   bench_charts [API TOKENFILE]      with an engine's API, also its page, with the time that the engine
//   takes
#include "models/http_backend.h"
#include "tests/bench/window/frames.h"
#include "tests/widgets/charts/page_sample.h"
#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/chart_card.h"
#include "widgets/analytics/plot_view.h"

#include <QApplication>
#include <QMouseEvent>

#include <cmath>
#include <fstream>
#include <map>

using namespace stepwell;
using namespace stepwell::analytics;
using bench::frame;
using bench::printFrames;

namespace {

constexpr int minutes = 31 * 24 * 60;
constexpr int frames = 200;

std::shared_ptr<const Chart> monthByMinute(int refresh) {
    using namespace std::chrono_literals;
    Chart chart;
    chart.id = QStringLiteral("wall");
    chart.title = QStringLiteral("Wall time");
    chart.unit = Unit::milliseconds;
    chart.width = 1min;
    chart.newestIsOpen = true;
    for (int i = 0; i < minutes; ++i)
        chart.starts.push_back(api::Time{} + i * 1min);
    const char* const names[] = {"p50", "p90", "p99"};
    for (int s = 0; s < 3; ++s) {
        Series series{QLatin1String(names[s]), QLatin1String(names[s]), static_cast<Tone>(s)};
        for (int i = 0; i < minutes; ++i) {
            const double noise = std::sin(i * 12.9898 + s * 78.233 + refresh) * 43758.5453;
            series.values.push_back((s + 1) * 900 * (2 + std::sin(i / 1440.0 * 6.28)) *
                                    (1 + 0.4 * (noise - std::floor(noise))));
        }
        chart.series.push_back(std::move(series));
    }
    return std::make_shared<const Chart>(std::move(chart));
}

void hover(QWidget& on, QPoint at) {
    QMouseEvent event(QEvent::MouseMove, at, on.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&on, &event);
}

std::vector<double> repeat(const std::function<void(int)>& act) {
    std::vector<double> times;
    for (int i = 0; i < frames; ++i)
        times.push_back(frame([&] { act(i); }));
    return times;
}

/// Two answers by turns, made once: what the backend does is not measured.
void answerFast(test::FakeBackend& backend) {
    test::answerAnalytics(backend);
    auto answers = std::make_shared<std::map<std::string, api::GraphqlAnswer>>();
    auto turn = std::make_shared<int>(0);
    backend.graphqlSource = [answers, turn, make = backend.graphqlSource](const GraphqlQuery& query) {
        const bool isPage = query.operationName == "Analytics";
        const auto key = query.operationName + query.variablesJson + (isPage && ++*turn % 2 ? "+" : "");
        auto found = answers->find(key);
        if (found == answers->end()) {
            found = answers->emplace(key, *make(query)).first;
            // Other numbers of the same length.
            if (key.back() == '+')
                for (auto& c : found->second.json)
                    if (c == '7') c = '8';
        }
        return api::Result<api::GraphqlAnswer>(found->second);
    };
}

bool isPainted(const AnalyticsPage& page) {
    return std::all_of(page.cards().begin(), page.cards().end(), [](const ChartCard* card) {
        return card->plot()->visibleRegion().isEmpty() || !card->plot()->isOld();
    });
}

void measurePage(Backend& backend, const QString& choice, const std::string& name) {
    QWidget window;
    AnalyticsPage page(backend, &window);
    page.setChoice(choice);
    window.resize(1232, 856);
    page.resize(window.size());
    window.show();
    std::vector<double> longest;
    std::vector<double> whole;
    for (int i = 0; i < 40; ++i) {
        const auto before = page.model().data();
        const auto start = std::chrono::steady_clock::now();
        double most = frame([&] { page.reload(); });
        while (page.model().data() == before || page.model().isLoading() || !isPainted(page)) {
            if (page.model().error()) return bench::print(name + ", refused", 1, "");
            most = std::max(most, frame([] { QCoreApplication::processEvents(); }));
        }
        if (i < 2) continue;  // made anew, and an answer made up
        longest.push_back(most);
        whole.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    printFrames(name + ", longest turn of a refresh", longest);
    printFrames(name + ", painted after a refresh", whole);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    Theme::get();
    QWidget window;
    ChartCard card(&window);
    card.setChart(monthByMinute(0));
    window.resize(620, 260);
    card.setGeometry(10, 10, 600, 236);
    window.show();
    QCoreApplication::processEvents();
    auto& plot = *card.plot();
    printFrames("chart of a month by minute, hover frame", repeat([&](int i) {
                    hover(plot, {60 + i * 2, 40 + i % 60});
                }));
    printFrames("chart of a month by minute, resize frame",
                repeat([&](int i) { card.setGeometry(10, 10, 400 + i, 236); }));
    const std::shared_ptr<const Chart> charts[] = {monthByMinute(1), monthByMinute(2)};
    printFrames("chart of a month by minute, refresh frame",
                repeat([&](int i) { card.setChart(charts[i % 2]); }));
    window.hide();
    test::FakeBackend fake;
    fake.fillWithSamples();
    answerFast(fake);
    const QString month = QStringLiteral("range=31d");
    measurePage(fake, {}, "analytics page, 24 hours");
    measurePage(fake, month + QStringLiteral("&compare=1"), "analytics page, 31 days compared");
    if (argc < 3) return 0;
    std::ifstream file(argv[2]);
    std::string token;
    file >> token;
    HttpBackend real({BackendKind::thisMachine, "engine", argv[1], "local", token, false});
    measurePage(real, {}, "analytics page of the engine, 24 hours");
    measurePage(real, month, "analytics page of the engine, 31 days");
    return 0;
}
