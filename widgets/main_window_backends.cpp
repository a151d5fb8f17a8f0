#include "models/backends/offline_cache.h"
#include "models/visible_text.h"
#include "widgets/backends/backend_link.h"
#include "widgets/backends/backend_look.h"
#include "widgets/backends/backend_tabs.h"
#include "widgets/backends/backends_dialog.h"
#include "widgets/controls.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"
#include "widgets/workspace.h"

#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

/// Of a tab of `wrangler dev` that was open and does not run: nothing of where its API is.
std::optional<BackendSpec> awaitedWrangler(const QString& id) {
    const QString start = QStringLiteral("wrangler-");
    const auto port = id.startsWith(start) ? id.mid(start.size()).toUShort() : quint16{0};
    if (port == 0) return std::nullopt;
    auto spec = newBackendSpec(BackendKind::wranglerDev);
    spec.id = id;
    spec.name = QStringLiteral("wrangler dev :%1").arg(port);
    spec.apiBase.clear();
    return spec;
}

}  // namespace

/// What was changed in the list shows in the tabs; a tab whose backend was taken out of it stays until it is
/// closed.
void MainWindow::followList() {
    showFound();
    for (auto* open : workspaces_)
        if (auto spec = list_.find(open->spec().id)) {
            if (open->isLocal()) {
                spec->apiBase = open->spec().apiBase;
                spec->account = open->spec().account;
            }
            open->setSpec(*spec);
        }
}

/// Those that were found and are not in the list: one that was added by hand is not offered twice.
QList<BackendSpec> MainWindow::unsavedWranglers() const {
    QList<BackendSpec> found;
    for (const auto& running : wrangler_.running()) {
        const QString where = QUrl(running.apiBase).authority();
        const auto& saved = list_.all();
        if (std::none_of(saved.begin(), saved.end(), [&where](const BackendSpec& spec) {
                return spec.kind == BackendKind::wranglerDev && QUrl(spec.apiBase).authority() == where;
            }))
            found.append(running);
    }
    return found;
}

/// In the strip those that have no tab yet.
void MainWindow::showFound() {
    QList<std::pair<QString, BackendLook>> found;
    for (const auto& spec : unsavedWranglers())
        if (workspaceOf(spec.id) == nullptr) {
            auto look = lookOf(spec);
            look.tip = QUrl(spec.apiBase).authority();
            found.append({spec.id, look});
        }
    tabs_->setFound(found);
}

std::optional<BackendSpec> MainWindow::specOf(const QString& id) const {
    if (auto saved = list_.find(id)) return saved;
    for (const auto& running : wrangler_.running())
        if (running.id == id) return running;
    return awaitedWrangler(id);
}

void MainWindow::openBackend(const QString& id) {
    if (workspaceOf(id) != nullptr) return showTab(id);
    const auto spec = specOf(id);
    if (!spec) return;
    if (static_cast<int>(workspaces_.size()) >= openAtMost)
        return NoticeBar::say(this, NoticeBar::Kind::warning,
                              tr("%1 backends are open: close one first").arg(openAtMost));
    auto* made = addWorkspace(*spec);
    showTab(id);
    if (!made->isLocal()) return connectSaved(*spec);
    if (!local_.spec.apiBase.isEmpty()) made->setLocal(local_);
}

void MainWindow::connectSaved(const BackendSpec& spec) {
    auto* open = workspaceOf(spec.id);
    if (open == nullptr) return;
    if (spec.kind == BackendKind::wranglerDev && spec.apiBase.isEmpty())
        return open->showWaiting(
            tr("%1 does not run").arg(spec.name),
            tr("What it runs is shown here as soon as it is started again on this port."), tr("Look again"));
    if (spec.kind == BackendKind::wranglerDev) return open->connectTo({spec, {}});
    open->showWaiting(tr("The token of %1 is being read…").arg(spec.name), {}, {});
    secrets_.read(secretKeyOf(spec), [this, id = spec.id](const QString& token, const QString& error) {
        auto* waiting = workspaceOf(id);
        if (waiting == nullptr || waiting->backend() != nullptr) return;
        if (!token.isEmpty() && !isAgreed(waiting->spec())) return askAboutReadable(waiting->spec());
        if (!token.isEmpty()) return waiting->connectTo({waiting->spec(), token});
        const bool hasKeychain = secrets_.available().value_or(true);
        waiting->showWaiting(tr("The token of %1 is needed").arg(waiting->spec().name),
                             !hasKeychain      ? tr("This system has no keychain, so it is asked for in each "
                                                         "run and never written.")
                             : error.isEmpty() ? tr("The system's keychain holds none.")
                                               : tr("The system's keychain did not give it: %1").arg(error),
                             tr("Enter the token…"));
        // The tab's own button is behind what waits for it.
        if (awaiting(id) != nullptr) askForToken(waiting->spec());
    });
}

bool MainWindow::isAgreed(const BackendSpec& spec) {
    return spec.plainHttp || !tokenIsReadable(spec);
}

