// Frame times at the sizes that must stay smooth: 25,000 steps with 100,000 attempt bars in the timeline, and
// 1,000,000 instances and deployments in their lists. A frame should stay under 8 ms.
#include "tests/bench/window/frames.h"
#include "tests/models/fake_backend.h"
#include "tests/widgets/instance/run_data.h"
#include "widgets/instances_page.h"
#include "widgets/sites/site_deployments.h"
#include "widgets/table_view.h"
#include "widgets/timeline/timeline_view.h"

#include <QApplication>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>

using namespace stepwell;
using bench::frame;
using bench::printFrames;

namespace {

constexpr int steps = 25'000;
constexpr int attempts = 4;
constexpr std::int64_t instances = 1'000'000;
constexpr std::int64_t deployments = 1'000'000;
constexpr int frames = 200;

void wheel(QWidget& on, int notches, Qt::KeyboardModifiers modifiers) {
    const QPointF at(on.width() * 0.6, on.height() * 0.5);
    QWheelEvent event(at, on.mapToGlobal(at), {}, {0, notches * 120}, Qt::NoButton, modifiers,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&on, &event);
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

/// Neighbours with different names: nothing folds into groups, so there are as many rows as steps.
api::InstanceDetail unfoldedRun() {
    auto run = test::longRun(steps, attempts);
    static const char* const names[] = {"load", "resize", "store"};
    for (auto& step : run.steps)
        step.name = names[step.index % 3] + std::string("-") + std::to_string(step.index / 3 + 1);
    return run;
}

/// The run goes on: the last step tries again, and every tenth time a new step starts.
int grow(api::InstanceDetail& run, int round) {
    auto& last = run.steps.back();
    if (round % 10 == 9) {
        const api::Time start = *last.end;
        run.steps.push_back(test::step(last.index + 1, "store-" + std::to_string(9'000 + round), start, 40));
        run.stepCount = static_cast<int>(run.steps.size());
    } else {
        auto next = last.attempts.back();
        next.start = *next.end + api::Milliseconds(20);
        next.end = *next.start + api::Milliseconds(35);
        last.end = next.end;
        last.attempts.push_back(next);
    }
    run.sequence += 1;
    return static_cast<int>(run.steps.size()) - 2;
}

void timelineFrames(const std::string& name, api::InstanceDetail run) {
    TimelineView view;
    view.resize(1000, 560);
    view.show();
    QTest::qWait(50);
    bench::print(name + " opens", frame([&] { view.setDetail(&run); }), "ms");
    QWidget& port = *view.viewport();
    printFrames(name + " scroll frame", repeat([&](int i) { wheel(port, i < frames / 2 ? -3 : 3, {}); }));
    view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() / 2);
    printFrames(name + " hover frame", repeat([&](int i) {
                    hover(port, {220 + i * 3, 20 + (i * 37) % (port.height() - 40)});
                }));
    printFrames(name + " zoom frame",
                repeat([&](int i) { wheel(port, i < frames / 2 ? 1 : -1, Qt::ControlModifier); }));
    view.zoom().zoomBy(0.05, view.zoom().range().from);
    printFrames(name + " pan frame",
                repeat([&](int i) { wheel(port, i < frames / 2 ? -1 : 1, Qt::ShiftModifier); }));
    view.zoom().fit();
    printFrames(name + " select frame", repeat([&](int) { QTest::keyClick(&view, Qt::Key_Down); }));
}

void growthFrames(const std::string& name, api::InstanceDetail run) {
    run.status = api::Status::running;
    run.end.reset();
    TimelineView view;
    view.setClock([&] { return *run.steps.back().end; });
    view.resize(1000, 560);
    view.show();
    view.setDetail(&run);
    QTest::qWait(50);
    printFrames(name + " growth frame", repeat([&](int i) { view.refresh(grow(run, i)); }));
    view.zoom().setSqueezesIdle(true);
    printFrames(name + " growth frame, idle squeezed", repeat([&](int i) { view.refresh(grow(run, i)); }));
}

void tableFrames(const std::string& name, TableView& table) {
    QWidget& port = *table.viewport();
    printFrames(name + " scroll frame", repeat([&](int) { wheel(port, -3, {}); }));
    printFrames(name + " jump frame", repeat([&](int i) {
                    auto* bar = table.verticalScrollBar();
                    bar->setValue(static_cast<int>(static_cast<std::int64_t>(bar->maximum()) *
                                                   (i * 37 % frames) / frames));
                }));
    table.verticalScrollBar()->setValue(0);
    QTest::qWait(100);
    printFrames(name + " hover frame", repeat([&](int i) {
                    hover(port, {100 + i * 3, 10 + (i * 53) % (port.height() - 20)});
                }));
}

void listFrames() {
    test::FakeBackend backend;
    backend.workflowList = test::sample::workflows();
    backend.instanceSource = [](const InstanceListQuery& query) {
        InstanceList page;
        page.total = instances;
        const auto first = static_cast<std::int64_t>(query.page - 1) * query.perPage;
        for (auto i = first; i < std::min(first + query.perPage, instances); ++i)
            page.rows.push_back(test::sample::instanceAt(i, instances));
        return page;
    };
    InstancesPage page(backend);
    page.resize(1220, 830);
    page.show();
    const std::string name = "list of 1,000,000 instances";
    bool loaded = false;
    const double opened = frame([&] {
        page.setWorkflow("orders");
        loaded = QTest::qWaitFor([&] { return page.model().at(0) != nullptr; });
    });
    if (!loaded) return;
    bench::print(name + " opens", opened, "ms");
    tableFrames(name, *page.findChild<TableView*>());
    printFrames(name + " live frame", repeat([&](int i) {
                    backend.emitEvent("workflow_running", "orders", "order-" + std::to_string(i));
                }));
}

void deploymentFrames() {
    test::FakeBackend backend;
    backend.siteProjectList = test::sample::siteProjects();
    backend.siteDeploymentSource = [](const api::SiteDeploymentQuery& query) {
        api::SiteDeploymentList page;
        page.filters = true;
        page.total = deployments;
        const auto first = static_cast<std::int64_t>(query.page - 1) * query.perPage;
        for (auto i = first; i < std::min(first + query.perPage, deployments); ++i)
            page.rows.push_back(test::sample::siteDeploymentAt(i, deployments));
        return page;
    };
    SiteDeployments page(backend, "shop");
    page.resize(1220, 830);
    const std::string name = "list of 1,000,000 deployments";
    bool loaded = false;
    const double opened = frame([&] {
        page.show();
        loaded = QTest::qWaitFor([&] { return page.model().at(0) != nullptr; });
    });
    if (!loaded) return;
    bench::print(name + " opens", opened, "ms");
    tableFrames(name, page.table());
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    const auto folded = test::longRun(steps, attempts);
    const auto unfolded = unfoldedRun();
    timelineFrames("timeline of 25,000 steps", folded);
    timelineFrames("timeline of 25,000 rows", unfolded);
    growthFrames("timeline of 25,000 steps", folded);
    growthFrames("timeline of 25,000 rows", unfolded);
    listFrames();
    deploymentFrames();
    return 0;
}
