#include "app/desktop/local_engine.h"
#include "app/desktop/options.h"
#include "app/desktop/samples.h"
#include "app/desktop/sandbox_choice.h"
#include "app/desktop/screenshots.h"
#include "app/desktop/window_door.h"
#include "app/engine/private_memory.h"
#include "models/backends/make_backend.h"
#include "models/backends/probe.h"
#include "models/deploy/deploy_pool.h"
#include "models/deploy/unpacking.h"
#include "models/import/tools.h"
#include "widgets/app_style.h"
#include "widgets/appearance.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"

#include <QApplication>
#include <QIcon>
#include <QTimer>

#include <csignal>
#include <cstdio>

namespace {

using namespace stepwell;

constexpr int badUsage = 2;

std::unique_ptr<Backend> connectToBackend(const BackendChoice& choice) {
    return makeBackend(choice.spec, choice.token);
}

// Ends the program with a code once the pictures are there.
void takeScreenshots(MainWindow& window, const QString& folder) {
    auto* screenshots = new Screenshots(window, folder);
    QObject::connect(screenshots, &Screenshots::finished, &window, [](int pictures, const QString& problem) {
        std::fprintf(stderr, "stepwell: %d pictures. %s\n", pictures, qPrintable(problem));
        QCoreApplication::exit(problem.isEmpty() ? 0 : 1);
    });
    screenshots->start();
}

void connectWindow(MainWindow& window, LocalEngine& engine, const DesktopOptions& options) {
    if (options.backend) {
        window.connectTo(*options.backend);
        if (!options.screenshots.isEmpty()) takeScreenshots(window, options.screenshots);
        return;
    }
    QObject::connect(&engine, &LocalEngine::ready, &window, &MainWindow::setLocal);
    QObject::connect(&engine, &LocalEngine::failed, &window, &MainWindow::setLocalFailure);
    QObject::connect(&window, &MainWindow::localRetryRequested, &engine, &LocalEngine::start);
    QObject::connect(&window, &MainWindow::localLost, &engine, &LocalEngine::recover);
    QObject::connect(&engine, &LocalEngine::replaced, &window, [&window](const QString& notice) {
        NoticeBar::say(&window, NoticeBar::Kind::warning, notice);
    });
    if (!options.screenshots.isEmpty()) {
        QObject::connect(&engine, &LocalEngine::ready, &window,
                         [&window, folder = options.screenshots] { takeScreenshots(window, folder); });
        QObject::connect(&engine, &LocalEngine::failed, &window, [](const QString& reason) {
            std::fprintf(stderr, "stepwell: %s\n", qPrintable(reason));
            QCoreApplication::exit(1);
        });
    }
    engine.start();
}

void openHanded(MainWindow& window, const Handed& what) {
    if (!what.path.isEmpty()) window.openPaths({what.path});
    if (!what.link.isEmpty()) window.openLink(what.link);
}

void comeToFront(MainWindow& window) {
    if (window.isMinimized()) window.showNormal();
    window.show();
    window.raise();
    window.activateWindow();
    QApplication::alert(&window);
}

/// A window of its own is asked for, or nothing that another one could show.
bool staysApart(const DesktopOptions& options) {
    return options.backend || !options.screenshots.isEmpty();
}

int run(QApplication& application, const DesktopOptions& options) {
    const Handed given{options.link, options.path};
    if (!staysApart(options) && WindowDoor::handOver(options.dataDir, given)) return 0;
    Theme::get().setMode(options.theme.value_or(chosenAppearance()));
    LocalEngine engine({options.dataDir, options.allowUnsandboxed || SandboxChoice::allowedBySettings(),
                        options.cpuLimitSeconds, options.memoryLimitMiB});
    MainWindow window(
        {connectToBackend, installedSamples(), findEsbuild(), options.backend.has_value(), &probe});
    const SandboxChoice sandbox(engine, window);
    window.show();
    connectWindow(window, engine, options);
    openHanded(window, given);
    WindowDoor door(options.dataDir);
    QObject::connect(&door, &WindowDoor::handed, &window, [&window](const Handed& what) {
        comeToFront(window);
        openHanded(window, what);
    });
    if (!staysApart(options)) door.open();
    deployPool().start(removeAbandonedUnpackings);
    return application.exec();
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    engine::keepMemoryPrivate();
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    // Before there is a display to need: --help works everywhere.
    const DesktopOptions options = parseDesktopOptions(arguments);
    if (options.action != DesktopOptions::Action::run) {
        const bool refused = options.action == DesktopOptions::Action::refuse;
        std::fprintf(refused ? stderr : stdout, "%s%s\n", refused ? "stepwell: " : "",
                     qPrintable(options.text));
        return refused ? badUsage : 0;
    }
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("stepwell"));
    QCoreApplication::setApplicationName(QStringLiteral("stepwell"));
    QCoreApplication::setApplicationVersion(QStringLiteral(STEPWELL_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("stepwell"));
    QGuiApplication::setWindowIcon(QIcon(QStringLiteral(":/stepwell/icons/stepwell.svg")));
    return run(application, options);
}
