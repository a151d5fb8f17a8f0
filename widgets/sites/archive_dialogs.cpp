#include "widgets/sites/archive_dialogs.h"

#include "models/deploy/deploy_pool.h"
#include "models/deploy/site_archive_file.h"
#include "models/deploy/site_names.h"
#include "widgets/controls.h"
#include "widgets/format.h"

#include <QDir>
#include <QFileInfo>
#include <QLineEdit>
#include <QProgressBar>
#include <QVBoxLayout>

namespace stepwell {

namespace {

constexpr int barSteps = 1000;
constexpr int longestName = 58;

QLabel* wrapped(const QString& text) {
    auto* label = makeLabel(text, "small");
    label->setWordWrap(true);
    return label;
}

}  // namespace

ArchiveDialog::ArchiveDialog(const site::SiteAddress& address, const QString& title, const QString& verb,
                             QWidget* parent)
    : ActionDialog(title, verb, Look::main, parent)
    , job_(address)
    , words_(makeLabel(QString(), "mute"))
    , bar_(new QProgressBar) {
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress"));
    connect(&job_, &SiteArchiveJob::progressChanged, this, &ArchiveDialog::showProgress);
    connect(&job_, &SiteArchiveJob::failed, this, [this](const QString& reason) {
        showIdle();
        showError(reason);
    });
}

void ArchiveDialog::addProgress() {
    body()->addWidget(words_);
    body()->addWidget(bar_);
    body()->addStretch(1);
    showIdle();
}

void ArchiveDialog::showBusy(const QString& moving, const QString& waiting) {
    moving_ = moving;
    waiting_ = waiting;
    setBusy(moving_ + QStringLiteral("…"));
    words_->show();
    bar_->show();
    showProgress();
}

void ArchiveDialog::showIdle() {
    words_->hide();
    bar_->hide();
}

void ArchiveDialog::showProgress() {
    const auto progress = job_.progress();
    const bool known = progress.all > 0;
    const bool moves = known && progress.bytes < progress.all;
    words_->setText(
        moves ? tr("%1: %2 of %3").arg(moving_, format::bytes(progress.bytes), format::bytes(progress.all))
              : waiting_);
    bar_->setRange(0, moves ? barSteps : 0);
    if (moves)
        bar_->setValue(static_cast<int>(static_cast<double>(progress.bytes) /
                                        static_cast<double>(progress.all) * barSteps));
}

void ArchiveDialog::reject() {
    job_.cancel();
    ActionDialog::reject();
}

SiteExportDialog::SiteExportDialog(const site::SiteAddress& address, const QString& project,
                                   const QString& file, QWidget* parent)
    : ArchiveDialog(address, tr("Export %1").arg(project), tr("Try again"), parent)
    , project_(project)
    , file_(file) {
    setObjectName("siteExportDialog");
    body()->addWidget(
        wrapped(tr("All deployments with their files, settings and domains go to %1. The values of secrets "
                   "do not: set them again after an import.")
                    .arg(QDir::toNativeSeparators(file))));
    addProgress();
    connect(this, &ActionDialog::confirmed, this, &SiteExportDialog::start);
    connect(&job(), &SiteArchiveJob::exported, this, [this](qint64 bytes) {
        emit exported(bytes);
        accept();
    });
}

void SiteExportDialog::start() {
    job().exportTo(project_, file_);
    showBusy(tr("Writing"), tr("The engine gathers the files"));
}

SiteImportDialog::SiteImportDialog(const site::SiteAddress& address, const QString& file, QWidget* parent)
    : ArchiveDialog(address, tr("Import “%1”").arg(QFileInfo(file).fileName()), tr("Import"), parent)
    , file_(file)
    , name_(new QLineEdit)
    , hint_(wrapped({})) {
    setObjectName("siteImportDialog");
    name_->setObjectName("importName");
    name_->setProperty("kind", "mono");
    name_->setMaxLength(longestName);
    name_->setPlaceholderText(tr("the name it has in the archive"));
    name_->setAccessibleName(tr("Name of the site"));
    auto* label = makeLabel(tr("Name of the site"), "small");
    label->setBuddy(name_);
    body()->addWidget(label);
    body()->addWidget(name_);
    body()->addWidget(hint_);
    addProgress();
    connect(name_, &QLineEdit::textChanged, this, &SiteImportDialog::validate);
    connect(this, &ActionDialog::confirmed, this, [this] {
        job().importFrom(file_, name_->text().trimmed());
        showBusy(tr("Sending"), tr("The engine takes the archive in"));
    });
    connect(&job(), &SiteArchiveJob::imported, this, [this](const QString& project) {
        emit imported(project);
        accept();
    });
    validate();
    name_->setFocus();
    runDeployWork(
        this, [file] { return siteArchiveName(file); },
        [this](const QString& name) {
            if (!name_->text().isEmpty() || job().isBusy()) return;
            name_->setText(name);
            name_->selectAll();
        });
}

void SiteImportDialog::validate() {
    clearError();
    const QString name = name_->text().trimmed();
    const QString problem = name.isEmpty() ? QString() : projectNameProblem(name);
    setLook(name_, "invalid", !problem.isEmpty());
    setLook(hint_, "kind", problem.isEmpty() ? "small" : "error");
    hint_->setText(
        problem.isEmpty()
            ? tr("Deployments keep their times, and their ids where those are free. Domains that another "
                 "site has are left out.")
            : problem);
    verbButton()->setEnabled(problem.isEmpty());
}

}  // namespace stepwell
