#include "widgets/palette_search.h"

#include "models/api/identifiers.h"
#include "models/visible_text.h"

#include <algorithm>

namespace stepwell {
namespace {

constexpr std::size_t mostWorkflows = 20;
constexpr std::size_t mostWhereCounted = 5;
constexpr int recentOfEach = 50;
constexpr std::size_t findingsAtMost = 60;
constexpr qsizetype shortestId = 3;
constexpr qsizetype longestWord = 60;
constexpr int lastRank = 1'000'000;

QString wordOf(const std::string& otherStatus) {
    return visibleText(QString::fromStdString(otherStatus).left(longestWord));
}

}  // namespace

PaletteSearch::PaletteSearch(GoTo goTo, QObject* parent)
    : QObject(parent)
    , goTo_(std::move(goTo)) {}

void PaletteSearch::setBackend(Backend* backend) {
    backend_ = backend;
    workflows_.clear();
    workers_.clear();
    sites_.clear();
    known_.clear();
}

void PaletteSearch::setOrigin(const QString& name, const QColor& colour) {
    name_ = name;
    colour_ = colour;
}

std::vector<PaletteSearch::Ranked> PaletteSearch::ranked(const QList<QAction*>& actions,
                                                         const QString& text) {
    std::vector<Ranked> found;
    for (auto* action : actions) {
        if (!action->isEnabled() || !action->isVisible()) continue;
        const QString title = action->text().remove(QLatin1Char('&'));
        const auto fit =
            CommandPalette::fit(title + QLatin1Char(' ') + action->property("keywords").toString(), text);
        if (!fit) continue;
        Finding finding{title, action->property("detail").toString(),
                        action->shortcut().toString(QKeySequence::NativeText)};
        finding.run = [action] { action->trigger(); };
        found.push_back({*fit, std::move(finding)});
    }
    return found;
}

std::vector<PaletteSearch::Ranked> PaletteSearch::things(const QString& text, Origin origin) const {
    std::vector<Ranked> found;
    const auto consider = [&](int group, const QString& words, Finding finding) {
        const auto fit = CommandPalette::fit(words, text);
        if (!fit) return;
        if (origin == Origin::told) {
            finding.origin = name_;
            finding.originColour = colour_;
        }
        found.push_back({group + *fit, std::move(finding)});
    };
    const auto considerAll = [&](const std::vector<std::string>& names, const QString& kind,
                                 const std::function<Place(const QString&)>& placeOf) {
        for (const auto& known : names) {
            const QString name = QString::fromStdString(known);
            Finding finding{name, kind, {}};
            finding.run = [this, place = placeOf(name)] { goTo_(place); };
            consider(1, name, std::move(finding));
        }
    };
    considerAll(workflows_, tr("Workflow"), [](const QString& name) { return Place{name, {}}; });
    considerAll(workers_, tr("Worker"), [](const QString& name) { return placeOfWorker(name); });
    considerAll(sites_, tr("Site"), [](const QString& name) { return placeOfSite(name); });
    if (!text.isEmpty())
        for (const auto& known : known_)
            consider(2, known.id, findingOf(known));
    if (!text.isEmpty() && workflows_.size() > workflowsAtMost()) {
        Finding limits{tr("Instances are looked for in the first %1 of %2 workflows")
                           .arg(workflowsAtMost())
                           .arg(workflows_.size()),
                       tr("Open a workflow to see all of its own"),
                       {}};
        limits.run = [this] { goTo_({}); };
        found.push_back({lastRank, std::move(limits)});
    }
    return found;
}

std::vector<Finding> PaletteSearch::best(std::vector<Ranked> all) {
    std::stable_sort(all.begin(), all.end(),
                     [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
    std::vector<Finding> found;
    for (auto& entry : all) {
        if (found.size() == findingsAtMost) {
            found.push_back(
                {tr("%1 more fit").arg(all.size() - findingsAtMost), tr("Type more of the name"), {}});
            break;
        }
        found.push_back(std::move(entry.finding));
    }
    return found;
}

Finding PaletteSearch::findingOf(const Known& known) const {
    Finding finding{known.id,
                    QStringLiteral("%1 · %2").arg(
                        known.workflow, known.word.isEmpty() ? statusWord(known.status) : known.word),
                    {}};
    finding.shape = known.status;
    finding.mono = true;
    finding.run = [this, known] { goTo_({known.workflow, known.id}); };
    return finding;
}

std::size_t PaletteSearch::workflowsAtMost() const {
    return backend_->budgets().empty() ? mostWorkflows : mostWhereCounted;
}

void PaletteSearch::ask(const QString& text) {
    if (backend_ == nullptr) return;
    if (text.size() >= shortestId) return askForId(text);
    if (!text.isEmpty()) return;
    askForWorkers();
    askForSites();
    backend_->workflows(this, [this, asked = backend_](api::Result<std::vector<api::Workflow>> answer) {
        if (!answer || asked != backend_) return;
        workflows_.clear();
        for (const auto& workflow : *answer)
            workflows_.push_back(workflow.name);
        askForRecent(*answer);
        emit learned();
    });
}

void PaletteSearch::askForWorkers() {
    backend_->workers(this, [this, asked = backend_](const auto& answer) {
        if (!answer || asked != backend_) return;
        workers_.clear();
        for (const auto& worker : *answer)
            workers_.push_back(worker.name);
        emit learned();
    });
}

void PaletteSearch::askForSites() {
    backend_->siteProjects(this, [this, asked = backend_](const auto& answer) {
        if (!answer || asked != backend_) return;
        sites_.clear();
        for (const auto& site : *answer)
            sites_.push_back(site.name);
        emit learned();
    });
}

void PaletteSearch::askForRecent(const std::vector<api::Workflow>& workflows) {
    for (std::size_t i = 0; i < std::min(workflows.size(), workflowsAtMost()); ++i) {
        InstanceListQuery query;
        query.workflow = workflows[i].name;
        query.perPage = recentOfEach;
        backend_->instances(query, this,
                            [this, name = QString::fromStdString(workflows[i].name),
                             asked = backend_](api::Result<InstanceList> answer) {
                                if (!answer || asked != backend_) return;
                                for (const auto& row : answer->rows)
                                    remember({name,
                                              QString::fromStdString(row.id),
                                              {row.status, row.sleeping},
                                              wordOf(row.otherStatus)});
                                emit learned();
                            });
    }
}

void PaletteSearch::askForId(const QString& id) {
    const std::string wanted = id.toStdString();
    if (!api::isInstanceId(wanted)) return;
    // Each letter would have it look through its lists: of an id that it does not have it makes an instance.
    if (backend_->kind() == BackendKind::wranglerDev) return;
    const bool isKnown =
        std::any_of(known_.begin(), known_.end(), [&](const Known& known) { return known.id == id; });
    if (isKnown) return;
    for (std::size_t i = 0; i < std::min(workflows_.size(), workflowsAtMost()); ++i) {
        const QString name = QString::fromStdString(workflows_[i]);
        backend_->instance(workflows_[i], wanted, std::nullopt, this,
                           [this, name, asked = backend_](api::Result<api::InstanceDetail> answer) {
                               if (!answer || asked != backend_ || answer->id.empty()) return;
                               remember({name,
                                         QString::fromStdString(answer->id),
                                         {answer->status, answer->sleeping},
                                         wordOf(answer->otherStatus)});
                               emit learned();
                           });
    }
}

void PaletteSearch::remember(Known known) {
    const auto same = std::find_if(known_.begin(), known_.end(), [&](const Known& other) {
        return other.id == known.id && other.workflow == known.workflow;
    });
    if (same != known_.end()) {
        *same = std::move(known);
        return;
    }
    if (known_.size() < mostWorkflows * recentOfEach * 2) known_.push_back(std::move(known));
}

}  // namespace stepwell
