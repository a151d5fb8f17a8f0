#include "widgets/sites/deployment_details.h"

#include "models/site_deployments_model.h"
#include "widgets/controls.h"
#include "widgets/deploy/deploy_words.h"
#include "widgets/format.h"
#include "widgets/instance/log_panel.h"
#include "widgets/sites/site_thumbnail.h"
#include "widgets/theme.h"
#include "widgets/web_address.h"
#include "widgets/worker/rows_card.h"

#include <QBoxLayout>
#include <QScrollArea>
#include <QUrl>

#include <algorithm>

namespace stepwell {

namespace {

constexpr int nameWidth = 110;
constexpr int twoColumns = 760;
constexpr int logHeight = 190;

QString qt(const std::string& text) {
    return QString::fromStdString(text);
}

QLabel* makeName(const QString& text) {
    auto* label = makeLabel(text, "small");
    label->setFixedWidth(nameWidth);
    return label;
}

QLabel* makeValue(const QString& text, bool mono = false) {
    auto* label = new ElidedLabel(text, Qt::ElideMiddle);
    if (mono) label->setFont(Theme::get().mono(12));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHorizontalStretch(1);
    label->setSizePolicy(policy);
    return label;
}

/// Warnings of the parsers stand out.
api::LogLine lineOf(const api::SiteLogLine& line, std::int64_t id) {
    const bool warning = line.text.starts_with("Warning");
    const bool error = line.text.starts_with("Error");
    return {id, -1,
            error     ? api::LogLevel::error
            : warning ? api::LogLevel::warn
                      : api::LogLevel::info,
            line.time.value_or(api::Time{}), line.text};
}

QString stageWords(const std::string& name) {
    return name == "clone_repo" ? QObject::tr("clone repository") : qt(name);
}

/// Where the project is: the address of a deployment without its first label.
QString projectUrl(const std::string& deploymentUrl) {
    QUrl url(qt(deploymentUrl));
    url.setHost(url.host().section(QLatin1Char('.'), 1));
    return url.toString();
}

/// Those of a build say nothing of an upload.
bool isTold(const api::SiteStage& stage, const api::SiteDeployment& deployment) {
    return deployment.trigger != "ad_hoc" || (stage.name != "clone_repo" && stage.name != "build");
}

}  // namespace

DeploymentDetails::DeploymentDetails(Backend& backend, QWidget* parent)
    : QWidget(parent)
    , backend_(backend)
    , columns_(new QBoxLayout(QBoxLayout::LeftToRight))
    , addresses_(new RowsCard(tr("Addresses")))
    , facts_(new RowsCard(tr("Made from")))
    , stages_(new RowsCard(tr("Stages")))
    , variables_(new RowsCard(tr("Variables it was made with")))
    , picture_(new SiteThumbnail)
    , log_(new LogPanel) {
    auto* inside = new QWidget;
    inside->setProperty("kind", "clear");
    columns_->setContentsMargins(0, 0, 0, 0);
    columns_->setSpacing(12);
    const auto addColumn = [this](std::initializer_list<QWidget*> cards) {
        auto* column = new QVBoxLayout;
        column->setSpacing(12);
        for (auto* card : cards)
            column->addWidget(card);
        column->addStretch(1);
        columns_->addLayout(column, 1);
    };
    addColumn({addresses_, facts_});
    addColumn({picture_, stages_, variables_});
    inside->setLayout(columns_);
    auto* scroll = new QScrollArea;
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* logCard = makeCard();
    logCard->setFixedHeight(logHeight);
    auto* logLayout = new QVBoxLayout(logCard);
    logLayout->setContentsMargins(1, 1, 1, 1);
    logLayout->addWidget(log_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(scroll, 1);
    layout->addWidget(logCard);
}

void DeploymentDetails::resizeEvent(QResizeEvent*) {
    columns_->setDirection(width() < twoColumns ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void DeploymentDetails::showEvent(QShowEvent*) {
    picture_->show(qt(deployment_.url), qt(deployment_.id));
}

void DeploymentDetails::show(const api::SiteDeployment& deployment) {
    deployment_ = deployment;
    showAddresses();
    showFacts();
    showStages();
    showVariables();
    loadLog();
    if (isVisible()) picture_->show(qt(deployment_.url), qt(deployment_.id));
}

void DeploymentDetails::showAddresses() {
    QStringList urls{qt(deployment_.url)};
    if (deployment_.live.value_or(false)) urls.prepend(projectUrl(deployment_.url));
    for (const auto& alias : deployment_.aliases)
        urls << qt(alias);
    addresses_->setRows(urls, [this, urls](int row) {
        const QString& url = urls.at(row);
        auto* open = makeButton(tr("Open"), "link");
        open->setAccessibleName(tr("Open %1").arg(url));
        connect(open, &QPushButton::clicked, this, [this, url] { openWebAddress(this, url); });
        auto* copy = makeButton(tr("Copy"), "link");
        copy->setAccessibleName(tr("Copy %1").arg(url));
        connect(copy, &QPushButton::clicked, this, [this, url] { emit addressCopyRequested(url); });
        return makeCardRow({makeValue(url.section(QStringLiteral("://"), -1), true), open, copy});
    });
}

void DeploymentDetails::showFacts() {
    std::vector<std::pair<QString, QString>> facts;
    const auto add = [&](const QString& name, const QString& value) {
        if (!value.isEmpty()) facts.emplace_back(name, value);
    };
    add(tr("Branch"), qt(deployment_.branch));
    add(tr("Commit"), qt(deployment_.commitHash) +
                          (deployment_.commitDirty ? tr(" with changes not committed") : QString()));
    add(tr("Message"), qt(deployment_.commitMessage));
    add(tr("Trigger"), deployment_.trigger == "ad_hoc" ? tr("upload") : qt(deployment_.trigger));
    if (deployment_.createdOn) add(tr("Created"), format::fullStamp(*deployment_.createdOn));
    if (deployment_.files)
        add(tr("Content"), filesText(*deployment_.files) + QStringLiteral(", ") +
                               format::bytes(deployment_.bytes.value_or(0)));
    add(tr("Id"), qt(deployment_.id));
    QStringList content;
    for (const auto& [name, value] : facts)
        content << name + value;
    facts_->setRows(content, [&](int row) {
        const auto& [name, value] = facts[static_cast<std::size_t>(row)];
        const bool mono = name == tr("Commit") || name == tr("Id");
        return makeCardRow({makeName(name), makeValue(value, mono)});
    });
}

void DeploymentDetails::showStages() {
    if (deployment_.stages.empty()) return stages_->setSentence(tr("Not told."));
    std::vector<api::SiteStage> stages;
    std::copy_if(deployment_.stages.begin(), deployment_.stages.end(), std::back_inserter(stages),
                 [this](const auto& stage) { return isTold(stage, deployment_); });
    QStringList content;
    for (const auto& stage : stages)
        content << qt(stage.name + stage.status);
    stages_->setRows(content, [&stages](int row) {
        const auto& stage = stages[static_cast<std::size_t>(row)];
        api::SiteDeployment shown;
        shown.latestStage = stage;
        auto* badge = new StatusBadge;
        badge->setStatus({siteStatus(shown)});
        QString span;
        if (stage.startedOn && stage.endedOn) span = format::duration(*stage.endedOn - *stage.startedOn);
        return makeCardRow({makeValue(stageWords(stage.name)), makeLabel(span, "small"), badge});
    });
}

void DeploymentDetails::showVariables() {
    if (deployment_.variables.empty()) return variables_->setSentence(tr("None."));
    QStringList content;
    for (const auto& variable : deployment_.variables)
        content << qt(variable.name + '=' + variable.value);
    variables_->setRows(content, [this](int row) {
        const auto& variable = deployment_.variables[static_cast<std::size_t>(row)];
        return makeCardRow(
            {makeName(qt(variable.name)),
             makeValue(variable.secret ? QStringLiteral("••••••••") : qt(variable.value), !variable.secret)});
    });
}

void DeploymentDetails::loadLog() {
    backend_.siteDeploymentLog(deployment_.projectName, deployment_.id, this, [this](const auto& answer) {
        lines_.clear();
        if (answer)
            for (const auto& line : *answer)
                lines_.push_back(lineOf(line, static_cast<std::int64_t>(lines_.size()) + 1));
        else
            lines_.push_back({1, -1, api::LogLevel::error, format::now(),
                              "The log could not be loaded: " + answer.error().message});
        log_->show(lines_, std::nullopt, {}, false);
    });
}

}  // namespace stepwell