/// It was saved before that was asked: once, where the tab is, and in front of what waits for it.
void MainWindow::askAboutReadable(const BackendSpec& spec) {
    auto* open = workspaceOf(spec.id);
    if (open == nullptr) return;
    unagreed_.insert(spec.id);
    const QString what =
        tr("%1 is another machine, and http:// is not encrypted: anybody on the way can read the token and "
           "act "
           "with it. Change its address to https:// if it speaks that, or agree to this once.")
            .arg(QUrl(spec.apiBase).host());
    const QString title = tr("Send the token of %1 readable?").arg(spec.name);
    open->showWaiting(title, what, tr("Agree and connect"));
    if (auto* before = awaiting(spec.id))
        askFirst(before, {title, what, tr("Agree and connect")},
                 [this, id = spec.id] { agreeToReadable(id); });
}

void MainWindow::agreeToReadable(const QString& id) {
    unagreed_.remove(id);
    auto spec = list_.find(id);
    if (!spec) return;
    spec->plainHttp = true;
    list_.change(*spec);
    connectSaved(*spec);
}

void MainWindow::retry(const QString& id) {
    const auto* open = workspaceOf(id);
    if (open == nullptr) return;
    if (open->isLocal()) return emit localRetryRequested();
    if (open->spec().kind == BackendKind::wranglerDev) {
        if (open->spec().apiBase.isEmpty()) wrangler_.setActive(setup_.findsWrangler);
        return connectSaved(open->spec());
    }
    if (unagreed_.contains(id)) return agreeToReadable(id);
    askForToken(open->spec());
}

void MainWindow::askForToken(const BackendSpec& spec) {
    auto* before = awaiting(spec.id);
    auto* dialog = new BackendDialog(spec, BackendDialog::Purpose::askForToken, secrets_, setup_.probe,
                                     before != nullptr ? before : &workspace());
    connect(dialog, &BackendDialog::chosen, this, [this](const BackendSpec& chosen, const QString& token) {
        const QString shown = currentId();
        const bool isAwaited = awaiting(chosen.id) != nullptr;
        keepToken(chosen, token);
        // What was agreed to is not asked again.
        if (auto saved = list_.find(chosen.id); saved && chosen.plainHttp) {
            saved->plainHttp = true;
            list_.change(*saved);
        }
        connectTo({chosen, token});
        if (isAwaited) showTab(shown);
    });
    dialog->open();
}

void MainWindow::keepToken(const BackendSpec& spec, const QString& token) {
    if (token.isEmpty()) return;
    secrets_.write(secretKeyOf(spec), token, [this, name = spec.name](const SecretStore::Kept& kept) {
        // Where there is none at all, the dialog said so.
        if (!kept.inKeychain && secrets_.available().value_or(true))
            NoticeBar::say(
                this, NoticeBar::Kind::warning,
                tr("The keychain did not take the token of %1, so it is forgotten when the program ends: %2")
                    .arg(name, kept.reason));
    });
}

void MainWindow::manageBackends() {
    auto* dialog = new BackendsDialog(list_, this);
    dialog->setOpen(tabs_->ids());
    dialog->setFound(unsavedWranglers());
    connect(&wrangler_, &WranglerWatch::appeared, dialog,
            [this, dialog] { dialog->setFound(unsavedWranglers()); });
    connect(&wrangler_, &WranglerWatch::gone, dialog,
            [this, dialog] { dialog->setFound(unsavedWranglers()); });
    connect(dialog, &BackendsDialog::openRequested, this, [this, dialog](const QString& id) {
        dialog->accept();
        openBackend(id);
    });
    connect(dialog, &BackendsDialog::addRequested, this,
            [this](BackendKind kind) { addBackend(newBackendSpec(kind)); });
    connect(dialog, &BackendsDialog::changeRequested, this, &MainWindow::changeBackend);
    connect(dialog, &BackendsDialog::removeRequested, this, &MainWindow::removeBackend);
    dialog->open();
}

void MainWindow::addBackend(const BackendSpec& start, const QString& place) {
    auto* dialog = new BackendDialog(start, BackendDialog::Purpose::add, secrets_, setup_.probe, this);
    connect(dialog, &BackendDialog::chosen, this,
            [this, place](const BackendSpec& spec, const QString& token) {
                if (!list_.add(spec))
                    return NoticeBar::say(
                        this, NoticeBar::Kind::error,
                        tr("There are %1 backends already: remove one first").arg(BackendList::mostBackends));
                keepToken(spec, token);
                if (auto* manager = findChild<BackendsDialog*>()) manager->accept();
                connectTo({spec, token});
                if (!place.isEmpty()) navigator().open(place);
            });
    dialog->open();
}

