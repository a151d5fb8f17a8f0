#include "tests/widgets/engine/deploy_steps.h"

#include "widgets/deploy/done_page.h"

#include <QDir>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTest>
#include <QUrl>

namespace stepwell::test {

void write(const QString& path, const QByteArray& bytes) {
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) >= 0);
}

QByteArray visit(const QString& address, const QString& path) {
    const QUrl url(address);
    QUrl real(QStringLiteral("http://127.0.0.1:%1%2").arg(url.port()).arg(path));
    QNetworkRequest request(real);
    request.setRawHeader("Host", (url.host() + ':' + QString::number(url.port())).toUtf8());
    QNetworkAccessManager network;
    QNetworkReply* reply = network.get(request);
    QEventLoop loop;
    QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
    loop.exec();
    return reply->readAll();
}

DeployDialog* openDeploy() {
    return qobject_cast<DeployDialog*>(openDialog("deployDialog"));
}

DeployDialog* dropped(RealWindow& real, const QString& path) {
    real.drop(path);
    if (!QTest::qWaitFor([] { return openDeploy() != nullptr; }, patience)) qWarning("No dialog opened");
    return openDeploy();
}

void pressDeploy(DeployDialog* dialog) {
    if (!QTest::qWaitFor([&] { return dialog->verbButton()->isEnabled(); }, patience))
        qWarning("The dialog offers no deployment");
    QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
    // Pressed once more, what was over begins anew first.
    const auto isOver = [&] { return dialog->session().state() == State::over; };
    if (!QTest::qWaitFor(isOver, patience)) qWarning("The deployment does not end");
}

QString deployed(DeployDialog* dialog) {
    pressDeploy(dialog);
    if (dialog->donePage().address().isEmpty())
        qWarning() << QString::fromStdString(dialog->session().outcome().reason);
    return dialog->donePage().address();
}

void closeDialog(DeployDialog* dialog) {
    dialog->close();
    QTRY_VERIFY(openDeploy() == nullptr);
}

}  // namespace stepwell::test
