// The window while it deploys 20,000 files to a real engine: how long one event keeps the GUI thread, and the
// memory that it takes. Not run by ctest: see tests/bench/run.
#include "models/backends/make_backend.h"
#include "tests/bench/window/frames.h"
#include "tests/support/engine_process.h"
#include "widgets/deploy/deploy_dialog.h"
#include "widgets/main_window.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QPushButton>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr int patience = 600'000;

/// Times every event that the GUI thread works on.
class TimedApplication final : public QApplication {
  public:
    using QApplication::QApplication;
    std::vector<double> frames;
    bool measures = false;

    bool notify(QObject* receiver, QEvent* event) override {
        if (!measures || m_depth > 0) return QApplication::notify(receiver, event);
        ++m_depth;
        QElapsedTimer timer;
        timer.start();
        const bool result = QApplication::notify(receiver, event);
        frames.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        --m_depth;
        return result;
    }

  private:
    int m_depth = 0;
};

double peakMegabytes() {
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly)) return 0;
    for (const auto& line : status.readAll().split('\n'))
        if (line.startsWith("VmHWM:")) return line.mid(6).trimmed().split(' ').front().toDouble() / 1024;
    return 0;
}

void makeSite(const QString& folder, int files) {
    for (int i = 0; i < files; ++i) {
        const QString sub = folder + QStringLiteral("/d%1").arg(i / 200);
        if (i % 200 == 0) QDir().mkpath(sub);
        QFile file(sub + QStringLiteral("/f%1.html").arg(i));
        if (file.open(QIODevice::WriteOnly))
            file.write(QByteArray("<p>%1</p>").replace("%1", QByteArray::number(i)));
    }
}

std::unique_ptr<Backend> overHttp(const BackendChoice& choice) {
    return makeBackend(choice.spec, choice.token);
}

}  // namespace

int main(int argc, char** argv) {
    TimedApplication application(argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    const int files = argc > 1 ? QByteArray(argv[1]).toInt() : 20'000;
    QTemporaryDir folder;
    makeSite(folder.filePath("site"), files);
    QDir().mkpath(folder.filePath("data"));
    EngineProcess engine(folder.filePath("data"));
    if (!engine.start()) return 1;
    MainWindow window(WindowSetup{&overHttp, {}, {}});
    window.resize(1440, 900);
    window.show();
    window.setLocal(localChoiceOf(engine.api(), engine.account(), QString::fromUtf8(engine.token())));
    if (!QTest::qWaitForWindowExposed(&window)) return 1;
    const double before = peakMegabytes();
    application.measures = true;
    window.deploySite({folder.filePath("site")}, QStringLiteral("bench"));
    auto* dialog = window.findChild<DeployDialog*>();
    if (!QTest::qWaitFor([&] { return dialog->verbButton()->isEnabled(); }, patience)) return 1;
    QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
    using State = DeploySession::State;
    if (!QTest::qWaitFor([&] { return dialog->session().state() == State::over; }, patience)) return 1;
    application.measures = false;
    if (dialog->session().outcome().kind != site::DeployOutcome::Kind::published) return 1;
    bench::printFrames("window during a deploy of " + std::to_string(files) + " files", application.frames);
    bench::print("peak memory of the window over that before, deploy of " + std::to_string(files) + " files",
                 peakMegabytes() - before, "MB");
    dialog->close();
    return 0;
}
