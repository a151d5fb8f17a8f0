#include "widgets/instance/inspector_panel.h"

#include "models/visible_text.h"
#include "widgets/format.h"
#include "widgets/instance/inspector_parts.h"
#include "widgets/instance/texts.h"
#include "widgets/json/json_view.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {
namespace {

/// A stack that is as high as what it shows, so that the panel scrolls no further than needed.
class FittingStack : public QStackedWidget {
  public:
    using QStackedWidget::QStackedWidget;
    QSize sizeHint() const override { return currentWidget() ? currentWidget()->sizeHint() : QSize(); }
    QSize minimumSizeHint() const override {
        return currentWidget() ? currentWidget()->minimumSizeHint() : QSize();
    }
};

QVBoxLayout* columnOf(QWidget* widget) {
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(6);
    return column;
}

FactGrid::Fact wallAndCpu(api::Milliseconds wall, const std::optional<api::Milliseconds>& cpu) {
    if (!cpu) return {QObject::tr("Wall time"), format::duration(wall), format::exactDuration(wall)};
    return {QObject::tr("Wall · CPU"),
            QStringLiteral("%1 · %2").arg(format::duration(wall), format::duration(*cpu)),
            QStringLiteral("%1 · %2").arg(format::exactDuration(wall), format::exactDuration(*cpu))};
}

constexpr std::size_t mostAttempts = 20;

/// {"attempt 2": {...}}, of the last ones that have such fields; empty: none has.
std::string otherFieldsOf(const std::vector<api::Attempt>& attempts) {
    std::string text;
    std::size_t shown = 0;
    for (auto i = attempts.size(); i > 0 && shown < mostAttempts; --i) {
        const auto& others = attempts[i - 1].otherFields;
        if (others.empty()) continue;
        text.insert(0, "\"attempt " + std::to_string(i) + "\":" + others + (shown++ > 0 ? "," : ""));
    }
    return text.empty() ? text : "{" + text + "}";
}

QLabel* errorLabel() {
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setProperty("kind", "error");
    return label;
}

}  // namespace

JsonSection::JsonSection(const QString& title, int mostLines, QWidget* parent)
    : QWidget(parent)
    , note_(makeLabel({}, "small"))
    , view_(new JsonView) {
    auto* head = new QHBoxLayout;
    head->setSpacing(2);
    head->addWidget(makeLabel(title, "cardTitle"));
    head->addSpacing(6);
    head->addWidget(note_, 1);
    auto* find = makeButton(tr("Find"), "link");
    auto* copy = makeButton(tr("Copy"), "link");
    find->setAccessibleName(tr("Find in %1").arg(title));
    copy->setAccessibleName(tr("Copy %1").arg(title));
    head->addWidget(find);
    head->addWidget(copy);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(2);
    column->addLayout(head);
    column->addWidget(view_);
    view_->setFittingLines(mostLines);
    connect(find, &QPushButton::clicked, view_, &JsonView::openSearch);
    connect(copy, &QPushButton::clicked, view_, &JsonView::copyAll);
}

void JsonSection::setText(const std::optional<std::string>& text) {
    setVisible(text.has_value() && !text->empty());
    if (text) view_->setText(*text);
}

void JsonSection::setNote(const QString& note) {
    note_->setText(note);
}

InspectorPanel::InspectorPanel(Backend& backend, std::string workflow, std::string id, QWidget* parent)
    : QScrollArea(parent)
    , backend_(backend)
    , workflow_(std::move(workflow))
    , id_(std::move(id))
    , stack_(new FittingStack) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(tr("Inspector"));
    stack_->addWidget(buildRun());
    stack_->addWidget(buildStep());
    setWidget(stack_);
    stack_->setProperty("kind", "clear");
}

QWidget* InspectorPanel::buildStep() {
    auto* widget = new QWidget;
    auto* column = columnOf(widget);
    name_ = new ElidedLabel;
    name_->setProperty("kind", "cardTitle");
    restart_ = makeButton(tr("Restart from here"));
    auto* head = new QHBoxLayout;
    head->addWidget(name_, 1);
    head->addWidget(restart_);
    facts_ = new FactGrid;
    attemptsTitle_ = makeLabel(tr("Attempts"), "cardTitle");
    attempts_ = new AttemptList;
    errorTitle_ = makeLabel(tr("Error"), "cardTitle");
    error_ = errorLabel();
    output_ = new JsonSection(tr("Output"), 18);
    others_ = new JsonSection(tr("More fields"), 12);
    attemptOthers_ = new JsonSection(tr("More fields of attempts"), 12);
    requestsTitle_ = makeLabel(tr("Requests made"), "cardTitle");
    requests_ = new RequestList;
    column->addLayout(head);
    column->addWidget(facts_);
    column->addSpacing(6);
    for (QWidget* part : std::initializer_list<QWidget*>{attemptsTitle_, attempts_, errorTitle_, error_,
                                                         output_, others_, attemptOthers_})
        column->addWidget(part);
    column->addSpacing(6);
    column->addWidget(requestsTitle_);
    column->addWidget(requests_);
    column->addStretch(1);
    connect(restart_, &QPushButton::clicked, this, [this] {
        if (step_ >= 0) emit restartWanted(step_);
    });
    return widget;
}

