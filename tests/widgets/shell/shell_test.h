#pragma once

#include "tests/models/fake_backend.h"
#include "widgets/main_window.h"

#include <QApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace stepwell::test {

/// Settings in a folder of the test's own; nothing of the person who runs the tests is read or changed.
class OwnSettings {
  public:
    OwnSettings() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("stepwell-test"));
        QCoreApplication::setApplicationName(QStringLiteral("shell"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.path());
    }

  private:
    QTemporaryDir folder_;
};

inline BackendChoice localChoice() {
    return localChoiceOf(QStringLiteral("http://127.0.0.1:8790/client/v4"), QStringLiteral("local"),
                         QStringLiteral("secret"));
}

/// A window on a fake backend, connected and loaded.
struct ShownWindow {
    FakeBackend* backend = nullptr;  ///< owned by the window
    MainWindow window;

    explicit ShownWindow(std::function<void(FakeBackend&)> prepare = {}, std::vector<Sample> samples = {})
        : window(WindowSetup{[this, prepare](const BackendChoice&) {
                                 auto made = std::make_unique<FakeBackend>();
                                 made->fillWithSamples();
                                 if (prepare) prepare(*made);
                                 backend = made.get();
                                 return made;
                             },
                             std::move(samples), QString()}) {
        window.resize(1440, 900);
        window.setLocal(localChoice());
        window.show();
        window.activateWindow();
    }
};

/// The first visible child of the class with this name or text; null when there is none.
template <class T>
T* visibleChild(QWidget& in, const QString& text) {
    for (auto* child : in.findChildren<T*>())
        if (child->isVisible() && (child->objectName() == text || child->accessibleName() == text ||
                                   child->property("text").toString() == text))
            return child;
    return nullptr;
}

/// A top-level dialog of this name, once it is open.
template <class T>
T* openDialog(const QString& name) {
    for (auto* widget : QApplication::topLevelWidgets())
        if (widget->objectName() == name && widget->isVisible()) return qobject_cast<T*>(widget);
    return nullptr;
}

}  // namespace stepwell::test
