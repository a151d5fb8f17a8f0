#include "widgets/between/promote_dialog.h"

#include "models/text.h"
#include "models/visible_text.h"
#include "widgets/backends/production.h"
#include "widgets/between/promote_form.h"
#include "widgets/between/promotion_steps.h"
#include "widgets/controls.h"
#include "widgets/deploy/changes_view.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {
namespace {

using State = between::Promotion::State;

constexpr int formWidth = 300;
constexpr int widestTitle = 420;
constexpr QSize wantedSize{900, 580};

QScrollArea* scrolled(QWidget* content) {
    auto* area = new QScrollArea;
    content->setProperty("kind", "clear");
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFrameShape(QFrame::NoFrame);
    return area;
}

QString changesText(const site::Difference& difference) {
    const auto changes = static_cast<std::int64_t>(difference.changes.size());
    return changes == 1 ? PromoteDialog::tr("1 change")
                        : PromoteDialog::tr("%1 changes").arg(format::number(changes));
}

}  // namespace

PromoteDialog::PromoteDialog(Backend& source, const between::PromotionSubject& subject, Peers peers,
                             QWidget* parent)
    : ActionDialog({}, tr("Promote"), Look::main, parent)
    , promotion_(source, subject)
    , form_(new PromoteForm(promotion_, source, std::move(peers)))
    , difference_(new QStackedWidget)
    , changes_(new ChangesView(QStringLiteral("promoteDifference")))
    , empty_(new EmptyState)
    , steps_(new PromotionSteps)
    , pages_(new QStackedWidget)
    , outcome_(makeLabel(QString()))
    , open_(addButton(tr("Show it there"))) {
    setObjectName("promoteDialog");
    open_->setObjectName("promoteOpen");
    open_->hide();
    const QFontMetrics metrics(Theme::get().pageTitle());
    setHeading(
        tr("Promote “%1”").arg(metrics.elidedText(visibleText(subject.name), Qt::ElideMiddle, widestTitle)));
    setSubtitle(tr("from %1").arg(source.name()));
    body()->setContentsMargins(0, 0, 0, 0);
    body()->setSpacing(0);
    pages_->addWidget(makePanes());
    pages_->addWidget(makeProgress());
    body()->addWidget(pages_, 1);
    connect(this, &ActionDialog::confirmed, this, &PromoteDialog::onVerb);
    connect(&promotion_, &between::Promotion::stateChanged, this, &PromoteDialog::onState);
    connect(&promotion_, &between::Promotion::progressChanged, this,
            [this] { steps_->setSteps(promotion_.steps()); });
    connect(form_, &PromoteForm::changed, this, &PromoteDialog::showVerb);
    connect(form_, &PromoteForm::openRequested, this, &PromoteDialog::openRequested);
    connect(changes_, &ChangesView::previewWanted, this, [this](const site::FileChange& change) {
        promotion_.preview(change, changes_,
                           [this](const ChangePreview& preview) { changes_->showPreview(preview); });
    });
    connect(open_, &QPushButton::clicked, this, [this] {
        if (const auto target = form_->target())
            emit showRequested(target->id, promotion_.goal().name, promotion_.madeDeployment());
        accept();
    });
    const QSize room = parent != nullptr ? parent->window()->size() - QSize(48, 80) : wantedSize;
    resize(wantedSize.boundedTo(room));
    form_->setFocus();
    form_->proposeTarget();
}

PromoteDialog::~PromoteDialog() = default;

QWidget* PromoteDialog::makePanes() {
    auto* left = scrolled(form_);
    left->setFixedWidth(formWidth);
    difference_->addWidget(empty_);
    difference_->addWidget(changes_);
    auto* panes = new QWidget;
    auto* row = new QHBoxLayout(panes);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(left);
    row->addWidget(makeLine(Qt::Vertical));
    row->addWidget(difference_, 1);
    return panes;
}

QWidget* PromoteDialog::makeProgress() {
    outcome_->setObjectName("promoteOutcome");
    outcome_->setWordWrap(true);
    outcome_->setTextFormat(Qt::PlainText);
    outcome_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    outcome_->setContentsMargins(20, 0, 20, 16);
    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(steps_);
    column->addWidget(outcome_);
    column->addStretch(1);
    return scrolled(inside);
}

void PromoteDialog::peersChanged() {
    if (promotion_.state() == State::running) return;
    form_->listPeers();
    if (promotion_.state() == State::idle && form_->target()) form_->aim();
    showQuestion();
}

void PromoteDialog::say(const QString& sentence, const QString& detail) {
    changes_->setDifference({}, {});
    empty_->show(EmptyState::Kind::nothingYet, sentence, detail, {});
    difference_->setCurrentWidget(empty_);
}

