#include "widgets/appearance.h"
#include "widgets/backends/backend_look.h"
#include "widgets/backends/backend_tabs.h"
#include "widgets/command_palette.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"
#include "widgets/workspace.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QPainter>

namespace stepwell {
namespace {

/// A disc for backends that are open, a ring for the others.
QIcon dotIcon(const QColor& colour, bool filled) {
    QPixmap picture(32, 32);
    picture.setDevicePixelRatio(2);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.5));
    painter.setBrush(filled ? QBrush(colour) : QBrush(Qt::NoBrush));
    painter.drawEllipse(QPointF(8, 8), 4, 4);
    return QIcon(picture);
}

}  // namespace

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
        tr("Backends…"), QKeySequence(Qt::CTRL | Qt::Key_B), [this] { manageBackends(); }, {},
        tr("manage add edit test remove server account cloudflare token login connect switch"));
    addNamed(
        tr("Add a backend…"), {}, [this] { addBackend(newBackendSpec(BackendKind::stepwell)); }, {},
        tr("server account cloudflare wrangler token login connect switch another"));
    addNamed(tr("Open link from clipboard"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), [this] {
        if (!openLink(QApplication::clipboard()->text()))
            NoticeBar::say(this, NoticeBar::Kind::warning, tr("The clipboard holds no stepwell:// link"));
    });
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
        tr("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); }, {}, tr("exit close"));
}

void MainWindow::showSwitcherMenu(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("backendMenu");
    const auto add = [this, menu](const BackendSpec& spec) {
        const bool isOpen = workspaceOf(spec.id) != nullptr;
        QString text = spec.name;
        text.replace(QLatin1Char('&'), QStringLiteral("&&"));
        auto* action = menu->addAction(dotIcon(colourOf(spec), isOpen),
                                       spec.production ? tr("%1 · production").arg(text) : text);
        QFont font = action->font();
        font.setBold(currentId() == spec.id);
        action->setFont(font);
        connect(action, &QAction::triggered, this, [this, id = spec.id] { openBackend(id); });
    };
    for (const auto& spec : list_.all())
        add(spec);
    const auto running = unsavedWranglers();
    if (!running.isEmpty()) menu->addSeparator();
    for (const auto& spec : running)
        add(spec);
    menu->addSeparator();
    connect(menu->addAction(tr("Add a backend…")), &QAction::triggered, this,
            [this] { addBackend(newBackendSpec(BackendKind::stepwell)); });
    auto* manage = menu->addAction(tr("Backends…"));
    manage->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_B));
    connect(manage, &QAction::triggered, this, &MainWindow::manageBackends);
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
    const auto add = [&](const QString& text, bool possible, std::function<void()> run,
                         const QKeySequence& keys = {}) {
        auto* action = menu->addAction(text);
        action->setShortcut(keys);
        action->setEnabled(possible);
        connect(action, &QAction::triggered, this, std::move(run));
    };
    add(tr("Move left"), place > 0, [this, id] { tabs_->shift(id, -1); });
    add(tr("Move right"), place + 1 < tabs_->ids().size(), [this, id] { tabs_->shift(id, 1); });
    menu->addSeparator();
    add(tr("Change…"), id != localBackendId && list_.find(id).has_value(), [this, id] { changeBackend(id); });
    add(
        tr("Close"), tabs_->ids().size() > 1, [this, id] { closeTab(id); },
        id == currentId() ? QKeySequence(Qt::CTRL | Qt::Key_W) : QKeySequence());
    menu->popup(at);
}

}  // namespace stepwell
