#include "widgets/appearance.h"
#include "widgets/backends/backend_tabs.h"
#include "widgets/command_palette.h"
#include "widgets/connect_dialog.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"
#include "widgets/workspace.h"

#include <QActionGroup>
#include <QMenu>

namespace stepwell {

QAction* MainWindow::addNamed(const QString& text, const QKeySequence& key, std::function<void()> run,
                              const QString& detail, const QString& keywords) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setProperty("detail", detail);
    action->setProperty("keywords", keywords);  // what else the palette finds it by
    connect(action, &QAction::triggered, this, std::move(run));
    addAction(action);
    actions_.push_back(action);
    return action;
}

void MainWindow::makeActions() {
    auto* find =
        addNamed(tr("Find anything"), QKeySequence(Qt::CTRL | Qt::Key_K), [this] { palette_->openSheet(); });
    actions_.removeOne(find);  // the palette need not find itself
    addNamed(
        tr("Connect to another backend…"), {}, [this] { askForBackend({}); }, {},
        tr("server account cloudflare token login switch"));
    addNamed(
        tr("Next backend"), QKeySequence(Qt::CTRL | Qt::Key_Tab), [this] { showNeighbour(1); }, {},
        tr("tab switch"));
    addNamed(
        tr("Previous backend"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Tab),
        [this] { showNeighbour(-1); }, {}, tr("tab switch"));
    addNamed(
        tr("Close the backend's tab"), QKeySequence(Qt::CTRL | Qt::Key_W), [this] { closeTab(currentId()); },
        {}, tr("disconnect leave"));
    for (int number = 1; number <= 9; ++number) {
        auto* action = new QAction(this);
        action->setShortcut(QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_0 + number)));
        connect(action, &QAction::triggered, this,
                [this, number] { showTab(tabs_->ids().value(number - 1)); });
        addAction(action);
    }
    const auto addLook = [this](const QString& text, Theme::Mode mode) {
        addNamed(
            text, {}, [mode] { chooseAppearance(mode); }, {},
            tr("theme color colour mode night day bright dark light"));
    };
    addLook(tr("Appearance: follow the system"), Theme::Mode::system);
    addLook(tr("Appearance: light"), Theme::Mode::light);
    addLook(tr("Appearance: dark"), Theme::Mode::dark);
    addNamed(
        tr("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { QMainWindow::close(); }, {},
        tr("exit close"));
}

QList<QAction*> MainWindow::findableActions() const {
    return workspace().findableActions() + actions_;
}

void MainWindow::showSwitcherMenu(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("backendMenu");
    const auto add = [&](const QString& text, const QString& id, std::function<void()> run) {
        auto* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(currentId() == id);
        connect(action, &QAction::triggered, this,
                [this, id, run = std::move(run)] { workspaceOf(id) != nullptr ? showTab(id) : run(); });
    };
    if (!local_.name.isEmpty()) add(local_.name, QStringLiteral("local"), [this] { connectTo(local_); });
    for (const auto& saved : store_.saved())
        add(saved.isProduction() ? tr("%1 · production").arg(saved.name) : saved.name, saved.name,
            [this, saved] { openSaved(saved); });
    menu->addSeparator();
    connect(menu->addAction(tr("Connect to another backend…")), &QAction::triggered, this,
            [this] { askForBackend({}); });
    menu->addSeparator();
    auto* looks = menu->addMenu(tr("Appearance"));
    auto* group = new QActionGroup(looks);
    auto& theme = Theme::get();
    const auto addLook = [&](const QString& text, Theme::Mode mode) {
        auto* action = looks->addAction(text);
        action->setCheckable(true);
        action->setChecked(theme.mode() == mode);
        group->addAction(action);
        connect(action, &QAction::triggered, &theme, [mode] { chooseAppearance(mode); });
    };
    addLook(tr("Follow the system"), Theme::Mode::system);
    addLook(tr("Light"), Theme::Mode::light);
    addLook(tr("Dark"), Theme::Mode::dark);
    menu->popup(at);
}

void MainWindow::showTabMenu(const QString& id, const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("tabMenu");
    const auto place = tabs_->ids().indexOf(id);
    const auto add = [&](const QString& text, bool possible, std::function<void()> run) {
        auto* action = menu->addAction(text);
        action->setEnabled(possible);
        connect(action, &QAction::triggered, this, std::move(run));
    };
    add(tr("Move left"), place > 0, [this, id] { tabs_->shift(id, -1); });
    add(tr("Move right"), place + 1 < tabs_->ids().size(), [this, id] { tabs_->shift(id, 1); });
    menu->addSeparator();
    add(tr("Close"), tabs_->ids().size() > 1, [this, id] { closeTab(id); });
    menu->popup(at);
}

void MainWindow::askForBackend(const BackendChoice& start) {
    auto* dialog = new ConnectDialog(start, this);
    connect(dialog, &ConnectDialog::chosen, this, [this](const BackendChoice& choice) {
        store_.save(choice, [this](const QString& error) {
            if (!error.isEmpty())
                NoticeBar::say(this, NoticeBar::Kind::warning,
                               tr("Connected, but the token was not kept for next time: %1").arg(error));
        });
        connectTo(choice);
    });
    dialog->open();
}

void MainWindow::openSaved(const BackendChoice& saved) {
    store_.token(saved.name, [this, saved](const QString& token, const QString& error) {
        BackendChoice choice = saved;
        choice.token = token;
        if (!error.isEmpty() || token.isEmpty()) return askForBackend(choice);
        connectTo(choice);
    });
}

}  // namespace stepwell