QWidget* InspectorPanel::buildRun() {
    auto* widget = new QWidget;
    auto* column = columnOf(widget);
    column->addWidget(makeLabel(tr("The run"), "cardTitle"));
    auto* hint = makeLabel(tr("Select a step to see its attempts, output and requests."), "small");
    hint->setWordWrap(true);
    column->addWidget(hint);
    runErrorTitle_ = makeLabel(tr("Error"), "cardTitle");
    runError_ = errorLabel();
    params_ = new JsonSection(tr("Params"), 16);
    result_ = new JsonSection(tr("Output"), 18);
    runOthers_ = new JsonSection(tr("More fields"), 12);
    outsideTitle_ = makeLabel(tr("Requests outside steps"), "cardTitle");
    outside_ = new RequestList;
    for (QWidget* part : std::initializer_list<QWidget*>{runErrorTitle_, runError_, params_, result_,
                                                         runOthers_, outsideTitle_, outside_})
        column->addWidget(part);
    column->addStretch(1);
    return widget;
}

JsonView* InspectorPanel::outputView() const {
    return showsStep() ? output_->view() : result_->view();
}

void InspectorPanel::showError(QLabel* label, QLabel* title, const std::optional<api::NamedError>& error) {
    label->setVisible(error.has_value());
    title->setVisible(error.has_value());
    if (!error) return;
    QString text = texts::error(*error);
    const QString stack = QString::fromStdString(error->stack).left(20'000);
    // A stack begins with the message as a rule.
    if (stack.startsWith(text))
        text = stack;
    else if (!stack.isEmpty())
        text += QStringLiteral("\n\n") + stack;
    label->setText(text);
}

void InspectorPanel::showRun(const api::InstanceDetail& detail) {
    step_ = -1;
    stack_->setCurrentIndex(0);
    showError(runError_, runErrorTitle_, detail.error);
    params_->setText(detail.params);
    result_->setText(detail.output);
    runOthers_->setText(detail.otherFields);
    outside_->setRequests(detail.requests);
    outsideTitle_->setVisible(!detail.requests.empty());
    outside_->setVisible(!detail.requests.empty());
    stack_->updateGeometry();
}

void InspectorPanel::showStep(const api::InstanceDetail& detail, const api::Step& step, api::Time now) {
    const bool other = step_ != step.index;
    step_ = step.index;
    stack_->setCurrentIndex(1);
    const auto name = visibleText(QString::fromStdString(step.name));
    name_->setText(step.isRollback ? tr("Undo %1").arg(name) : name);
    restart_->setToolTip(tr("Run this step and all after it again; steps before it keep their results"));
    restart_->setEnabled(detail.status != api::Status::queued && !step.isRollback);
    showFacts(step, now);
    const bool attempts = !step.attempts.empty();
    attemptsTitle_->setVisible(attempts);
    attempts_->setVisible(attempts);
    attempts_->setStep(step, now);
    showError(error_, errorTitle_, attempts ? std::nullopt : step.error);
    showOutput(step);
    others_->setText(step.otherFields);
    attemptOthers_->setText(otherFieldsOf(step.attempts));
    requests_->setRequests(step.requests);
    requestsTitle_->setVisible(!step.requests.empty());
    requests_->setVisible(!step.requests.empty());
    stack_->updateGeometry();
    if (other) ensureVisible(0, 0);
}

void InspectorPanel::showFacts(const api::Step& step, api::Time now) {
    facts_->setStatus(texts::status(step), texts::statusWord(step));
    std::vector<FactGrid::Fact> facts;
    if (!step.otherType.empty())
        facts.push_back({tr("Type"), visibleText(QString::fromStdString(step.otherType)),
                         tr("A type of step that is new to this version of Stepwell")});
    if (step.start)
        facts.push_back({tr("Started"), texts::moment(*step.start, now), format::fullStamp(*step.start)});
    if (const auto took = texts::wallTime(step, now)) facts.push_back(wallAndCpu(*took, step.cpu));
    if (step.kind == api::StepKind::step && step.otherType.empty()) {
        facts.push_back({tr("Retries"), texts::retries(step), {}});
        facts.push_back({tr("Timeout"), texts::timeout(step), {}});
    }
    if (step.kind == api::StepKind::waitForEvent)
        facts.push_back({tr("Event"), QString::fromStdString(step.eventType), {}});
    if (step.wakeOn) {
        const QString what = step.kind == api::StepKind::waitForEvent ? tr("Times out")
                             : step.kind == api::StepKind::step       ? tr("Next try")
                                                                      : tr("Wakes");
        const bool ahead = *step.wakeOn > now;
        facts.push_back({what, ahead ? format::relative(*step.wakeOn, now) : texts::moment(*step.wakeOn, now),
                         format::fullStamp(*step.wakeOn)});
    }
    facts_->setFacts(facts);
}

void InspectorPanel::showOutput(const api::Step& step) {
    const std::string key = step.name + '/' + std::to_string(static_cast<int>(step.kind)) + '/' +
                            std::to_string(step.end ? step.end->time_since_epoch().count() : 0);
    if (step.outputTruncated && key == loadedFor_) return;
    loadedFor_ = key;
    output_->setNote({});
    output_->setText(step.output);
    if (step.outputTruncated) loadWhole(step);
}

void InspectorPanel::loadWhole(const api::Step& step) {
    output_->setNote(tr("loading the whole of it…"));
    const std::string wanted = loadedFor_;
    backend_.stepOutput(
        workflow_, id_, step.name, step.kind, this, [this, wanted](api::Result<std::string> answer) {
            if (wanted != loadedFor_) return;
            output_->setNote(answer ? QString()
                                    : tr("cut: %1").arg(QString::fromStdString(answer.error().message)));
            if (answer) output_->setText(*answer);
        });
}

}  // namespace stepwell
