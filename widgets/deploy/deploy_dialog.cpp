#include "widgets/deploy/deploy_dialog.h"

#include "models/deploy/site_names.h"
#include "models/import/workers_site.h"
#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/deploy/deploy_form.h"
#include "widgets/deploy/difference_view.h"
#include "widgets/deploy/done_page.h"
#include "widgets/fitted_label.h"
#include "widgets/format.h"

#include <QCheckBox>
#include <QCryptographicHash>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {
namespace {

using State = DeploySession::State;
using Kind = site::DeployOutcome::Kind;

constexpr int formWidth = 290;
constexpr int widestTitle = 400;
constexpr QSize wantedSize{860, 560};

/// Under which a folder's project is remembered.
QString memoryKey(const QStringList& dropped) {
    const auto digest =
        QCryptographicHash::hash(dropped.join(QLatin1Char('\n')).toUtf8(), QCryptographicHash::Sha1);
    return QStringLiteral("deploy/") + QString::fromLatin1(digest.toHex().left(16));
}

}  // namespace

DeployDialog::DeployDialog(Backend& backend, const QStringList& dropped, const QString& esbuild,
                           QWidget* parent)
    : ActionDialog({}, tr("Deploy"), Look::main, parent)
    , backend_(backend)
    , session_(backend, dropped, esbuild)
    , form_(new DeployForm(session_, backend))
    , difference_(new DifferenceView(session_))
    , done_(new DonePage)
    , doneScroll_(new QScrollArea)
    , pages_(new QStackedWidget)
    , progress_(nullptr)
    , phase_(makeLabel(QString(), "cardTitle"))
    , detail_(new FittedLabel("mute"))
    , bar_(new QProgressBar)
    , watchBox_(new QCheckBox(tr("Keep watching this folder")))
    , onSaveBox_(new QCheckBox(tr("Deploy on every save")))
    , showSite_(addButton(tr("Show the site"))) {
    showSite_->hide();
    setObjectName("deployDialog");
    watchBox_->setObjectName("watchFolder");
    onSaveBox_->setObjectName("deployOnSave");
    const QString title = session_.reader().title();
    const QFontMetrics metrics(Theme::get().pageTitle());
    setHeading(tr("Deploy “%1”").arg(metrics.elidedText(title, Qt::ElideMiddle, widestTitle)));
    progress_ = makeProgress();
    pages_->addWidget(makePanes());
    doneScroll_->setWidget(done_);
    doneScroll_->setWidgetResizable(true);
    doneScroll_->setFrameShape(QFrame::NoFrame);
    doneScroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    done_->setProperty("kind", "clear");
    pages_->addWidget(doneScroll_);
    body()->setContentsMargins(0, 0, 0, 0);
    body()->setSpacing(0);
    body()->addWidget(pages_, 1);
    body()->addWidget(progress_);
    connect(this, &ActionDialog::confirmed, this, &DeployDialog::onVerb);
    connect(showSite_, &QPushButton::clicked, this, [this] {
        emit siteRequested(toQt(session_.outcome().deployment.projectName));
        accept();
    });
    connect(&session_, &DeploySession::stateChanged, this, &DeployDialog::onState);
    connect(&session_, &DeploySession::progressChanged, this, &DeployDialog::showProgress);
    connect(&session_, &DeploySession::filesChanged, this, &DeployDialog::showFacts);
    connect(&session_, &DeploySession::comparisonChanged, this, &DeployDialog::showFacts);
    connect(&session_, &DeploySession::comparisonChanged, this, &DeployDialog::showCodeProblem);
    connect(form_, &DeployForm::changed, this, &DeployDialog::showVerb);
    connect(&watch_, &SiteWatch::changed, this, &DeployDialog::onFolderChanged);
    connect(watchBox_, &QCheckBox::toggled, this, &DeployDialog::setWatching);
    const QSettings settings;
    const QString key = memoryKey(dropped);
    if (!settings.contains(key + "/project")) proposed_ = proposedProjectName(dropped.value(0));
    form_->propose(settings.value(key + "/project", proposed_).toString(),
                   settings.value(key + "/branch").toString());
    const QSize room = parent != nullptr ? parent->window()->size() - QSize(48, 80) : wantedSize;
    resize(wantedSize.boundedTo(room));
}

