#include "widgets/worker/worker_overview.h"

#include "models/backend.h"
#include "models/workers_model.h"
#include "widgets/action_dialog.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/notice_bar.h"
#include "widgets/web_address.h"
#include "widgets/worker/crons_dialog.h"
#include "widgets/worker/rows_card.h"
#include "widgets/worker/secret_dialog.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace stepwell {

namespace {

constexpr const char* mono = "mono";
constexpr int nameWidth = 140;
constexpr int twoColumns = 820;  // below this width the cards stand in one column

QString qt(const std::string& text) {
    return QString::fromStdString(text);
}

/// Takes what is left of a row.
QLabel* makeValue(const QString& text, const char* kind) {
    auto* label = new ElidedLabel(text, Qt::ElideMiddle);
    label->setProperty("kind", kind);
    if (std::string_view(kind) == mono) label->setFont(Theme::get().mono(12));
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHorizontalStretch(1);
    label->setSizePolicy(policy);
    return label;
}

/// What a row is about, in a column of its own.
QLabel* makeName(const QString& text) {
    auto* label = new ElidedLabel(text, Qt::ElideMiddle);
    label->setFont(Theme::get().mono(12));
    label->setFixedWidth(nameWidth);
    return label;
}

/// "plain text", "KV namespace": the kind of a binding in words.
QString kindText(const std::string& type) {
    if (type == "plain_text") return QObject::tr("text");
    if (type == "json") return QObject::tr("JSON");
    return qt(type).replace(QLatin1Char('_'), QLatin1Char(' '));
}

/// Shows why a part is missing while there is nothing older to show; false: it is there.
template <class T>
bool showMissing(RowsCard& card, const Loaded<T>& part) {
    if (part.value) return false;
    if (!part.error)
        card.setSentence(QObject::tr("Loading…"));
    else
        card.setSentence(qt(part.error->message), RowsCard::Tone::bad);
    return true;
}

}  // namespace

WorkerOverview::WorkerOverview(Backend& backend, const WorkerFeed& feed, QWidget* parent)
    : QWidget(parent)
    , backend_(backend)
    , feed_(feed)
    , scroll_(new QScrollArea)
    , columns_(new QHBoxLayout)
    , address_(new RowsCard(tr("Address")))
    , workflows_(new RowsCard(tr("Workflows")))
    , crons_(new RowsCard(tr("Crons")))
    , bindings_(new RowsCard(tr("Variables and bindings")))
    , secrets_(new RowsCard(tr("Secrets")))
    , editCrons_(makeButton(tr("Edit…"), "link"))
    , addSecret_(makeButton(tr("Add a secret…"), "link")) {
    editCrons_->setAccessibleName(tr("Edit the crons"));
    gate(editCrons_, backend_, Feature::crons);
    gate(addSecret_, backend_, Feature::secrets);
    crons_->addAction(editCrons_);
    secrets_->addAction(addSecret_);
    connect(editCrons_, &QPushButton::clicked, this, &WorkerOverview::editCrons);
    connect(addSecret_, &QPushButton::clicked, this, &WorkerOverview::addSecret);
    layOut();
    update();
}

void WorkerOverview::layOut() {
    auto* inside = new QWidget;
    inside->setProperty("kind", "clear");
    const auto addColumn = [this](std::initializer_list<QWidget*> cards) {
        auto* column = new QVBoxLayout;
        column->setSpacing(12);
        for (auto* card : cards)
            column->addWidget(card);
        column->addStretch(1);
        columns_->addLayout(column, 1);
    };
    columns_->setContentsMargins(0, 0, 0, 0);
    columns_->setSpacing(12);
    addColumn({address_, workflows_, crons_});
    addColumn({bindings_, secrets_});
    inside->setLayout(columns_);
    scroll_->setWidget(inside);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll_);
}

void WorkerOverview::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    columns_->setDirection(width() < twoColumns ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    columns_->setStretch(0, width() < twoColumns ? 0 : 1);  // one below the other, the first takes no slack
}

