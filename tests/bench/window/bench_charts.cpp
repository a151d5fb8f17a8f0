// Frame times of a chart of one month by minute with three series: it should stay under 16 ms a frame while
// the mouse moves over it, while the window is sized, and when its numbers are refreshed.
#include "tests/bench/window/frames.h"
#include "widgets/analytics/chart_card.h"
#include "widgets/analytics/plot_view.h"

#include <QApplication>
#include <QMouseEvent>

#include <cmath>

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
    return 0;
}
