#include "widgets/bulk_dialog.h"

#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/notice_bar.h"
#include "widgets/theme.h"

#include <QAbstractListModel>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QLineEdit>
#include <QListView>
#include <QProgressBar>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int updateMs = 100;
constexpr std::size_t deletedAtOnce = 100;  ///< without typing how many

/// The ids of a job, or what failed of it. The job only changes them while nobody shows them.
class JobList : public QAbstractListModel {
  public:
    enum class What { ids, failures };
    JobList(const BulkJob& job, What what, QObject* parent)
        : QAbstractListModel(parent)
        , job_(job)
        , what_(what) {}
    int rowCount(const QModelIndex& parent = {}) const override {
        if (parent.isValid()) return 0;
        return static_cast<int>(what_ == What::ids ? job_.ids().size() : job_.failures().size());
    }
    QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) return {};
        const auto row = static_cast<std::size_t>(index.row());
        if (what_ == What::ids) return QString::fromStdString(job_.ids().at(row));
        const auto& failure = job_.failures().at(row);
        return QString::fromStdString(failure.id + "   " + failure.reason);
    }

  private:
    const BulkJob& job_;
    What what_;
};

QString counted(std::size_t count) {
    return count == 1 ? QObject::tr("1 instance")
                      : QObject::tr("%1 instances").arg(format::number(static_cast<std::int64_t>(count)));
}

QString meaning(BulkJob::Verb verb) {
    switch (verb) {
    case BulkJob::Verb::pause:
        return QObject::tr("They stop after the steps that run now, and keep their results.");
    case BulkJob::Verb::resume:
        return QObject::tr("They go on where they stopped.");
    case BulkJob::Verb::restart:
        return QObject::tr(
            "They run again from the start with the same parameters. All their steps, results and "
            "logs so far are discarded.");
    case BulkJob::Verb::terminate:
        return QObject::tr("They stop now, and what is running is abandoned. Results so far stay visible.");
    case BulkJob::Verb::remove:
        break;
    }
    return QObject::tr("They stop if they still run. Their steps, results and logs are removed for good.");
}

QString doneWord(BulkJob::Verb verb) {
    switch (verb) {
    case BulkJob::Verb::pause:
        return QObject::tr("paused");
    case BulkJob::Verb::resume:
        return QObject::tr("resumed");
    case BulkJob::Verb::restart:
        return QObject::tr("restarted");
    case BulkJob::Verb::terminate:
        return QObject::tr("terminated");
    case BulkJob::Verb::remove:
        break;
    }
    return QObject::tr("deleted");
}

ActionDialog::Look lookOf(BulkJob::Verb verb) {
    const bool harmless = verb == BulkJob::Verb::pause || verb == BulkJob::Verb::resume;
    return harmless ? ActionDialog::Look::main : ActionDialog::Look::danger;
}

}  // namespace

QString bulkVerbWord(BulkJob::Verb verb) {
    switch (verb) {
    case BulkJob::Verb::pause:
        return QObject::tr("Pause");
    case BulkJob::Verb::resume:
        return QObject::tr("Resume");
    case BulkJob::Verb::restart:
        return QObject::tr("Restart");
    case BulkJob::Verb::terminate:
        return QObject::tr("Terminate");
    case BulkJob::Verb::remove:
        break;
    }
    return QObject::tr("Delete");
}