DeployDialog::~DeployDialog() = default;

QWidget* DeployDialog::makePanes() {
    auto* scroll = new QScrollArea;
    scroll->setWidget(form_);
    form_->setProperty("kind", "clear");
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(formWidth);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* panes = new QWidget;
    auto* row = new QHBoxLayout(panes);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(scroll);
    row->addWidget(makeLine(Qt::Vertical));
    row->addWidget(difference_, 1);
    return panes;
}

QWidget* DeployDialog::makeProgress() {
    auto* panel = new QWidget;
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress"));
    auto* words = new QHBoxLayout;
    words->setSpacing(10);
    words->addWidget(phase_);
    words->addWidget(detail_, 1);
    auto* boxes = new QHBoxLayout;
    boxes->setSpacing(16);
    boxes->addWidget(watchBox_);
    boxes->addWidget(onSaveBox_);
    boxes->addStretch(1);
    watchBox_->setVisible(!session_.reader().folder().isEmpty());
    onSaveBox_->hide();
    auto* all = new QVBoxLayout(panel);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(makeLine(Qt::Horizontal));
    auto* inside = new QVBoxLayout;
    inside->setContentsMargins(16, 10, 16, 10);
    inside->setSpacing(8);
    inside->addLayout(words);
    inside->addWidget(bar_);
    inside->addLayout(boxes);
    all->addLayout(inside);
    return panel;
}

void DeployDialog::setProject(const QString& project) {
    proposed_.clear();
    form_->propose(project, {});
}

/// Workers Sites have a name of their own, unless somebody chose one meanwhile.
void DeployDialog::proposeOwnName() {
    const auto& bucket = session_.reader().workersSite();
    const QString folder = std::exchange(proposed_, {});
    if (bucket && !folder.isEmpty() && form_->project() == folder)
        form_->propose(QString::fromStdString(bucket->project), {});
}

void DeployDialog::start() {
    form_->setFocus();  // and not Cancel, which Enter would press while Deploy cannot be
    session_.read();
}

void DeployDialog::showFacts() {
    const auto* site = session_.site();
    if (site == nullptr) return;
    QStringList facts{filesText(session_.chosenFiles()), format::bytes(session_.chosenBytes())};
    const auto& comparison = session_.comparison();
    if (comparison.state == Comparison::State::known && comparison.difference->same > 0)
        facts << tr("%1 unchanged").arg(format::number(comparison.difference->same));
    setSubtitle(facts.join(QStringLiteral(" · ")));
    showVerb();
}

void DeployDialog::showVerb() {
    const bool done = session_.state() == State::over && session_.outcome().kind == Kind::published;
    const bool failed = session_.state() == State::over && !done;
    const bool ready =
        session_.state() == State::ready && form_->problem().isEmpty() && session_.hasSomething();
    verbButton()->setText(done ? tr("Deploy again") : failed ? tr("Try again") : tr("Deploy"));
    verbButton()->setEnabled(ready || failed || (done && watchBox_->isChecked()));
    // A button that cannot be pressed yet leaves the focus to its neighbour.
    if (verbButton()->isEnabled() && cancelButton()->hasFocus()) verbButton()->setFocus();
    verbButton()->setVisible(!done || watchBox_->isChecked());
    showSite_->setVisible(done);
    cancelButton()->setText(done || failed ? tr("Close") : tr("Cancel"));
}

