#include "app/desktop/screenshots.h"

#include "widgets/command_palette.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QPainter>
#include <QTimer>

#include <algorithm>
#include <array>
#include <set>

namespace stepwell {

namespace {

// Long enough for a page to be loaded from an engine on this machine and for fades to end.
constexpr int settleMs = 900;
constexpr std::size_t instancesPerWorkflow = 2;

QList<QDialog*> openDialogs() {
    QList<QDialog*> dialogs;
    for (QWidget* widget : QApplication::topLevelWidgets()) {
        auto* dialog = qobject_cast<QDialog*>(widget);
        if (dialog != nullptr && dialog->isVisible()) dialogs.append(dialog);
    }
    return dialogs;
}

// Dialogs are windows of their own; the picture shows them where a window manager would put them.
QPixmap compose(QWidget& window) {
    QPixmap picture = window.grab();
    QPainter painter(&picture);
    for (QDialog* dialog : openDialogs()) {
        const QPixmap top = dialog->grab();
        painter.fillRect(window.rect(), QColor(0, 0, 0, 60));
        painter.drawPixmap((window.width() - dialog->width()) / 2, (window.height() - dialog->height()) / 2,
                           top);
    }
    return picture;
}

}  // namespace

Screenshots::Screenshots(MainWindow& window, QString folder)
    : QObject(&window)
    , window_(window)
    , folder_(std::move(folder)) {}

void Screenshots::start() {
    if (!QDir().mkpath(folder_)) {
        emit finished(0, tr("The folder %1 cannot be made.").arg(folder_));
        return;
    }
    shots_ = {
        {{}, "workflows", {}}, {{}, "find", tr("Find anything")}, {{}, "trigger", tr("Trigger a workflow…")}};
    window_.backend()->siteProjects(
        this, [this](const auto& answer) { answer ? addSites(*answer) : askForWorkflows(); });
}

void Screenshots::addSites(const std::vector<api::SiteProject>& sites) {
    shots_.push_back({placeOfSite(), "sites", {}});
    if (sites.empty()) return askForWorkflows();
    const auto live =
        std::find_if(sites.begin(), sites.end(), [](const auto& site) { return site.live.has_value(); });
    const auto& shown = live == sites.end() ? sites.front() : *live;
    const QString name = QString::fromStdString(shown.name);
    shots_.push_back({placeOfSite(name), "site", {}});
    shots_.push_back({placeOfSite(name, "settings"), "site-settings", {}});
    shots_.push_back({placeOfSite(name, "settings"), "site-variable", tr("Add a variable of production…")});
    api::SiteDeploymentQuery query;
    query.project = shown.name;
    window_.backend()->siteDeployments(query, this, [this, name](const auto& answer) {
        if (answer) addDeployments(name, answer->rows);
        askForWorkflows();
    });
}

// The newest, and one that can be rolled back to.
void Screenshots::addDeployments(const QString& site, const std::vector<api::SiteDeployment>& deployments) {
    if (deployments.empty()) return;
    const QString newest = QString::fromStdString(deployments.front().id);
    shots_.push_back({placeOfDeployment(site, newest), "deployment", {}});
    for (const char* section : {"rules", "test", "requests", "details"})
        shots_.push_back(
            {placeOfDeployment(site, newest, section), QStringLiteral("deployment-") + section, {}});
    for (const auto& deployment : deployments) {
        if (deployment.live.value_or(false) || deployment.environment != api::SiteEnvironment::production)
            continue;
        shots_.push_back({placeOfDeployment(site, QString::fromStdString(deployment.id)), "roll-back",
                          tr("Roll back to this deployment…")});
        shots_.push_back({placeOfDeployment(site, QString::fromStdString(deployment.id)), "delete-deployment",
                          tr("Delete deployment…")});
        return;
    }
}

void Screenshots::askForWorkflows() {
    window_.backend()->workflows(this, [this](const api::Result<std::vector<api::Workflow>>& answer) {
        if (!answer)
            emit finished(0, QString::fromStdString(answer.error().message));
        else
            addWorkflows(*answer);
    });
}

void Screenshots::addWorkflows(const std::vector<api::Workflow>& workflows) {
    shots_.push_back({placeOfWorker(), "workers", {}});
    shots_.push_back({placeOfAnalytics(), "analytics", {}});
    shots_.push_back({placeOfAnalytics("range=1h"), "analytics-hour", {}});
    if (workflows.empty()) return next();
    const auto worker = QString::fromStdString(workflows.front().scriptName);
    shots_.push_back({placeOfWorker(worker), "worker", {}});
    for (const char* section : {"versions", "logs"})
        shots_.push_back({placeOfWorker(worker, section), QStringLiteral("worker-") + section, {}});
    shots_.push_back({placeOfWorker(worker), "worker-secret", tr("Add a secret…")});
    shots_.push_back({placeOfWorker(worker), "worker-crons", tr("Edit crons…")});
    auto missing = std::make_shared<std::size_t>(workflows.size());
    for (const auto& workflow : workflows) {
        shots_.push_back({{QString::fromStdString(workflow.name), {}},
                          "instances-" + QString::fromStdString(workflow.name),
                          {}});
        if (workflow.name == workflows.front().name)
            shots_.push_back({{QString::fromStdString(workflow.name), {}, "settings"}, "settings", {}});
        shots_.push_back({{QString::fromStdString(workflow.name), {}, "versions"},
                          "versions-" + QString::fromStdString(workflow.name),
                          {}});
        InstanceListQuery query;
        query.workflow = workflow.name;
        window_.backend()->instances(
            query, this, [this, name = workflow.name, missing](const api::Result<InstanceList>& list) {
                if (list) addInstances(name, list->rows);
                if (--*missing == 0) next();
            });
    }
}

// The newest of each status, so that the pictures differ.
void Screenshots::addInstances(const std::string& workflow, const std::vector<api::InstanceSummary>& rows) {
    std::set<api::Status> seen;
    for (const auto& row : rows) {
        if (seen.size() == instancesPerWorkflow || !seen.insert(row.status).second) continue;
        const Place place{QString::fromStdString(workflow), QString::fromStdString(row.id)};
        const auto name =
            QString::fromStdString("instance-" + workflow + "-" + std::string(api::toString(row.status)));
        shots_.push_back({place, name, {}});
        shots_.push_back({place, name + "-graph", tr("Show the timeline or the graph")});
    }
}

void Screenshots::next() {
    static constexpr std::array looks{Look{{1440, 900}, Theme::Mode::light, "1440x900-light"},
                                      Look{{1440, 900}, Theme::Mode::dark, "1440x900-dark"},
                                      Look{{1024, 700}, Theme::Mode::light, "1024x700-light"},
                                      Look{{1024, 700}, Theme::Mode::dark, "1024x700-dark"}};
    if (shot_ == shots_.size()) {
        shot_ = 0;
        ++look_;
    }
    if (look_ == looks.size()) {
        emit finished(pictures_, {});
        return;
    }
    const Shot shot = shots_[shot_++];
    show(shot, looks[look_]);
    QTimer::singleShot(settleMs, this, [this, shot, look = looks[look_]] { take(shot, look); });
}

void Screenshots::show(const Shot& shot, const Look& look) {
    Theme::get().setMode(look.mode);
    window_.resize(look.size);
    window_.navigator().go(shot.place);
    if (shot.action.isEmpty()) return;
    QTimer::singleShot(settleMs / 3, this, [this, text = shot.action] {
        for (auto* action : window_.findChildren<QAction*>())
            if (action->text() == text) return action->trigger();
    });
}

void Screenshots::take(const Shot& shot, const Look& look) {
    const QString file = QDir(folder_).filePath(shot.name + '-' + look.name + ".png");
    if (!compose(window_).save(file)) {
        emit finished(pictures_, tr("%1 cannot be written.").arg(file));
        return;
    }
    ++pictures_;
    for (QDialog* dialog : openDialogs())
        dialog->reject();
    for (QWidget* child : window_.findChildren<QWidget*>())
        if (child->isWindow() && child->isVisible()) child->close();
    for (auto* palette : window_.findChildren<CommandPalette*>())
        palette->hide();  // part of the window, so the above leaves it open
    next();
}

}  // namespace stepwell