void WorkerOverview::focusMain() {
    scroll_->setFocus();  // no verb has the keys before a person went to it
}

void WorkerOverview::update() {
    showAddress();
    showWorkflows();
    showCrons();
    showBindings();
    showSecrets();
}

void WorkerOverview::showAddress() {
    if (!feed_.hasHandler("fetch"))
        return address_->setSentence(
            tr("It has no fetch handler, so nothing answers at an address of its own."));
    if (showMissing(*address_, feed_.address())) return;
    const auto& address = *feed_.address().value;
    if (!address.enabled)
        return address_->setSentence(tr("It is not to be reached: workers_dev is off in its configuration."));
    if (address.url.empty()) return address_->setSentence(tr("The backend does not tell its address."));
    const QString url = qt(address.url);
    address_->setRows({url}, [this, url](int) {
        auto* open = makeButton(tr("Open"), "link");
        open->setAccessibleName(tr("Open in browser"));
        connect(open, &QPushButton::clicked, this, [this, url] { openWebAddress(this, url); });
        auto* copy = makeButton(tr("Copy"), "link");
        copy->setAccessibleName(tr("Copy address"));
        connect(copy, &QPushButton::clicked, this, [this, url] { emit addressCopyRequested(url); });
        return makeCardRow({makeValue(url, mono), open, copy});
    });
}

QWidget* WorkerOverview::makeWorkflowRow(const api::Workflow& workflow) {
    const QString name = qt(workflow.name);
    auto* open = makeButton(name, "link");
    connect(open, &QPushButton::clicked, this, [this, name] { emit workflowChosen(name); });
    const auto count = workflow.instanceCount();
    auto* instances =
        makeLabel(count == 1 ? tr("1 instance") : tr("%1 instances").arg(format::number(count)), "small");
    return makeCardRow({open, makeValue(qt(workflow.className), "small"), instances});
}

void WorkerOverview::showWorkflows() {
    if (showMissing(*workflows_, feed_.workflows())) return;
    const auto& list = *feed_.workflows().value;
    if (list.empty()) return workflows_->setSentence(tr("It defines no workflow."));
    QStringList content;
    for (const auto& workflow : list)
        content << QStringLiteral("%1 %2 %3")
                       .arg(qt(workflow.name), qt(workflow.className))
                       .arg(workflow.instanceCount());
    workflows_->setRows(content,
                        [&](int row) { return makeWorkflowRow(list[static_cast<std::size_t>(row)]); });
}

void WorkerOverview::showCrons() {
    editCrons_->setVisible(feed_.crons().value.has_value());
    if (showMissing(*crons_, feed_.crons())) return;
    const auto& list = *feed_.crons().value;
    const bool handled = feed_.hasHandler("scheduled");
    crons_->setNote(!handled && !list.empty()
                        ? tr("It has no scheduled handler: these runs have nothing to call.")
                        : QString());
    if (list.empty())
        return crons_->setSentence(handled
                                       ? tr("None. A cron calls its scheduled handler.")
                                       : tr("None. A cron would call a scheduled handler, and it has none."));
    QStringList content;
    std::vector<QString> runs;
    for (const auto& cron : list) {
        const auto next = nextRunOf({cron}, format::now());
        runs.push_back(next ? tr("next run %1").arg(format::relative(*next, format::now()))
                            : tr("never runs"));
        content << qt(cron.cron) + QLatin1Char(' ') + runs.back();
    }
    crons_->setRows(content, [&](int row) {
        const auto& cron = list[static_cast<std::size_t>(row)];
        auto* run = makeValue(runs[static_cast<std::size_t>(row)], "small");
        if (const auto next = nextRunOf({cron}, format::now())) run->setToolTip(format::fullStamp(*next));
        return makeCardRow({makeName(qt(cron.cron)), run});
    });
}

