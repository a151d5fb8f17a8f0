#include "widgets/deploy/deploy_form.h"

#include "models/deploy/pages_project.h"
#include "models/deploy/site_names.h"
#include "models/import/workers_site.h"
#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/deploy/deploy_words.h"
#include "widgets/deploy/warning_card.h"
#include "widgets/format.h"
#include "widgets/list_cut.h"

#include <QCompleter>
#include <QDir>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

constexpr int mostNamed = 12;  ///< paths in the tooltip of a warning

ComboBox* editableBox(const QString& name) {
    auto* box = new ComboBox;
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->completer()->setCompletionMode(QCompleter::PopupCompletion);
    box->setAccessibleName(name);
    box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    box->lineEdit()->setFrame(false);
    return box;
}

QString firstOf(const std::vector<std::string>& paths) {
    QStringList lines;
    for (std::size_t i = 0; i < paths.size() && i < mostNamed; ++i)
        lines << toQt(paths[i]);
    if (paths.size() > mostNamed) lines << QObject::tr("and %1 more").arg(paths.size() - mostNamed);
    return format::plainTip(lines.join(QLatin1Char('\n')));
}

}  // namespace

DeployForm::DeployForm(DeploySession& session, Backend& backend, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , backend_(backend)
    , project_(editableBox(tr("Project")))
    , projectNote_(makeLabel(QString(), "small"))
    , projectCut_(makeLabel(QString(), "small"))
    , branch_(editableBox(tr("Branch")))
    , environment_(makeLabel(QString(), "small"))
    , address_(new ElidedLabel({}, Qt::ElideMiddle))
    , preview_(new ElidedLabel({}, Qt::ElideMiddle))
    , cards_(new QWidget)
    , cardRows_(new QVBoxLayout(cards_))
    , rules_(makeLabel(QString(), "small"))
    , passedOver_(makeLabel(QString(), "small")) {
    setFocusProxy(project_);
    project_->setObjectName("deployProject");
    branch_->setObjectName("deployBranch");
    projectNote_->setObjectName("deployProjectNote");
    projectNote_->setWordWrap(true);
    projectCut_->setObjectName("deployProjectCut");
    projectCut_->setWordWrap(true);
    projectCut_->hide();
    rules_->setWordWrap(true);
    passedOver_->setWordWrap(true);
    passedOver_->hide();
    address_->setFont(Theme::get().mono());
    preview_->setFont(Theme::get().mono());
    preview_->setProperty("kind", "mute");
    cardRows_->setContentsMargins(0, 0, 0, 0);
    cardRows_->setSpacing(8);
    auto* branchHead = new QHBoxLayout;
    branchHead->addWidget(makeLabel(tr("Branch"), "small"));
    branchHead->addStretch(1);
    branchHead->addWidget(environment_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 12, 16, 12);
    all->setSpacing(4);
    all->addWidget(makeLabel(tr("Project"), "small"));
    all->addWidget(project_);
    all->addWidget(projectNote_);
    all->addWidget(projectCut_);
    all->addSpacing(8);
    all->addLayout(branchHead);
    all->addWidget(branch_);
    all->addSpacing(8);
    all->addWidget(makeLabel(tr("Will be at"), "small"));
    all->addWidget(address_);
    all->addWidget(preview_);
    all->addSpacing(8);
    all->addWidget(cards_);
    all->addSpacing(4);
    all->addWidget(rules_);
    all->addWidget(passedOver_);
    all->addStretch(1);
    connect(project_, &QComboBox::editTextChanged, this, &DeployForm::check);
    connect(branch_, &QComboBox::editTextChanged, this, &DeployForm::check);
    connect(&session_, &DeploySession::filesChanged, this, &DeployForm::showWarnings);
    loadProjects();
}

void DeployForm::propose(const QString& project, const QString& branch) {
    project_->setEditText(project);
    branch_->setEditText(branch.isEmpty() ? branch_->itemText(0) : branch);
}

QString DeployForm::project() const {
    return project_->currentText();
}

void DeployForm::loadProjects() {
    backend_.siteProjects(this, [this](const auto& projects) { takeProjects(projects); });
}

void DeployForm::takeProjects(const api::Result<std::vector<api::SiteProject>>& projects) {
    loaded_ = projects.has_value();
    if (projects) projects_ = *projects;
    const QString typed = project_->currentText();
    {
        const QSignalBlocker quiet(project_);
        project_->clear();
        for (const auto& project : projects_)
            if (!project.fromGit) project_->addItem(toQt(project.name));
        project_->setEditText(typed);
    }
    const auto cut = projects ? backend_.listCut(PagedList::sites) : std::nullopt;
    projectCut_->setText(cutSentence(tr("projects"), cut) + QLatin1Char(' ') +
                         tr("The name of another one can be typed."));
    projectCut_->setVisible(cut.has_value());
    if (!projects) {
        projectNote_->setText(tr("The projects could not be loaded: %1").arg(toQt(projects.error().message)));
        setLook(projectNote_, "kind", "error");
    }
    check();
}

const api::SiteProject* DeployForm::chosenProject() const {
    const auto name = project_->currentText().trimmed().toStdString();
    const auto found = std::find_if(projects_.begin(), projects_.end(),
                                    [&](const auto& project) { return project.name == name; });
    return found == projects_.end() ? nullptr : &*found;
}

void DeployForm::check() {
    const QString name = project_->currentText().trimmed();
    const auto* known = chosenProject();
    problem_ = known != nullptr ? QString() : projectNameProblem(name);
    if (known != nullptr && known->fromGit) problem_ = tr("This project is built from a repository.");
    if (!loaded_ && problem_.isEmpty()) problem_ = tr("Waiting for the projects.");
    if (loaded_) {
        const bool bad = !problem_.isEmpty();
        // Beyond the end of a list that was cut there may be one of this name.
        const QString unknown = projectCut_->isHidden()
                                    ? tr("A new project.")
                                    : tr("A new project, unless there is one that is not listed.");
        projectNote_->setText(bad ? problem_ : known != nullptr ? QString() : unknown);
        setLook(projectNote_, "kind", bad ? "error" : "small");
    }
    projectNote_->setVisible(!projectNote_->text().isEmpty());
    const QString production = known != nullptr ? toQt(known->productionBranch) : QStringLiteral("main");
    if (branch_->itemText(0) != production) {
        const QSignalBlocker quiet(branch_);
        const QString typed = branch_->currentText();
        const QString before = branch_->itemText(0);
        branch_->clear();
        branch_->addItem(production);
        branch_->addItem(QStringLiteral("preview"));
        branch_->setEditText(typed.isEmpty() || typed == before ? production : typed);
    }
    const QString branch = branch_->currentText().trimmed();
    if (problem_.isEmpty() && branch.isEmpty()) problem_ = tr("A branch needs a name.");
    const DeployTarget target{name, known == nullptr, branch, production};
    environment_->setText(target.isProduction() ? tr("production") : tr("preview"));
    const bool wasProduction = session_.target().isProduction();
    if (loaded_ && problem_.isEmpty()) session_.setTarget(target);
    if (session_.target().isProduction() != wasProduction) showWarnings();
    showAddresses();
    emit changed();
}

QString DeployForm::hostOf(const QString& project) const {
    if (const auto* known = chosenProject()) return toQt(known->subdomain);
    // Where the others are, it will be too.
    for (const auto& other : projects_)
        if (other.subdomain.starts_with(other.name + '.'))
            return project + toQt(other.subdomain.substr(other.name.size()));
    const QUrl api(QStringLiteral("http://") + backend_.address());
    const bool local =
        api.host() == QLatin1String("localhost") || api.host().startsWith(QLatin1String("127."));
    if (!local) return project + QStringLiteral(".pages.dev");
    return QStringLiteral("%1.localhost:%2").arg(project).arg(api.port());
}

void DeployForm::showAddresses() {
    const QString name = project_->currentText().trimmed();
    const QString host = hostOf(name);
    const bool shown = !name.isEmpty() && (chosenProject() != nullptr || projectNameProblem(name).isEmpty());
    const QString branch = branch_->currentText().trimmed();
    const bool production = branch == branch_->itemText(0);
    address_->setText(!shown       ? QStringLiteral("–")
                      : production ? host
                                   : labelOfBranch(branch) + QLatin1Char('.') + host);
    preview_->setText(shown ? QStringLiteral("<new>.") + host : QString());
}

void DeployForm::showWarnings() {
    while (auto* item = cardRows_->takeAt(0)) {
        if (item->widget() != nullptr) item->widget()->deleteLater();
        delete item;
    }
    for (const auto& warning : session_.warnings()) {
        const auto text = textOf(warning);
        auto* card = new WarningCard(text.name, text.rest, text.action);
        card->setToolTip(firstOf(warning.paths));
        connect(card, &WarningCard::acted, this,
                [this, concern = warning.concern, included = warning.included] {
                    session_.setIncluded(concern, !included);
                });
        cardRows_->addWidget(card);
    }
    const auto* site = session_.site();
    if (site == nullptr) return;
    const auto& bucket = session_.reader().workersSite();
    if (bucket)
        for (const auto& warning : bucket->warnings)
            cardRows_->addWidget(new WarningCard(warning.file, warning.text, {}));
    warnOfRules(QStringLiteral("_headers"), session_.checkedRules().headerWarnings);
    warnOfRules(QStringLiteral("_redirects"), session_.checkedRules().redirectWarnings);
    showRules(site->rules);
    passedOver_->setText(passedOverText(site->passedOver));
    passedOver_->setToolTip(firstOf(site->passedOver));
    passedOver_->setVisible(!site->passedOver.empty());
}

void DeployForm::warnOfRules(const QString& file, const std::vector<api::SiteRuleMessage>& warnings) {
    if (warnings.empty()) return;
    std::vector<std::string> lines;
    for (const auto& warning : warnings)
        lines.push_back((warning.line ? "Line " + std::to_string(*warning.line) + ": " : std::string()) +
                        warning.reason);
    const auto others = static_cast<std::int64_t>(lines.size()) - 1;
    const QString more = others == 0 ? QString()
                         : others == 1
                             ? tr(" One more line will not hold either.")
                             : tr(" %1 more lines will not hold either.").arg(format::number(others));
    auto* card = new WarningCard(file, toQt(lines.front()) + more, {});
    card->setToolTip(firstOf(lines));
    cardRows_->addWidget(card);
}

void DeployForm::showRules(const site::RuleFiles& files) {
    if (const QString idle = idleFunctionsText(files); !idle.isEmpty())
        cardRows_->addWidget(new WarningCard(tr("functions/"), idle, {}));
    const bool hasCode = files.hasWorker() || files.hasFunctions();
    const auto missing = bindingsNotSent(files.config, session_.target().isProduction());
    if (hasCode && !missing.isEmpty())
        cardRows_->addWidget(new WarningCard(
            missing.join(QStringLiteral(", ")),
            tr("of the configuration are not sent with the site: its code does not find them in env."), {}));
    QStringList rules;
    if (const QString functions = functionsText(files); !functions.isEmpty()) rules << functions;
    if (!files.headers.empty()) rules << QStringLiteral("_headers");
    if (!files.redirects.empty()) rules << QStringLiteral("_redirects");
    if (files.hasWorker()) rules << QStringLiteral("_worker.js");
    if (hasCode && !files.routes.empty()) rules << QStringLiteral("_routes.json");
    rules_->setToolTip(files.hasFunctions() ? format::plainTip(toQt(files.functionsFolder)) : QString());
    QStringList lines;
    if (const auto& bucket = session_.reader().workersSite())
        lines << tr("The files of %1/, the bucket of this Workers Site")
                     .arg(QDir(session_.reader().dropped().value(0)).relativeFilePath(bucket->bucket));
    if (!rules.isEmpty()) lines << tr("With %1").arg(rules.join(QStringLiteral(", ")));
    rules_->setText(lines.join(QLatin1Char('\n')));
    rules_->setVisible(!lines.isEmpty());
}

}  // namespace stepwell
