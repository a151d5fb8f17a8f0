#include "widgets/backends/support_gate.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instance/log_panel.h"
#include "widgets/instance/texts.h"
#include "widgets/instance_actions.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>

/// What can be done with an instance and its steps besides the verbs.
namespace stepwell {

/// What the page can do besides the verbs; the palette finds them.
void InstancePage::makePageActions() {
    auto* restart = new QAction(tr("Restart from the selected step…"), this);
    restart->setProperty("detail", tr("R in the timeline"));
    connect(restart, &QAction::triggered, this, [this] {
        if (const auto* step = selectedStep()) restartFrom(step->index);
    });
    auto* search = new QAction(tr("Search the logs"), this);
    search->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_F);
    search->setShortcutContext(Qt::WindowShortcut);
    connect(search, &QAction::triggered, logs_, &LogPanel::openSearch);
    auto* swap = new QAction(tr("Show the timeline or the graph"), this);
    swap->setShortcut(Qt::Key_G);
    swap->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(swap, &QAction::triggered, this,
            [this] { setView(view_ == View::timeline ? View::graph : View::timeline); });
    auto* compare = new QAction(tr("Compare with another run…"), this);
    compare->setShortcut(Qt::Key_C);
    compare->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    compare->setProperty("keywords", tr("difference diff side by side"));
    connect(compare, &QAction::triggered, this, &InstancePage::compareRequested);
    auto* again = new QAction(tr("Run again on this machine…"), this);
    again->setProperty("keywords", tr("reproduce local debug replay"));
    connect(again, &QAction::triggered, this,
            [this] { emit reproduceRequested(stepsBefore(selectedStep())); });
    gate(restart, backend_, Feature::restartFromStep);
    pageActions_ = {restart, search, swap, compare, again};
    addActions(pageActions_);
}

void InstancePage::fillMore(QMenu* menu) {
    menu->clear();
    menu->addActions(pageActions_);
    menu->addSeparator();
    // The keys are those of the window, which has an action of its own for the place that is shown.
    const QString keys = QKeySequence(Qt::CTRL | Qt::Key_L).toString(QKeySequence::NativeText);
    connect(menu->addAction(tr("Copy link") + QLatin1Char('\t') + keys), &QAction::triggered, this,
            &InstancePage::linkCopyRequested);
    connect(menu->addAction(tr("Copy id")), &QAction::triggered, this,
            [this] { QApplication::clipboard()->setText(QString::fromStdString(id_)); });
    menu->addSeparator();
    menu->addAction(actions_->action(InstanceVerb::remove));
}

/// How many steps began before this one; of none, those that ended well before the first that did not.
int InstancePage::stepsBefore(const api::Step* step) const {
    int before = 0;
    for (const auto& other : feed_->detail().steps) {
        if (step != nullptr ? &other == step : other.state != api::StepState::complete) break;
        ++before;
    }
    return before;
}

void InstancePage::restartFrom(int stepIndex) {
    const auto* step = stepAt(stepIndex);
    if (step == nullptr || step->isRollback) return;
    QStringList lost;
    for (const auto& other : feed_->detail().steps)
        if (other.index >= stepIndex && !other.isRollback) lost << QString::fromStdString(other.name);
    actions_->restartFrom(texts::restartFrom(*step), lost);
}

void InstancePage::showStepMenu(int stepIndex, const QPoint& at) {
    const auto* step = stepAt(stepIndex);
    if (step == nullptr) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("stepMenu");
    auto* restart = menu->addAction(tr("Restart from here…"));
    restart->setShortcut(Qt::Key_R);
    restart->setEnabled(!step->isRollback && feed_->detail().status != api::Status::queued);
    connect(restart, &QAction::triggered, this, [this, stepIndex] { restartFrom(stepIndex); });
    gate(restart, backend_, Feature::restartFromStep);
    auto* again = menu->addAction(tr("Run again on this machine from here…"));
    again->setEnabled(!step->isRollback);
    connect(again, &QAction::triggered, this,
            [this, stepIndex] { emit reproduceRequested(stepsBefore(stepAt(stepIndex))); });
    menu->addSeparator();
    const auto copy = [&](const QString& text, const QString& what) {
        connect(menu->addAction(text), &QAction::triggered, this,
                [what] { QApplication::clipboard()->setText(what); });
    };
    copy(tr("Copy name"), QString::fromStdString(step->name));
    if (step->output && !step->outputTruncated)
        copy(tr("Copy output"), QString::fromStdString(*step->output));
    menu->popup(at);
}

}  // namespace stepwell
