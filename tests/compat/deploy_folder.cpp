/// Deploys a folder as the window does, without a window, so that what it makes of `functions/` can be
/// compared with what wrangler makes of it: deploy_folder API-BASE ACCOUNT TOKEN PROJECT BRANCH FOLDER.
/// Prints the address of the deployment.
#include "models/deploy/deploy_session.h"
#include "models/deploy/drop_kind.h"
#include "models/http_backend.h"
#include "models/import/tools.h"

#include <QCoreApplication>

#include <cstdio>

using namespace stepwell;
using State = DeploySession::State;

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    const auto arguments = QCoreApplication::arguments();
    if (arguments.size() != 7) {
        std::fputs("usage: deploy_folder API-BASE ACCOUNT TOKEN PROJECT BRANCH FOLDER\n", stderr);
        return 2;
    }
    HttpBackend backend({.name = "Test",
                         .apiBase = arguments[1].toStdString(),
                         .account = arguments[2].toStdString(),
                         .token = arguments[3].toStdString(),
                         .live = false});
    DeploySession session(backend, choiceFor({arguments[6]}).paths, findEsbuild());
    const auto fail = [](const QString& reason) {
        std::fputs(qPrintable(reason + '\n'), stderr);
        QCoreApplication::exit(1);
    };
    QObject::connect(&session, &DeploySession::stateChanged, &application, [&] {
        if (session.state() == State::unreadable) return fail(session.readError());
        if (session.state() == State::ready) {
            if (!session.bundleError().isEmpty()) return fail(session.bundleError());
            session.setTarget({arguments[4], false, arguments[5], QStringLiteral("main")});
            QMetaObject::invokeMethod(&session, &DeploySession::deploy, Qt::QueuedConnection);
        }
        if (session.state() != State::over) return;
        const auto& outcome = session.outcome();
        if (outcome.kind != site::DeployOutcome::Kind::published)
            return fail(QString::fromStdString(outcome.reason));
        std::puts(outcome.deployment.url.c_str());
        QCoreApplication::exit(0);
    });
    session.read();
    return QCoreApplication::exec();
}