void DeployDialog::onState() {
    const auto state = session_.state();
    const bool busy = state == State::reading || state == State::deploying || state == State::bundling;
    if (busy) clearError();
    form_->setEnabled(state != State::deploying && state != State::bundling);
    phase_->setVisible(busy);
    detail_->setVisible(busy);
    bar_->setVisible(busy);
    if (state == State::ready) {
        const auto took = session_.reader().hashTook();
        setNote(took.count() > 0 ? tr("Hashed in %1").arg(format::duration(took)) : QString());
        pages_->setCurrentIndex(0);
        proposeOwnName();
        showCodeProblem();
    }
    if (state == State::unreadable) setNote({});
    if (state == State::deploying || state == State::reading) {
        pace_.clear();
        clock_.start();
    }
    progress_->setVisible(busy || !watchBox_->isHidden());
    if (state == State::over) onOver();
    showProgress();
    showVerb();
}

void DeployDialog::showCodeProblem() {
    if (session_.state() != DeploySession::State::ready) return;
    session_.bundleError().isEmpty() ? clearError() : showError(session_.bundleError());
    showVerb();
}

void DeployDialog::showProgress() {
    ProgressText text;
    if (session_.state() == State::reading) {
        const auto progress = session_.reader().progress();
        // Of unpacked bytes and of hashed ones, each from its own beginning on.
        if (std::exchange(readPhase_, progress.phase) != progress.phase) {
            pace_.clear();
            clock_.start();
        }
        pace_.add(static_cast<double>(clock_.elapsed()) / 1000, progress.bytes);
        text = textOf(progress, pace_.perSecond());
    } else if (session_.state() == State::bundling) {
        const bool worker = session_.site()->rules.hasWorker();
        text = {worker ? tr("Compiling the Worker") : tr("Compiling the functions"), {}, -1};
    } else if (session_.state() == State::deploying) {
        const auto progress = session_.progress();
        // Each phase moves bytes of its own.
        if (std::exchange(deployPhase_, progress.phase) != progress.phase) {
            pace_.clear();
            clock_.start();
        }
        pace_.add(static_cast<double>(clock_.elapsed()) / 1000, progress.bytes);
        text = textOf(progress, pace_.perSecond());
    } else {
        return;
    }
    phase_->setText(text.phase);
    detail_->setWhole(text.detail);
    bar_->setRange(0, text.part < 0 ? 0 : 1000);
    bar_->setValue(static_cast<int>(text.part * 1000));
}

void DeployDialog::onVerb() {
    if (session_.state() == State::over) return session_.retry();
    if (session_.state() != State::ready || !verbButton()->isEnabled()) return;
    remember();
    session_.deploy();
}

void DeployDialog::onOver() {
    const auto& outcome = session_.outcome();
    if (outcome.kind == Kind::published) {
        done_->showPublished(outcome);
        backend_.siteDeploymentLog(outcome.deployment.projectName, outcome.deployment.id, done_,
                                   [this](const api::Result<std::vector<api::SiteLogLine>>& lines) {
                                       if (lines) done_->showLog(*lines);
                                   });
        emit deployed(toQt(outcome.deployment.projectName), toQt(outcome.deployment.id));
    } else {
        done_->showFailed(outcome);
    }
    setNote(outcome.kind == Kind::published ? tr("Checked in %1").arg(format::duration(outcome.checkTook))
                                            : QString());
    pages_->setCurrentWidget(doneScroll_);
}

void DeployDialog::remember() const {
    QSettings settings;
    const QString key = memoryKey(session_.reader().dropped());
    settings.setValue(key + "/project", session_.target().project);
    settings.setValue(key + "/branch", session_.target().branch);
}

void DeployDialog::setWatching(bool watching) {
    onSaveBox_->setVisible(watching);
    watch_.setFolder(watching ? session_.reader().folder() : QString());
    // Who keeps a folder watched goes on working in the window behind.
    if (watching && isModal()) {
        hide();
        setWindowModality(Qt::NonModal);
        show();
    }
    showVerb();
}

void DeployDialog::onFolderChanged() {
    session_.readAgain(onSaveBox_->isChecked());
}

bool DeployDialog::isDeploying() const {
    return session_.state() == State::deploying || session_.state() == State::bundling;
}

void DeployDialog::reject() {
    if (isDeploying()) return session_.cancel();
    ActionDialog::reject();
}

}  // namespace stepwell
