#include "tests/contract/support/contract_window.h"

#include "widgets/empty_state.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QHeaderView>
#include <QLabel>
#include <QSettings>
#include <QStandardPaths>
#include <QtTest>

namespace stepwell::test {

void useOwnFolders(const QString& name) {
    static QTemporaryDir fallback;
    const QString home = qEnvironmentVariable("STEPWELL_CONTRACT_HOME", fallback.path()) + '/' + name +
                         (ContractServer::isNetworkBad() ? "-bad" : "");
    QDir(home).removeRecursively();
    for (const char* folder : {"data", "config", "cache", "state"}) {
        QDir().mkpath(home + '/' + folder);
        qputenv((QByteArray("XDG_") + QByteArray(folder).toUpper() + "_HOME").constData(),
                (home + '/' + folder).toUtf8());
    }
    qputenv("HOME", home.toUtf8());
    QCoreApplication::setOrganizationName("stepwell-test");
    QCoreApplication::setApplicationName("contract");
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, home + "/config");
}

namespace {

/// What is searched for on this machine is none of the test's.
template <class Setup>
Setup setupOf(BackendMaker make) {
    Setup setup;
    setup.makeBackend = std::move(make);
    setup.withoutLocal = true;
    if constexpr (requires { setup.findsWrangler; }) setup.findsWrangler = false;
    return setup;
}

template <class Choice>
Choice choiceFrom(const BackendSpec& spec, const QString& token) {
    Choice choice;
    choice.token = token;
    if constexpr (requires { choice.spec; }) {
        choice.spec = spec;
    } else {
        choice.name = spec.name;
        choice.apiBase = spec.apiBase;
        choice.account = spec.account;
    }
    return choice;
}

template <class Choice>
BackendSpec specOf(const Choice& choice) {
    if constexpr (requires { choice.spec; }) {
        return choice.spec;
    } else {
        auto spec = newBackendSpec(guessBackendKind(choice.apiBase));
        spec.name = choice.name;
        spec.apiBase = choice.apiBase;
        spec.account = choice.account;
        return spec;
    }
}

}  // namespace

ContractWindow::ContractWindow(BackendMaker make)
    : window_(setupOf<WindowSetup>(std::move(make))) {
    window_.resize(1440, 900);
}

bool ContractWindow::open(const BackendChoice& choice) {
    window_.show();
    window_.activateWindow();
    window_.connectTo(choice);
    return QTest::qWaitForWindowActive(&window_);
}

void ContractWindow::press(Qt::Key key, Qt::KeyboardModifiers modifiers) {
    window_.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window_));
    QTest::keyClick(&window_, key, modifiers);
}

QPushButton* ContractWindow::button(const QString& text) {
    for (auto* button : window_.findChildren<QPushButton*>())
        if (button->isVisible() && button->text() == text) return button;
    return nullptr;
}

QStringList ContractWindow::claimsOfNothing() {
    QStringList claims;
    for (auto* empty : window_.findChildren<EmptyState*>())
        if (empty->isVisible() &&
            (empty->kind() == EmptyState::Kind::nothingYet || empty->kind() == EmptyState::Kind::filteredOut))
            claims << empty->sentence();
    return claims;
}

QString ContractWindow::saidFailure() {
    for (auto* empty : window_.findChildren<EmptyState*>())
        if (empty->isVisible() &&
            (empty->kind() == EmptyState::Kind::failed || empty->kind() == EmptyState::Kind::notPermitted))
            return empty->sentence();
    return {};
}

QString ContractWindow::visibleText() {
    QStringList texts;
    for (auto* label : window_.findChildren<QLabel*>())
        if (label->isVisible()) texts << label->text();
    for (auto* view : window_.findChildren<QAbstractItemView*>()) {
        if (!view->isVisible() || view->model() == nullptr || qobject_cast<QHeaderView*>(view) != nullptr)
            continue;
        for (int row = 0; row < std::min(30, view->model()->rowCount()); ++row)
            for (int column = 0; column < view->model()->columnCount(); ++column)
                texts << view->model()->index(row, column).data().toString();
    }
    return texts.join('\n');
}

void ContractWindow::click(QAbstractButton* button) {
    QVERIFY(button != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), 30'000);
    QTest::mouseClick(button, Qt::LeftButton);
}

QDialog* ContractWindow::dialog(const QString& name) {
    for (auto* widget : QApplication::topLevelWidgets())
        if (widget->objectName() == name && widget->isVisible()) return qobject_cast<QDialog*>(widget);
    return nullptr;
}

LieDetector::LieDetector(ContractWindow& shown) {
    QObject::connect(&timer_, &QTimer::timeout, [this, &shown] {
        for (const auto& claim : shown.claimsOfNothing())
            if (!lies_.contains(claim)) lies_ << claim;
    });
    timer_.start(10);
}

BackendChoice choiceOf(const BackendSpec& spec, const QString& token) {
    return choiceFrom<BackendChoice>(spec, token);
}

BackendChoice choiceOf(const ContractServer& server, const QString& token) {
    auto spec = newBackendSpec(BackendKind::cloudflare);
    spec.name = "Contract";
    spec.apiBase = server.api();
    spec.account = server.account();
    spec.production = false;
    return choiceOf(spec, server.token(token));
}

std::unique_ptr<Backend> overHttp(const BackendChoice& choice) {
    return makeBackend(specOf(choice), choice.token);
}

}  // namespace stepwell::test
