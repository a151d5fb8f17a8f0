#include "widgets/deploy/difference_view.h"

#include "widgets/empty_state.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {

DifferenceView::DifferenceView(DeploySession& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , stack_(new QStackedWidget)
    , changes_(new ChangesView(QStringLiteral("deployDifference")))
    , empty_(new EmptyState) {
    stack_->addWidget(empty_);
    stack_->addWidget(changes_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(stack_);
    connect(&session_, &DeploySession::comparisonChanged, this, &DifferenceView::refresh);
    connect(&session_, &DeploySession::stateChanged, this, &DifferenceView::refresh);
    connect(changes_, &ChangesView::previewWanted, this, [this](const site::FileChange& change) {
        session_.preview(change, changes_,
                         [this](const ChangePreview& preview) { changes_->showPreview(preview); });
    });
    refresh();
}

void DifferenceView::say(const QString& sentence, const QString& detail) {
    changes_->setDifference({}, {});
    empty_->show(EmptyState::Kind::nothingYet, sentence, detail, {});
    stack_->setCurrentWidget(empty_);
}

void DifferenceView::refresh() {
    using State = Comparison::State;
    const auto& comparison = session_.comparison();
    if (session_.state() == DeploySession::State::unreadable)
        return say(tr("This cannot be deployed"), session_.readError());
    if (session_.site() == nullptr) return say(tr("Looking at the files…"), {});
    if (comparison.state == State::unavailable)
        return say(tr("What will change is not known"), comparison.reason);
    if (comparison.state == State::none) return say(tr("Choose a project to see what will change"), {});
    if (comparison.state == State::working) {
        if (!changes_->difference()) say(tr("Comparing…"), {});
        return;
    }
    const auto& difference = *comparison.difference;
    if (difference.isEmpty() && difference.same == 0)
        return say(tr("There is no file to deploy"), comparison.unseen);
    if (difference.isEmpty())
        return say(comparison.unseen.isEmpty() ? tr("Nothing would change: this is what is there")
                                               : tr("No file would change"),
                   comparison.unseen);
    changes_->setDifference(comparison.difference, comparison.unseen.isEmpty()
                                                       ? tr("against %1").arg(comparison.against)
                                                       : tr("files, against %1").arg(comparison.against));
    stack_->setCurrentWidget(changes_);
}

}  // namespace stepwell