void PromoteDialog::showDifference() {
    const auto target = form_->target();
    const QString there = target ? target->name : QString();
    if (promotion_.state() == State::idle)
        return say(!target                      ? tr("Choose where it goes")
                   : target->backend == nullptr ? tr("%1 is not open yet").arg(there)
                                                : tr("It cannot be sent there"),
                   tr("What would change there is shown first."));
    if (promotion_.state() == State::unreadable) {
        changes_->setDifference({}, {});
        empty_->show(EmptyState::Kind::failed, tr("What would change is not known"),
                     visibleText(promotion_.problem()), {});
        return difference_->setCurrentWidget(empty_);
    }
    const auto& plan = promotion_.plan();
    if (!plan) return say(tr("Comparing with %1…").arg(there), {});
    if (!plan->difference) return say(tr("What will change is not known"), toQt(plan->unseen));
    if (plan->difference->isEmpty())
        return say(plan->unseen.empty() ? tr("Nothing would change: this is what is there")
                                        : tr("Nothing that can be seen would change"),
                   toQt(plan->unseen));
    changes_->setDifference(plan->difference,
                            plan->isNew ? tr("all of it is new there") : tr("against %1").arg(there));
    changes_->setToolTip(toQt(plan->unseen));
    difference_->setCurrentWidget(changes_);
}

/// The strip that asks for the name of a production backend, between body and buttons.
void PromoteDialog::showQuestion() {
    const auto target = form_->target();
    const bool asks = target && target->production && promotion_.state() == State::ready;
    const QString about = target ? target->id + target->name : QString();
    if (question_ != nullptr && (!target || !target->production || about != asksFor_)) {
        question_->deleteLater();
        question_ = nullptr;
    }
    if (question_ == nullptr && asks) {
        question_ = new ProductionQuestion({target->name, target->colour});
        asksFor_ = about;
        // Later: the dialog has a use for the same key, and the field is hidden by what the verb does.
        connect(
            question_->field(), &QLineEdit::returnPressed, this,
            [this] {
                if (question_ != nullptr && question_->insist()) verbButton()->click();
            },
            Qt::QueuedConnection);
        connect(question_, &ProductionQuestion::changed, this, &PromoteDialog::showVerb);
        body()->addWidget(question_);
    }
    if (question_ != nullptr) question_->setVisible(asks);
}

/// Why it cannot be sent right now; empty: it can.
QString PromoteDialog::whyNot() const {
    if (const QString problem = form_->problem(); !problem.isEmpty()) return problem;
    if (question_ == nullptr || question_->isHidden() || question_->isAnswered()) return {};
    return tr("Type the name of %1 first").arg(question_->name());
}

void PromoteDialog::showVerb() {
    const auto state = promotion_.state();
    const bool over = state == State::over;
    const bool done = promotion_.isDone();
    const auto target = form_->target();
    verbButton()->setText(state == State::running        ? tr("Sending…")
                          : over && !done                ? tr("Try again")
                          : target && target->production ? tr("Promote to production")
                                                         : tr("Promote"));
    verbButton()->setVisible(!done);
    const QString problem = whyNot();
    verbButton()->setEnabled((over && !done) || (state == State::ready && problem.isEmpty()));
    verbButton()->setToolTip(state == State::ready ? problem : QString());
    const auto& plan = promotion_.plan();
    QStringList note;
    const bool nothing = plan && plan->changesNothing() && !problem.isEmpty();
    if (state == State::ready && plan && plan->difference && !nothing) note << changesText(*plan->difference);
    // Beside what changed, what is told again once it is there.
    if (state == State::ready && plan && !plan->sent.empty() && !nothing)
        note << tr("%1 would be sent").arg(toQt(plan->sent));
    if (state == State::ready && !problem.isEmpty()) note << problem;
    setNote(note.join(QStringLiteral(" · ")));
    open_->setVisible(done);
    cancelButton()->setText(over ? tr("Close") : tr("Cancel"));
    if (verbButton()->isEnabled() && cancelButton()->hasFocus()) verbButton()->setFocus();
}

void PromoteDialog::onState() {
    const auto state = promotion_.state();
    const bool runs = state == State::running || state == State::over;
    pages_->setCurrentIndex(runs ? 1 : 0);
    if (state == State::running || state == State::reading) clearError();
    if (runs) steps_->setSteps(promotion_.steps());
    // Not the button that cancels, which the next Enter would press.
    if (state == State::running) steps_->setFocus();
    outcome_->setText(visibleText(promotion_.outcome()));
    outcome_->setVisible(state == State::over);
    setLook(outcome_, "kind", promotion_.isDone() ? "ok" : "error");
    if (!runs) showDifference();
    if (state == State::ready && !promotion_.problem().isEmpty()) showError(promotion_.problem());
    if (promotion_.isDone()) {
        form_->clearSecrets();
        open_->setFocus();
    }
    showQuestion();
    showVerb();
}

void PromoteDialog::onVerb() {
    if (promotion_.state() == State::over) return promotion_.retry();
    if (promotion_.state() != State::ready || !whyNot().isEmpty()) return;
    promotion_.start(form_->secrets());
}

void PromoteDialog::reject() {
    if (promotion_.state() == State::running) return promotion_.cancel();
    ActionDialog::reject();
}

}  // namespace stepwell