void WorkerOverview::showBindings() {
    if (showMissing(*bindings_, feed_.bindings())) return;
    const auto& list = *feed_.bindings().value;
    if (list.empty())
        return bindings_->setSentence(tr("None. Variables come with the configuration of the Worker."));
    QStringList content;
    for (const auto& binding : list)
        content << QStringList{qt(binding.name), qt(binding.type), qt(binding.value)}.join(QLatin1Char(' '));
    bindings_->setRows(content, [&](int row) {
        const auto& binding = list[static_cast<std::size_t>(row)];
        return makeCardRow({makeName(qt(binding.name)), makeValue(qt(binding.value), mono),
                            makeLabel(kindText(binding.type), "small")});
    });
}

QStringList WorkerOverview::secretNames() const {
    QStringList names;
    if (const auto& known = feed_.secrets().value)
        for (const auto& name : *known)
            names << qt(name);
    return names;
}

QWidget* WorkerOverview::makeSecretRow(const QString& name) {
    auto* replace = makeButton(tr("Replace…"), "link");
    replace->setAccessibleName(tr("Replace the secret %1").arg(name));
    connect(replace, &QPushButton::clicked, this, [this, name] { openSecretDialog(name); });
    auto* remove = makeButton(tr("Delete…"), "link");
    remove->setAccessibleName(tr("Delete the secret %1").arg(name));
    connect(remove, &QPushButton::clicked, this, [this, name] { askToDeleteSecret(name); });
    gate(replace, backend_, Feature::secrets);
    gate(remove, backend_, Feature::secrets);
    return makeCardRow({makeName(name), makeValue(QStringLiteral("••••••••"), "small"), replace, remove});
}

void WorkerOverview::showSecrets() {
    addSecret_->setVisible(feed_.secrets().value.has_value());
    // What a kind of backend lacks is no failure.
    const auto support = backend_.support(Feature::secrets);
    if (feed_.secrets().error && !support.available)
        return secrets_->setSentence(support.reason + QLatin1Char('.'));
    if (showMissing(*secrets_, feed_.secrets())) return;
    const QStringList names = secretNames();
    if (names.isEmpty())
        return secrets_->setSentence(tr("None. A secret is a variable whose text is shown nowhere."));
    secrets_->setRows(names, [&](int row) { return makeSecretRow(names.at(row)); });
}

void WorkerOverview::addSecret() {
    openSecretDialog({});
}

void WorkerOverview::openSecretDialog(const QString& name) {
    auto* dialog = new SecretDialog(backend_, feed_.name(), name, secretNames(), this);
    connect(dialog, &SecretDialog::saved, this, [this](const QString& saved) {
        NoticeBar::say(this, NoticeBar::Kind::success, tr("The secret %1 was saved").arg(saved));
        emit changed();
    });
    dialog->open();
}

void WorkerOverview::askToDeleteSecret(const QString& name) {
    const Question question{
        tr("Delete the secret %1?").arg(name),
        tr("%1 and its workflows get a new version without it. Its text cannot be brought "
           "back; instances that run keep it.")
            .arg(qt(feed_.name())),
        tr("Delete secret")};
    askFirst(this, question, [this, name] {
        backend_.deleteSecret(feed_.name(), name.toStdString(), this, [this, name](const auto& answer) {
            if (answer)
                NoticeBar::say(this, NoticeBar::Kind::success, tr("The secret %1 was deleted").arg(name));
            else
                NoticeBar::say(this, NoticeBar::Kind::error,
                               tr("The secret %1 was not deleted: %2").arg(name, qt(answer.error().message)));
            emit changed();
        });
    });
}

void WorkerOverview::editCrons() {
    QStringList crons;
    if (const auto& known = feed_.crons().value)
        for (const auto& cron : *known)
            crons << qt(cron.cron);
    auto* dialog = new CronsDialog(backend_, feed_.name(), crons, this);
    connect(dialog, &CronsDialog::saved, this, [this] {
        NoticeBar::say(this, NoticeBar::Kind::success,
                       tr("The crons of %1 were saved").arg(qt(feed_.name())));
        emit changed();
    });
    dialog->open();
}

}  // namespace stepwell
