#include "widgets/import_dialog.h"

#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/params_memory.h"

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QScrollArea>
#include <QVBoxLayout>

namespace stepwell {
namespace {

QString nameOf(const QString& path) {
    const QString name = QFileInfo(path).fileName();
    return name.isEmpty() ? QFileInfo(QFileInfo(path).path()).fileName() : name;
}

QString phaseText(ImportJob::Phase phase, qint64 done, qint64 total) {
    switch (phase) {
    case ImportJob::Phase::reading:
        return QObject::tr("Reading the project");
    case ImportJob::Phase::bundling:
        return QObject::tr("Bundling with esbuild");
    case ImportJob::Phase::uploading:
        return total > 0 ? QObject::tr("Uploading · %1 of %2").arg(format::bytes(done), format::bytes(total))
                         : QObject::tr("Uploading");
    case ImportJob::Phase::declaring:
        break;
    }
    return total > 0 ? QObject::tr("Declaring workflows · %1 of %2").arg(done).arg(total)
                     : QObject::tr("Declaring workflows");
}

QString placeText(const Problem& problem) {
    if (problem.file.isEmpty()) return {};
    QString place = problem.file;
    if (problem.line > 0) place += QStringLiteral(":%1").arg(problem.line);
    if (problem.line > 0 && problem.column > 0) place += QStringLiteral(":%1").arg(problem.column);
    return place;
}

Question takeoverQuestion(const std::vector<ImportJob::Takeover>& taken) {
    const QString to = QString::fromStdString(taken.front().to);
    Question question;
    QStringList lines;
    for (const auto& one : taken)
        lines << QObject::tr("The workflow “%1” belongs to the Worker “%2”.")
                     .arg(QString::fromStdString(one.workflow), QString::fromStdString(one.from));
    question.title = taken.size() == 1
                         ? QObject::tr("Take the workflow %1 away from %2?")
                               .arg(QString::fromStdString(taken.front().workflow),
                                    QString::fromStdString(taken.front().from))
                         : QObject::tr("Take %1 workflows away from other Workers?").arg(taken.size());
    question.body =
        QObject::tr("%1\n\nThis import makes “%2” its owner: new instances run the code of “%2”, and "
                    "settings and schedules are those of “%2”. Instances so far stay in the list. "
                    "The Worker that has it now loses it.")
            .arg(lines.join(QLatin1Char('\n')), to);
    question.verb = QObject::tr("Take it over");
    return question;
}

}  // namespace

ImportDialog::ImportDialog(Backend& backend, const QString& path, const QString& esbuild, QWidget* parent)
    : ActionDialog(tr("Import %1 into %2").arg(nameOf(path), backend.name()), tr("Import"), Look::main,
                   parent)
    , backend_(backend)
    , path_(path)
    , esbuild_(esbuild)
    , where_(new ElidedLabel(path, Qt::ElideMiddle))
    , phase_(makeLabel(QString(), "cardTitle"))
    , bar_(new QProgressBar)
    , list_(new QWidget)
    , rows_(new QVBoxLayout(list_)) {
    setObjectName("importDialog");
    where_->setFont(Theme::get().mono());
    where_->setProperty("kind", "mute");
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress"));
    list_->setProperty("kind", "clear");
    rows_->setContentsMargins(0, 0, 0, 0);
    rows_->setSpacing(8);
    auto* scroll = new QScrollArea;
    scroll->setObjectName("problems");
    scroll->setWidget(list_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->hide();
    body()->addWidget(where_);
    body()->addSpacing(4);
    body()->addWidget(phase_);
    body()->addWidget(bar_);
    body()->addWidget(scroll, 1);
    body()->addStretch(0);
    phase_->hide();
    bar_->hide();
    connect(this, &ActionDialog::confirmed, this, &ImportDialog::start);
    connect(this, &QDialog::rejected, this, [this] {
        if (job_ != nullptr) job_->cancel();
    });
    resize(560, 200);
}

void ImportDialog::start() {
    clearProblems();
    setBusy(tr("Importing…"), Body::readable);
    delete job_;
    job_ = new ImportJob(&backend_, path_, esbuild_, this);
    connect(job_, &ImportJob::progress, this, &ImportDialog::showProgress);
    connect(job_, &ImportJob::failed, this, &ImportDialog::showProblems);
    connect(job_, &ImportJob::takesOver, this, &ImportDialog::askToTake);
    connect(job_, &ImportJob::finished, this, [this](const ImportJob::Result& result) {
        QStringList names;
        for (const auto& name : result.workflows) {
            names.push_back(QString::fromStdString(name));
            if (!result.sampleParams.empty())
                params::rememberSample(names.back(), QString::fromStdString(result.sampleParams));
        }
        emit imported(names, QString::fromStdString(result.script), static_cast<int>(result.warnings.size()));
        result.warnings.empty() ? accept() : showWarnings(result);
    });
    showProgress(ImportJob::Phase::reading, 0, 0);
    job_->start();
}

void ImportDialog::askToTake(const std::vector<ImportJob::Takeover>& taken) {
    phase_->setText(tr("Waiting for your decision"));
    bar_->hide();
    auto* dialog = askFirst(this, takeoverQuestion(taken), [this] { job_->proceed(); });
    dialog->setObjectName("takeoverDialog");
    connect(dialog, &QDialog::rejected, this, &ImportDialog::leaveAsItIs);
}

void ImportDialog::leaveAsItIs() {
    job_->cancel();
    bar_->hide();
    phase_->setText(tr("Nothing was imported"));
    showError(tr("To keep both, give the workflow another name in the project, then import again."));
    setVerb(tr("Import again"));
}

void ImportDialog::showProgress(ImportJob::Phase phase, qint64 done, qint64 total) {
    phase_->setText(phaseText(phase, done, total));
    phase_->show();
    bar_->show();
    const int permille = total > 0 ? static_cast<int>(done * 1000 / total) : 0;
    bar_->setRange(0, total > 0 ? 1000 : 0);
    bar_->setValue(permille);
}

void ImportDialog::clearProblems() {
    shown_.clear();
    while (auto* item = rows_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    findChild<QScrollArea*>(QStringLiteral("problems"))->hide();
}

QWidget* ImportDialog::problemRow(const Problem& problem, const char* textKind) const {
    auto* row = new QWidget;
    auto* lines = new QVBoxLayout(row);
    lines->setContentsMargins(0, 0, 8, 0);
    lines->setSpacing(2);
    const auto add = [&](const QString& text, const QFont& font, const char* kind) {
        if (text.isEmpty()) return;
        auto* label = makeLabel(text, kind);
        label->setFont(font);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        lines->addWidget(label);
    };
    add(placeText(problem), Theme::get().mono(), "mute");
    add(problem.text, Theme::get().body(), textKind);
    if (!problem.lineText.isEmpty()) {
        const QString mark =
            problem.column > 0 ? QStringLiteral("\n%1^").arg(QString(problem.column - 1, ' ')) : QString();
        auto* code = makeLabel(problem.lineText + mark);
        code->setFont(Theme::get().mono());
        code->setProperty("kind", "code");
        lines->addWidget(code);
    }
    return row;
}

void ImportDialog::showList(const std::vector<Problem>& problems, const char* kind) {
    bar_->hide();
    for (const auto& problem : problems) {
        rows_->addWidget(problemRow(problem, kind));
        shown_.push_back(toText(problem));
    }
    rows_->addStretch(1);
    findChild<QScrollArea*>(QStringLiteral("problems"))->show();
    resize(std::max(width(), 640), std::clamp(180 + 70 * static_cast<int>(problems.size()), 250, 460));
}

/// It is done; what was left out is to be read before the dialog goes.
void ImportDialog::showWarnings(const ImportJob::Result& result) {
    const auto count = result.warnings.size();
    setHeading(tr("%1 was imported").arg(QString::fromStdString(result.script)));
    phase_->setText(count == 1 ? tr("One warning") : tr("%1 warnings").arg(count));
    showList(result.warnings, "");
    verbButton()->hide();
    cancelButton()->setText(tr("Close"));
    cancelButton()->setFocus();
}

void ImportDialog::showProblems(const std::vector<Problem>& problems) {
    phase_->setText(problems.size() == 1 ? tr("One problem") : tr("%1 problems").arg(problems.size()));
    showError(tr("Fix what is listed, then import again."));
    showList(problems, "error");
    verbButton()->setText(tr("Import again"));
    verbButton()->setFocus();
}

QStringList ImportDialog::problems() const {
    return shown_;
}

}  // namespace stepwell