void MainWindow::changeBackend(const QString& id) {
    const auto spec = list_.find(id);
    if (!spec) return;
    auto* dialog = new BackendDialog(*spec, BackendDialog::Purpose::change, secrets_, setup_.probe, this);
    connect(dialog, &BackendDialog::chosen, this,
            [this, before = *spec](const BackendSpec& after, const QString& token) {
                keepToken(after, token);
                list_.change(after);
                const bool wasUnagreed = unagreed_.remove(after.id);
                const bool isElsewhere = after.apiBase != before.apiBase || after.account != before.account ||
                                         after.caFile != before.caFile ||
                                         after.pinnedSha256 != before.pinnedSha256 || !token.isEmpty() ||
                                         wasUnagreed;
                auto* open = workspaceOf(after.id);
                const bool seesOther =
                    after.apiBase != before.apiBase || after.account != before.account || !token.isEmpty();
                if (open == nullptr && seesOther) emptyOfflineCache(after.id);
                if (open == nullptr || !isElsewhere) return;
                const auto connectAnew = [this, before, after, token, seesOther] {
                    // Not before: who stays on the page as it is needs what it was shown.
                    if (seesOther) emptyOfflineCache(after.id);
                    auto* still = workspaceOf(after.id);
                    if (still == nullptr) return;
                    if (!token.isEmpty()) return still->connectTo({after, token});
                    if (after.kind == BackendKind::wranglerDev) return still->connectTo({after, {}});
                    // What was kept was given to another host; the dialog asks for a token then.
                    if (!isSameOrigin(after.apiBase, before.apiBase)) return;
                    secrets_.read(secretKeyOf(after), [this, after](const QString& kept, const QString&) {
                        if (auto* at = workspaceOf(after.id)) at->connectTo({after, kept});
                    });
                };
                if (open->mayClose(connectAnew)) connectAnew();
            });
    dialog->open();
}

void MainWindow::removeBackend(const QString& id) {
    const auto spec = list_.find(id);
    if (!spec || id == localBackendId) return;
    auto* manager = findChild<BackendsDialog*>();
    const Question question{tr("Remove %1 from the list?").arg(spec->name),
                            tr("Its token is removed from the keychain, and its tab is closed. The backend "
                               "itself and all that is "
                               "in it stay as they are."),
                            tr("Remove")};
    askFirst(manager != nullptr ? static_cast<QWidget*>(manager) : this, question, [this, spec] {
        const auto remove = [this, spec] {
            if (workspaceOf(spec->id) != nullptr) {
                if (workspaces_.size() < 2) openBackend(localBackendId);
                removeTab(spec->id);
            }
            secrets_.remove(secretKeyOf(*spec));
            list_.remove(spec->id);
            removeOfflineCache(spec->id);
            Workspace::forgetPlace(*spec);
        };
        auto* open = workspaceOf(spec->id);
        if (open == nullptr || open->mayClose(remove)) remove();
    });
}

bool MainWindow::openLink(const QString& text) {
    const auto link = backendLinkFrom(text);
    if (!link) return false;
    if (link->id.isEmpty()) {
        if (backend() != nullptr) return navigator().open(link->place);
        workspace().openWhenConnected(link->place);
        return true;
    }
    QString id = link->id;
    const auto isSame = [&link](const BackendSpec& spec) {
        return !link->hint.apiBase.isEmpty() && spec.apiBase == link->hint.apiBase &&
               spec.account == link->hint.account;
    };
    if (!specOf(id) && workspaceOf(id) == nullptr) {
        const auto& all = list_.all();
        const auto same = std::find_if(all.begin(), all.end(), isSame);
        if (same == all.end()) {
            offerToAdd(*link);
            return true;
        }
        id = same->id;
    }
    openBackend(id);
    if (backend() != nullptr)
        navigator().open(link->place);
    else
        workspace().openWhenConnected(link->place);
    return true;
}

/// What a link names is written by strangers: shown as it is, and short.
void MainWindow::offerToAdd(const BackendLink& link) {
    constexpr qsizetype longestShown = 80;
    const auto shown = [](const QString& text) { return visibleText(text.left(longestShown)); };
    const auto& hint = link.hint;
    const bool isTold = !hint.apiBase.isEmpty();
    auto* dialog =
        new ActionDialog(isTold && !hint.name.isEmpty() ? tr("Add %1?").arg(shown(hint.name))
                                                        : tr("Add the backend that the link leads to?"),
                         tr("Add…"), ActionDialog::Look::main, this);
    dialog->setObjectName("unknownBackend");
    auto* words = makeLabel(
        isTold
            ? tr("The link leads to a backend that is not in your list: %1 at %2. You need a token of "
                 "your own for it.")
                  .arg(kindName(hint.kind), shown(hint.apiBase))
            : tr("The link leads to %1 on a backend that is not in your list, and does not say where that "
                 "is: it is only called “%2” in it. Ask whoever gave you the link for the address.")
                  .arg(shown(link.place.mid(link.place.indexOf(QLatin1String("//")) + 2)), shown(link.id)));
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    dialog->body()->addWidget(words);
    connect(dialog, &ActionDialog::confirmed, this, [this, dialog, link, isTold] {
        dialog->accept();
        addBackend(isTold ? link.hint : newBackendSpec(BackendKind::stepwell), link.place);
    });
    dialog->open();
}

}  // namespace stepwell
