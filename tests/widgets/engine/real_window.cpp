#include "tests/widgets/engine/real_window.h"

#include "models/backends/make_backend.h"
#include "models/import/tools.h"
#include "widgets/instance/instance_page.h"

#include <QApplication>
#include <QDialog>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

namespace stepwell::test {
namespace {

std::unique_ptr<Backend> overHttp(const BackendChoice& choice) {
    return makeBackend(choice.spec, choice.token);
}

QString madeFolder(const QString& path) {
    QDir().mkpath(path);
    return path;
}

}  // namespace

RealWindow::RealWindow()
    : engine_(madeFolder(folder_.filePath("data"))) {
    QCoreApplication::setOrganizationName("stepwell-test");
    QCoreApplication::setApplicationName("engine");
    QStandardPaths::setTestModeEnabled(true);
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.filePath("settings"));
}

BackendChoice RealWindow::choice() const {
    return localChoiceOf(engine_.api(), engine_.account(), QString::fromUtf8(engine_.token()));
}

bool RealWindow::start() {
    if (!engine_.start()) return false;
    window_ = std::make_unique<MainWindow>(WindowSetup{&overHttp, {}, findEsbuild()});
    window_->resize(1440, 900);
    window_->show();
    window_->activateWindow();
    window_->setLocal(choice());
    return QTest::qWaitForWindowActive(window_.get());
}

bool RealWindow::killAndStartAgain() {
    engine_.killNow();
    if (!engine_.start()) return false;
    window_->setLocal(choice());
    return true;
}

void RealWindow::drop(const QString& path) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    const QPoint at(500, 400);
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent dropped(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &dropped);
    QVERIFY(dropped.isAccepted());
}

void RealWindow::press(Qt::Key key, Qt::KeyboardModifiers modifiers) {
    window_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(window_.get()));
    QTest::keyClick(window_.get(), key, modifiers);
}

InstancePage* RealWindow::instancePage() {
    for (auto* page : window_->findChildren<InstancePage*>())
        if (page->isVisible()) return page;
    return nullptr;
}

QPushButton* RealWindow::button(const QString& text) {
    for (auto* button : window_->findChildren<QPushButton*>())
        if (button->isVisible() && button->text() == text) return button;
    return nullptr;
}

QDialog* openDialog(const QString& name) {
    for (auto* widget : QApplication::topLevelWidgets())
        if (widget->objectName() == name && widget->isVisible()) return qobject_cast<QDialog*>(widget);
    return nullptr;
}

}  // namespace stepwell::test
