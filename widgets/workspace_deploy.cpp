#include "models/deploy/deploy_pool.h"
#include "models/deploy/drop_kind.h"
#include "widgets/backends/support_gate.h"
#include "widgets/between/promote_dialog.h"
#include "widgets/controls.h"
#include "widgets/deploy/deploy_dialog.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"
#include "widgets/page.h"
#include "widgets/workspace.h"

#include <QFileDialog>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {

void Workspace::openPaths(const QStringList& paths) {
    if (backend_ == nullptr) {
        waitingPaths_ = paths;
        return;
    }
    if (paths.isEmpty()) return;
    runDeployWork(
        this, [paths] { return choiceFor(paths); },
        [this](const DropChoice& choice) {
            if (choice.kind == DropChoice::Kind::site) return deploySite(choice.paths);
            if (choice.kind == DropChoice::Kind::siteArchive) return importSiteFrom(choice.paths.front());
            importPath(choice.paths.front());
        });
}

void Workspace::deploySite(const QStringList& paths, const QString& project) {
    if (backend_ == nullptr) {
        waitingPaths_ = paths;
        return;
    }
    if (const auto support = usable(*backend_, Feature::siteUpload); !support.available)
        return notices_->post(NoticeBar::Kind::warning, support.reason);
    if (!backend_->siteAddress())
        return notices_->post(NoticeBar::Kind::warning, tr("Sites cannot be deployed to this backend"));
    auto* dialog = new DeployDialog(*backend_, paths, setup_.esbuild, this);
    if (!project.isEmpty()) dialog->setProject(project);
    connect(dialog, &DeployDialog::deployed, this, [this] {
        if (auto* page = qobject_cast<Page*>(pages_->currentWidget())) page->reload();
    });
    connect(dialog, &DeployDialog::siteRequested, this,
            [this](const QString& name) { navigator_.go(placeOfSite(name)); });
    dialog->open();
    dialog->start();
}

bool Workspace::mayDisconnect(std::function<void()> later) {
    QString what;
    for (auto* dialog : findChildren<PromoteDialog*>())
        if (dialog->isVisible() && dialog->isSending())
            what = tr("%1 is being promoted. Each step is there wholly or not at all.")
                       .arg(dialog->promotion().subject().name);
    for (auto* dialog : findChildren<DeployDialog*>())
        if (dialog->isVisible() && dialog->isDeploying())
            what = tr("%1 is being deployed. Nothing is published before it is whole, and what went up "
                      "need not go up again.")
                       .arg(dialog->session().target().project);
    if (what.isEmpty()) return true;
    auto* question =
        new ActionDialog(tr("Cancel the deployment?"), tr("Cancel it"), ActionDialog::Look::danger, this);
    question->setObjectName("deploymentUnderWay");
    auto* text = makeLabel(what);
    text->setWordWrap(true);
    question->body()->addWidget(text);
    question->cancelButton()->setText(tr("Stay"));
    connect(question, &ActionDialog::confirmed, this, [this, question, later = std::move(later)] {
        question->accept();
        for (auto* dialog : findChildren<ActionDialog*>()) {
            if (qobject_cast<DeployDialog*>(dialog) == nullptr &&
                qobject_cast<PromoteDialog*>(dialog) == nullptr)
                continue;
            dialog->hide();
            dialog->deleteLater();
        }
        later();
    });
    question->open();
    return false;
}

void Workspace::chooseSite(QFileDialog::FileMode mode, const QString& project) {
    auto* dialog = new QFileDialog(this, tr("Deploy a site"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(mode);
    if (mode != QFileDialog::Directory)
        dialog->setNameFilters({tr("Sites (*.zip *.tar.gz *.tgz *.tar *.html)"), tr("All files (*)")});
    dialog->setObjectName("siteChooser");
    connect(dialog, &QFileDialog::filesSelected, this, [this, project, mode](const QStringList& paths) {
        if (mode != QFileDialog::Directory || paths.isEmpty()) return deployChosen(paths, project);
        // Qt's dialog names the folder above as well when a path was typed faster than it looked.
        deployChosen(
            {*std::max_element(paths.begin(), paths.end(),
                               [](const auto& one, const auto& other) { return one.size() < other.size(); })},
            project);
    });
    dialog->open();
}

void Workspace::deployChosen(const QStringList& paths, const QString& project) {
    runDeployWork(
        this, [paths] { return choiceFor(paths); },
        [this, paths, project](const DropChoice& choice) {
            if (choice.kind == DropChoice::Kind::siteArchive) return importSiteFrom(choice.paths.front());
            // Who asks for a site gets one, also of the folder of a Worker.
            deploySite(choice.kind == DropChoice::Kind::site ? choice.paths : paths, project);
        });
}

}  // namespace stepwell
