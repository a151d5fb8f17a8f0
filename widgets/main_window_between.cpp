#include "widgets/backends/backend_look.h"
#include "widgets/between/promote_dialog.h"
#include "widgets/between/promote_form.h"
#include "widgets/main_window.h"
#include "widgets/workspace.h"

/// What the tabs of the window have to do with each other.
namespace stepwell {
namespace {

Peer peerOf(const BackendSpec& spec, Backend* backend) {
    return {spec.name, backend,        spec.kind == BackendKind::thisMachine,
            spec.id,   colourOf(spec), spec.production};
}

}  // namespace

std::vector<Peer> MainWindow::peers() const {
    std::vector<Peer> open;
    for (auto* workspace : workspaces_) {
        if (workspace->backend() == nullptr) continue;
        open.push_back(peerOf(workspace->spec(), workspace->backend()));
        open.back().name = workspace->backend()->name();
    }
    return open;
}

/// Those that are open first; one whose tab waits for its token counts as one that is not.
std::vector<Peer> MainWindow::knownBackends() const {
    auto known = peers();
    for (const auto& spec : list_.all()) {
        const auto* open = workspaceOf(spec.id);
        if (open == nullptr || open->backend() == nullptr) known.push_back(peerOf(spec, nullptr));
    }
    return known;
}

void MainWindow::tellPeers() {
    for (auto* dialog : findChildren<PromoteDialog*>())
        dialog->peersChanged();
}

void MainWindow::goTo(const QString& id, const Place& place) {
    auto* open = workspaceOf(id);
    if (open == nullptr) return openBackend(id);
    showTab(id);
    open->navigator().go(place);
}

/// The tab that is shown stays. One that is open already and without a backend waits for its token.
void MainWindow::openBeside(const QString& id) {
    const auto* open = workspaceOf(id);
    if (open != nullptr && open->backend() == nullptr) return retry(id);
    const QString shown = currentId();
    openBackend(id);
    showTab(shown);
}

/// A dialog in front of the window that waits for this backend to be open; null: there is none.
QWidget* MainWindow::awaiting(const QString& id) const {
    for (auto* dialog : findChildren<PromoteDialog*>())
        if (const auto target = dialog->form().target(); dialog->isVisible() && target && target->id == id)
            return dialog;
    return nullptr;
}

void MainWindow::goLocal(const Place& place) {
    for (auto* workspace : workspaces_)
        if (workspace->isLocal()) return goTo(workspace->spec().id, place);
}

}  // namespace stepwell