BulkDialog::BulkDialog(Backend& backend, const QString& workflow, BulkJob::Verb verb, QWidget* parent)
    : ActionDialog(tr("%1 instances of %2").arg(bulkVerbWord(verb), workflow), bulkVerbWord(verb),
                   lookOf(verb), parent)
    , workflow_(workflow)
    , job_(new BulkJob(backend, workflow.toStdString(), verb, this))
    , text_(makeLabel(tr("Finding out which ones…")))
    , progress_(makeLabel(QString(), "small"))
    , bar_(new QProgressBar)
    , list_(new QListView)
    , rollBack_(new QCheckBox(tr("Roll back first: undo the steps that say how")))
    , countLabel_(makeLabel(QString(), "small"))
    , count_(new QLineEdit)
    , copy_(makeButton(tr("Copy list"), "link")) {
    setObjectName("bulkDialog");
    text_->setWordWrap(true);
    text_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    progress_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    bar_->setTextVisible(false);
    bar_->setRange(0, 0);
    bar_->setAccessibleName(tr("Progress"));
    list_->setUniformItemSizes(true);
    list_->setFrameShape(QFrame::NoFrame);
    list_->setFont(Theme::get().mono(12));
    list_->setAccessibleName(tr("Instances"));
    list_->hide();
    rollBack_->hide();
    countLabel_->setBuddy(count_);
    countLabel_->hide();
    count_->setAccessibleName(tr("Number of instances"));
    count_->setMaxLength(20);
    count_->hide();
    copy_->hide();
    verbButton()->setEnabled(false);
    auto* row = new QHBoxLayout;
    row->addWidget(progress_, 1);
    row->addWidget(copy_);
    for (QWidget* part : std::initializer_list<QWidget*>{text_, bar_})
        body()->addWidget(part);
    body()->addLayout(row);
    body()->addWidget(list_, 100);
    body()->addStretch(1);
    body()->addWidget(rollBack_);
    body()->addWidget(countLabel_);
    body()->addWidget(count_);
    resize(520, 380);
    connect(this, &ActionDialog::confirmed, this, [this] { job_->start(rollBack_->isChecked()); });
    connect(copy_, &QPushButton::clicked, this, [this] {
        QStringList lines;
        for (int i = 0; i < list_->model()->rowCount(); ++i)
            lines << list_->model()->index(i, 0).data().toString();
        QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    });
    // Answers come by the thousand; what a person reads changes ten times a second.
    repaint_.setSingleShot(true);
    repaint_.setInterval(updateMs);
    connect(&repaint_, &QTimer::timeout, this, &BulkDialog::update);
    connect(job_, &BulkJob::changed, this, [this] {
        if (job_->phase() != shown_)
            update();
        else if (!repaint_.isActive())
            repaint_.start();
    });
}

void BulkDialog::gather(const InstanceFilter& filter) {
    job_->gather(filter);
}

void BulkDialog::take(const QStringList& ids, std::size_t chosen) {
    leftOut_ = chosen - std::min(chosen, static_cast<std::size_t>(ids.size()));
    std::vector<std::string> list;
    for (const auto& id : ids)
        list.push_back(id.toStdString());
    job_->take(std::move(list));
}

QString BulkDialog::progressText() const {
    const auto total = job_->ids().size();
    if (job_->phase() == BulkJob::Phase::gathering)
        return tr("%1 so far").arg(format::number(static_cast<std::int64_t>(total)));
    QString text = tr("%1 of %2")
                       .arg(format::number(static_cast<std::int64_t>(job_->tried())),
                            format::number(static_cast<std::int64_t>(total)));
    const double rate = job_->rate();
    if (rate < 0.1 || job_->phase() != BulkJob::Phase::working) return text;
    const api::Milliseconds left(
        static_cast<std::int64_t>(static_cast<double>(total - job_->tried()) * 1000.0 / rate));
    return tr("%1 · %2 a second · %3 left")
        .arg(text, format::number(std::llround(rate)), format::duration(left));
}

void BulkDialog::update() {
    progress_->setText(progressText());
    const int total = static_cast<int>(job_->ids().size());
    if (job_->phase() == BulkJob::Phase::working) bar_->setRange(0, std::max(1, total));
    bar_->setValue(static_cast<int>(job_->tried()));
    // Answers that were under way when it was stopped still count.
    if (shown_ != job_->phase() || shown_ == BulkJob::Phase::stopped) show(job_->phase());
}

void BulkDialog::show(BulkJob::Phase phase) {
    shown_ = phase;
    switch (phase) {
    case BulkJob::Phase::gathering:
        return;
    case BulkJob::Phase::ready:
        return showReady();
    case BulkJob::Phase::working:
        return showWorking();
    case BulkJob::Phase::finished:
    case BulkJob::Phase::stopped:
        return showOver();
    }
}

