#include "widgets/settings_page.h"

#include "models/backend.h"
#include "models/client/bodies.h"
#include "widgets/backends/ask_on_production.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/notice_bar.h"
#include "widgets/settings_texts.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int nameWidth = 190;
constexpr int fieldWidth = 200;
constexpr std::size_t mostCrons = 100;

QVBoxLayout* columnOf(QWidget* card) {
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(10);
    return column;
}

QString wrongNumber() {
    return QObject::tr("Not a whole number above 0. Leave it empty for the default.");
}

QString wrongTime() {
    return QObject::tr("Not a duration such as 7 days or 12 hours. Leave it empty for the default.");
}

void setWords(QLabel* label, const QString& text, bool fine) {
    setLook(label, "kind", fine ? "small" : "error");
    label->setText(text);
}

}  // namespace

SettingsPage::SettingsPage(Backend& backend, QWidget* parent)
    : WorkflowSection(parent)
    , backend_(backend)
    , stack_(new QStackedWidget)
    , empty_(new EmptyState)
    , source_(makeLabel(QString(), "small")) {
    setAccessibleName(tr("Settings"));
    auto* inside = new QWidget;
    inside->setProperty("kind", "clear");
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(buildWorkflowCard());
    accountCard_ = buildAccountCard();
    column->addWidget(accountCard_);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    stack_->addWidget(scroll);
    stack_->addWidget(empty_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(stack_);
    connect(empty_, &EmptyState::actionRequested, this, &SettingsPage::reload);
}

void SettingsPage::addField(QVBoxLayout* into, QLineEdit*& field, const QString& name,
                            const QString& placeholder, const QString& hint, const QString& wrong) {
    field = new QLineEdit;
    field->setFixedWidth(fieldWidth);
    field->setPlaceholderText(placeholder);
    field->setAccessibleName(name);
    auto* label = makeLabel(name);
    label->setFixedWidth(nameWidth);
    label->setBuddy(field);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(label);
    row->addWidget(field);
    auto* words = makeLabel(hint, "small");
    words->setWordWrap(true);
    row->addWidget(words, 1);
    hints_.push_back({field, words, hint, wrong});
    into->addLayout(row);
    connect(field, &QLineEdit::textChanged, this, &SettingsPage::validate);
}

QWidget* SettingsPage::buildWorkflowCard() {
    auto* card = makeCard();
    auto* column = columnOf(card);
    column->addWidget(makeLabel(tr("This workflow"), "cardTitle"));
    column->addWidget(source_);
    addField(column, steps_, tr("Steps of an instance"), tr("Default"),
             tr("At most; sleeps and waits are not counted"), wrongNumber());
    addField(column, concurrency_, tr("Instances at once"), tr("No limit"),
             tr("Further ones stay queued, in order"), wrongNumber());
    addField(column, success_, tr("Keep complete ones"), tr("As the account"),
             tr("For example 7 days; then they are deleted"), wrongTime());
    addField(column, error_, tr("Keep failed ones"), tr("As the account"), tr("Errored and terminated"),
             wrongTime());
    column->addSpacing(4);
    column->addWidget(makeLabel(tr("Schedules"), "cardTitle"));
    crons_ = new QVBoxLayout;
    crons_->setSpacing(8);
    column->addLayout(crons_);
    add_ = makeButton(tr("Add a schedule"));
    connect(add_, &QPushButton::clicked, this, [this] {
        addCron({});
        cronRows_.back().text->setFocus();
        validate();
    });
    column->addWidget(add_, 0, Qt::AlignLeft);
    workerCrons_ = makeLabel(QString(), "small");
    workerCrons_->setObjectName("workerCrons");
    workerCrons_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    workerCrons_->hide();
    column->addWidget(workerCrons_);
    column->addWidget(makeLine(Qt::Horizontal));
    save_ = makeButton(tr("Save changes"));
    gate(save_, backend_, Feature::deleteWorkflow);
    verdict_ = makeLabel(QString(), "small");
    connect(save_, &QPushButton::clicked, this, &SettingsPage::save);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(12);
    foot->addWidget(save_);
    foot->addWidget(verdict_, 1);
    column->addLayout(foot);
    return card;
}

QWidget* SettingsPage::buildAccountCard() {
    auto* card = makeCard();
    auto* column = columnOf(card);
    column->addWidget(makeLabel(tr("All workflows of the account"), "cardTitle"));
    addField(column, accountSuccess_, tr("Keep complete ones"), tr("Until deleted"),
             tr("Where a workflow sets nothing"), wrongTime());
    addField(column, accountError_, tr("Keep failed ones"), tr("Until deleted"), tr("Errored and terminated"),
             wrongTime());
    saveAccount_ = makeButton(tr("Save for the account"));
    gate(saveAccount_, backend_, Feature::retention);
    accountVerdict_ = makeLabel(QString(), "small");
    connect(saveAccount_, &QPushButton::clicked, this, &SettingsPage::saveAccount);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(12);
    foot->addWidget(saveAccount_);
    foot->addWidget(accountVerdict_, 1);
    column->addLayout(foot);
    return card;
}

void SettingsPage::addCron(const QString& cron) {
    auto* row = new QWidget;
    auto* text = new QLineEdit(cron);
    text->setProperty("kind", "mono");
    text->setFixedWidth(fieldWidth);
    text->setMaxLength(256);
    text->setPlaceholderText(QStringLiteral("0 6 * * 1-5"));
    text->setAccessibleName(tr("Schedule"));
    auto* when = makeLabel(QString(), "small");
    auto* remove = makeButton(tr("Remove"), "link");
    remove->setAccessibleName(tr("Remove schedule %1").arg(cron));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(text);
    layout->addWidget(remove);
    layout->addWidget(when, 1);
    crons_->addWidget(row);
    when->setWordWrap(true);
    cronRows_.push_back({row, text, when});
    connect(text, &QLineEdit::textChanged, this, &SettingsPage::validate);
    connect(remove, &QPushButton::clicked, this, [this, row] { removeCron(row); });
}

void SettingsPage::removeCron(QWidget* row) {
    std::erase_if(cronRows_, [row](const CronRow& candidate) { return candidate.row == row; });
    row->hide();
    row->deleteLater();
    add_->setFocus();
    validate();
}

void SettingsPage::setWorkflow(const QString& name) {
    if (name == workflow_) return;
    workflow_ = name;
    loaded_.reset();
    load();
}

void SettingsPage::reload() {
    load();
}

void SettingsPage::showEvent(QShowEvent* event) {
    WorkflowSection::showEvent(event);
    if (!isDirty()) load();
}

void SettingsPage::focusMain() {
    steps_->setFocus();
}

void SettingsPage::load() {
    if (workflow_.isEmpty()) return;
    const std::string name = workflow_.toStdString();
    const int generation = ++generation_;
    // What was written while an answer was on its way stays.
    const auto keeps = [this, hadOne = loaded_.has_value()] { return hadOne && isDirty(); };
    backend_.workflow(name, this, [this, name, generation, keeps](api::Result<api::Workflow> answer) {
        if (generation != generation_ || keeps()) return;
        if (!answer) return showError(answer.error());
        loaded_ = *answer;
        loadWorkerCrons();
        const auto take = [this, generation, keeps](api::Result<std::vector<api::Version>> versions) {
            if (generation != generation_ || keeps()) return;
            if (!versions) return showError(versions.error());
            api::WorkflowSettings settings;
            if (!versions->empty()) settings = versions->front().settings;
            for (const auto& schedule : loaded_->schedules)
                settings.crons.push_back(schedule.cron);
            show(settings);
        };
        backend_.versions(name, this, take);
    });
    backend_.accountRetention(this, [this, generation](api::Result<api::Retention> answer) {
        if (generation != generation_) return;
        // A backend without such settings has nothing to show here.
        accountCard_->setVisible(answer || answer.error().http != 404);
        setLook(accountVerdict_, "kind", answer ? "small" : "error");
        accountVerdict_->setText(answer ? QString() : QString::fromStdString(answer.error().message));
        if (isAccountDirty()) return;
        account_ = answer ? *answer : api::Retention{};
        accountSuccess_->setText(settings::retentionText(account_.success));
        accountError_->setText(settings::retentionText(account_.error));
        validate();
    });
}

/// Those of the Worker start no workflow by themselves, but often do in its handler.
void SettingsPage::loadWorkerCrons() {
    backend_.workerCrons(
        loaded_->scriptName, this,
        [this, generation = generation_](const api::Result<std::vector<api::Schedule>>& answer) {
            if (generation != generation_) return;
            QStringList lines;
            if (answer && !answer->empty())
                lines << tr("The Worker %1 has crons of its own, which run its scheduled handler:")
                             .arg(QString::fromStdString(loaded_->scriptName));
            for (const auto& schedule : answer ? *answer : std::vector<api::Schedule>{}) {
                const auto cron = QString::fromStdString(schedule.cron);
                lines << QStringLiteral("%1 · %2").arg(cron, settings::nextRunText(cron));
            }
            workerCrons_->setText(lines.join(QLatin1Char('\n')));
            workerCrons_->setVisible(!lines.isEmpty());
        });
}

void SettingsPage::showError(const api::Error& error) {
    empty_->showError(error, tr("The settings of %1").arg(workflow_), QStringLiteral("Workers Scripts Read"));
    stack_->setCurrentWidget(empty_);
}

void SettingsPage::show(const api::WorkflowSettings& settings) {
    saved_ = settings;
    stack_->setCurrentIndex(0);
    source_->setText(settings::sourceText(*loaded_));
    steps_->setText(settings::numberText(settings.stepLimit));
    concurrency_->setText(settings::numberText(settings.concurrencyLimit));
    success_->setText(settings::retentionText(settings.retention.success));
    error_->setText(settings::retentionText(settings.retention.error));
    for (const auto& row : std::exchange(cronRows_, {}))
        row.row->deleteLater();
    for (const auto& schedule : loaded_->schedules)
        addCron(QString::fromStdString(schedule.cron));
    verdict_->clear();
    validate();
}

std::optional<api::WorkflowSettings> SettingsPage::entered() const {
    api::WorkflowSettings result;
    bool fine = settings::readNumber(steps_->text(), result.stepLimit);
    fine = settings::readNumber(concurrency_->text(), result.concurrencyLimit) && fine;
    fine = settings::readRetention(success_->text(), result.retention.success) && fine;
    fine = settings::readRetention(error_->text(), result.retention.error) && fine;
    for (const auto& row : cronRows_) {
        fine = settings::looksLikeCron(row.text->text()) && fine;
        result.crons.push_back(row.text->text().simplified().toStdString());
    }
    return fine ? std::optional(result) : std::nullopt;
}

bool SettingsPage::isDirty() const {
    const auto now = entered();
    return loaded_ && (!now || *now != saved_);
}

bool SettingsPage::isAccountDirty() const {
    api::Retention account;
    const bool fine = settings::readRetention(accountSuccess_->text(), account.success) &&
                      settings::readRetention(accountError_->text(), account.error);
    return loaded_ && (!fine || account != account_);
}

bool SettingsPage::hasUnsaved() const {
    return isDirty() || isAccountDirty();
}

void SettingsPage::discardEntered() {
    accountSuccess_->setText(settings::retentionText(account_.success));
    accountError_->setText(settings::retentionText(account_.error));
    if (loaded_) show(saved_);
}

void SettingsPage::saveEntered(std::function<void()> then) {
    if (auto* wrong = focusWrong()) return wrong->setFocus();
    const auto account = [this, then] { isAccountDirty() ? putAccount(then) : then(); };
    isDirty() ? put(account) : account();
}

/// The first field that makes no sense.
QWidget* SettingsPage::focusWrong() {
    for (const auto& hint : hints_)
        if (hint.field->property("invalid").toBool()) return hint.field;
    for (const auto& row : cronRows_)
        if (row.text->property("invalid").toBool()) return row.text;
    return nullptr;
}

void SettingsPage::validate() {
    if (verdict_ == nullptr || accountVerdict_ == nullptr) return;  // still being built
    std::optional<std::int64_t> number;
    std::optional<api::Milliseconds> kept;
    for (const auto& hint : hints_) {
        const bool isNumber = hint.field == steps_ || hint.field == concurrency_;
        const QString text = hint.field->text();
        const bool fine = isNumber ? settings::readNumber(text, number) : settings::readRetention(text, kept);
        setLook(hint.field, "invalid", !fine);
        setWords(hint.label, fine ? hint.usual : hint.wrong, fine);
    }
    for (const auto& row : cronRows_) {
        const bool fine = settings::looksLikeCron(row.text->text());
        setLook(row.text, "invalid", !fine && !row.text->text().isEmpty());
        setWords(row.next,
                 fine ? settings::nextRunText(row.text->text())
                      : tr("Five fields, as in 0 6 * * 1-5: minute, hour, day, month, weekday"),
                 fine || row.text->text().isEmpty());
    }
    const auto now = entered();
    save_->setEnabled(loaded_ && now && *now != saved_);
    add_->setEnabled(cronRows_.size() < mostCrons);
    setWords(verdict_, {}, true);
    api::Retention account;
    const bool fine = settings::readRetention(accountSuccess_->text(), account.success) &&
                      settings::readRetention(accountError_->text(), account.error);
    saveAccount_->setEnabled(fine && account != account_);
}

/// What the backend refused stands at the field it names, when one can be told, else at the button.
void SettingsPage::showRefusal(const QString& reason) {
    for (const auto& row : cronRows_) {
        if (!reason.contains(row.text->text().simplified())) continue;
        setLook(row.text, "invalid", true);
        return setWords(row.next, reason, false);
    }
    const auto is = [&](const char* word) {
        return reason.contains(QLatin1String(word), Qt::CaseInsensitive);
    };
    const QLineEdit* field = is("concurrency")         ? concurrency_
                             : is("limits.steps")      ? steps_
                             : is("success_retention") ? success_
                             : is("error_retention")   ? error_
                                                       : nullptr;
    for (const auto& hint : hints_) {
        if (hint.field != field) continue;
        setLook(hint.field, "invalid", true);
        return setWords(hint.label, reason, false);
    }
    setWords(verdict_, reason, false);
}

void SettingsPage::save() {
    put([this] { load(); });
}

void SettingsPage::put(std::function<void()> then) {
    askOnProduction(
        this,
        {tr("Change the settings of %1?").arg(workflow_),
         tr("Its limits, schedules and what it keeps change at once, also for instances that run."),
         tr("Save changes")},
        [this, then = std::move(then)] { send(then); });
}

void SettingsPage::send(std::function<void()> then) {
    const auto wanted = entered();
    if (!loaded_ || !wanted) return;
    Backend::WorkflowDeclaration declaration{loaded_->name, loaded_->className, loaded_->scriptName,
                                             client::settingsJson(*wanted)};
    save_->setEnabled(false);
    verdict_->setText(tr("Saving…"));
    backend_.putWorkflow(declaration, this,
                         [this, name = workflow_, wanted, then = std::move(then)](api::Result<void> answer) {
                             if (name != workflow_) return;
                             if (!answer) {
                                 validate();
                                 return showRefusal(QString::fromStdString(answer.error().message));
                             }
                             NoticeBar::say(this, NoticeBar::Kind::success,
                                            tr("The settings of %1 were saved").arg(name));
                             saved_ = *wanted;
                             validate();
                             then();
                         });
}

void SettingsPage::saveAccount() {
    putAccount([] {});
}

void SettingsPage::putAccount(std::function<void()> then) {
    askOnProduction(this,
                    {tr("Change what the account keeps?"),
                     tr("Instances that ended longer ago than that are deleted, of all workflows that set "
                        "nothing of their own."),
                     tr("Save changes")},
                    [this, then = std::move(then)] { sendAccount(then); });
}

void SettingsPage::sendAccount(std::function<void()> then) {
    api::Retention wanted;
    if (!settings::readRetention(accountSuccess_->text(), wanted.success) ||
        !settings::readRetention(accountError_->text(), wanted.error))
        return;
    saveAccount_->setEnabled(false);
    backend_.setAccountRetention(
        wanted, this, [this, then = std::move(then)](api::Result<api::Retention> answer) {
            if (answer) {
                account_ = *answer;
                NoticeBar::say(this, NoticeBar::Kind::success, tr("The settings of the account were saved"));
            }
            validate();
            setWords(accountVerdict_, answer ? QString() : QString::fromStdString(answer.error().message),
                     answer.has_value());
            if (answer) then();
        });
}

}  // namespace stepwell
