#pragma once

#include "tests/widgets/shell/shell_test.h"
#include "widgets/backends/backend_tabs.h"
#include "widgets/workspace.h"

#include <map>

namespace stepwell::test {

/// A backend that says of itself what a test wants it to.
class TellingBackend final : public FakeBackend {
  public:
    explicit TellingBackend(BackendSpec spec)
        : spec_(std::move(spec)) {
        fillWithSamples();
    }
    QString name() const override { return spec_.name; }
    BackendKind kind() const override { return spec_.kind; }
    Support support(Feature feature) const override { return table[static_cast<std::size_t>(feature)]; }
    Freshness freshness() const override { return fresh; }
    std::vector<RequestBudget> budgets() const override { return counted; }

    void lack(Feature feature, const QString& reason) {
        table[static_cast<std::size_t>(feature)] = {false, reason};
        emit supportChanged();
    }
    void gain(Feature feature) {
        table[static_cast<std::size_t>(feature)] = {};
        emit supportChanged();
    }

    SupportTable table = {};
    Freshness fresh;
    std::vector<RequestBudget> counted;

  private:
    BackendSpec spec_;
};

inline BackendSpec specNamed(const QString& name, BackendKind kind = BackendKind::stepwell) {
    auto spec = newBackendSpec(kind);
    spec.name = name;
    spec.account = QStringLiteral("acme");
    if (kind == BackendKind::stepwell)
        spec.apiBase = QStringLiteral("https://%1.example/client/v4").arg(name.toLower());
    return spec;
}

/// A window on this machine that can open further backends.
struct WindowOfSeveral {
    std::map<QString, QPointer<TellingBackend>> made;  ///< the last one of each name
    std::map<QString, QString> tokens;                 ///< that it was made with
    BackendProbe probe;
    std::function<std::unique_ptr<AccessService>(Backend&)> access;
    bool findsWrangler = false;
    std::unique_ptr<MainWindow> window;

    void start() {
        WindowSetup setup;
        setup.makeBackend = [this](const BackendChoice& choice) {
            auto backend = std::make_unique<TellingBackend>(choice.spec);
            made[choice.spec.name] = backend.get();
            tokens[choice.spec.name] = choice.token;
            return backend;
        };
        setup.probe = probe;
        setup.makeAccess = access;
        setup.findsWrangler = findsWrangler;
        window = std::make_unique<MainWindow>(std::move(setup));
        window->resize(1440, 900);
        window->show();
        window->activateWindow();
        window->setLocal(localChoice());
    }
    TellingBackend& of(const QString& name) { return *made.at(name); }
    void open(const BackendSpec& spec) {
        window->backends().add(spec);
        window->connectTo({spec, QStringLiteral("token-of-") + spec.name});
    }
    bool press(Qt::Key key, Qt::KeyboardModifiers modifiers) {
        window->activateWindow();
        if (!QTest::qWaitForWindowActive(window.get())) return false;
        QTest::keyClick(window.get(), key, modifiers);
        return true;
    }
    QString shown() const { return window->workspace().spec().name; }
    QAction* action(const QString& text) const {
        for (auto* action : window->findChildren<QAction*>())
            if (action->text() == text) return action;
        return nullptr;
    }
};

}  // namespace stepwell::test