void BulkDialog::showReady() {
    bar_->hide();
    progress_->clear();
    const auto count = job_->ids().size();
    if (count == 0) {
        setHeading(tr("Nothing to %1").arg(bulkVerbWord(job_->verb()).toLower()));
        text_->setText(tr("No instance of this selection is in a status that takes it."));
        verbButton()->hide();
        cancelButton()->setText(tr("Close"));
        return;
    }
    const QString verb = bulkVerbWord(job_->verb());
    setHeading(tr("%1 %2 of %3?").arg(verb, counted(count), workflow_));
    setVerb(tr("%1 %2").arg(verb, counted(count)));
    const QString others =
        tr("%1 of the chosen ones are in a status that does not take it: they are left as they are.")
            .arg(format::number(static_cast<std::int64_t>(leftOut_)));
    text_->setText(leftOut_ == 0 ? meaning(job_->verb())
                                 : meaning(job_->verb()) + QStringLiteral("\n") + others);
    list_->setModel(new JobList(*job_, JobList::What::ids, list_));
    list_->show();
    rollBack_->setVisible(job_->verb() == BulkJob::Verb::terminate);
    verbButton()->setEnabled(true);
    const bool harmless = lookOf(job_->verb()) == Look::main;
    auto* start = harmless ? verbButton() : cancelButton();
    start->setDefault(true);
    start->setFocus(Qt::TabFocusReason);
    if (job_->verb() == BulkJob::Verb::remove && count > deletedAtOnce) askForCount(count);
}

/// So many are not deleted by a reflex: the number has to be typed.
void BulkDialog::askForCount(std::size_t count) {
    const QString number = format::number(static_cast<std::int64_t>(count));
    countLabel_->setText(tr("Type %1 to delete them").arg(number));
    countLabel_->show();
    count_->show();
    count_->setPlaceholderText(number);
    verbButton()->setEnabled(false);
    connect(count_, &QLineEdit::textChanged, this, [this, count](const QString& text) {
        QString digits = text.simplified();
        digits.remove(QLatin1Char(',')).remove(QLatin1Char(' '));
        const bool right = digits == QString::number(count);
        verbButton()->setEnabled(right);
        (right ? verbButton() : cancelButton())->setDefault(true);
    });
    count_->setFocus(Qt::OtherFocusReason);
}

void BulkDialog::showWorking() {
    list_->hide();
    list_->setModel(nullptr);
    rollBack_->hide();
    countLabel_->hide();
    count_->hide();
    text_->setText(tr("Stop leaves alone those that have not been reached; the others stay %1.")
                       .arg(doneWord(job_->verb())));
    bar_->show();
    verbButton()->hide();
    cancelButton()->setText(tr("Stop"));
    cancelButton()->setFocus(Qt::TabFocusReason);
}

void BulkDialog::showOver() {
    bar_->hide();
    verbButton()->hide();
    rollBack_->hide();
    cancelButton()->setText(tr("Close"));
    cancelButton()->setDefault(true);
    cancelButton()->setFocus(Qt::TabFocusReason);
    if (!job_->problem().isEmpty()) {
        setHeading(tr("Nothing was %1").arg(doneWord(job_->verb())));
        progress_->clear();
        return showError(job_->problem());
    }
    const auto failed = job_->failures().size();
    const auto left = job_->ids().size() - job_->tried();
    const QString outcome = tr("%1 %2").arg(counted(job_->done()), doneWord(job_->verb()));
    if (failed == 0 && left == 0) {  // nothing left to read or to do here
        NoticeBar::say(parentWidget(), NoticeBar::Kind::success, outcome);
        return reject();
    }
    setHeading(outcome);
    QStringList rest;
    if (left > 0) rest << tr("%1 not reached").arg(format::number(static_cast<std::int64_t>(left)));
    if (failed > 0) rest << tr("%1 refused").arg(format::number(static_cast<std::int64_t>(failed)));
    text_->setText(rest.join(QStringLiteral(", ")) + QLatin1Char('.'));
    progress_->setText(failed > 0 ? tr("Why some were refused") : QString());
    copy_->setVisible(failed > 0);
    list_->setVisible(failed > 0);
    if (failed > 0) list_->setModel(new JobList(*job_, JobList::What::failures, list_));
}

void BulkDialog::reject() {
    if (job_->phase() == BulkJob::Phase::working) return job_->stop();
    if (job_->phase() == BulkJob::Phase::gathering) job_->stop();
    if (job_->tried() > 0) emit worked();
    ActionDialog::reject();
}

}  // namespace stepwell
