#include "models/deploy/deploy_session.h"

#include "models/deploy/change_preview.h"
#include "models/deploy/deploy_pool.h"
#include "models/text.h"

#include <algorithm>

namespace stepwell {

namespace {

constexpr int tickMs = 50;

}  // namespace

DeploySession::DeploySession(Backend& backend, QStringList dropped, QString esbuild, QObject* parent)
    : QObject(parent)
    , m_backend(backend)
    , m_esbuild(std::move(esbuild))
    , m_reader(std::move(dropped))
    , m_address(backend.siteAddress())
    , m_stop(std::make_shared<site::Stop>(false)) {
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &DeploySession::progressChanged);
    connect(&m_reader, &SiteReader::progressChanged, this, &DeploySession::progressChanged);
    connect(&m_reader, &SiteReader::ready, this, &DeploySession::onRead);
    connect(&m_reader, &SiteReader::failed, this, [this](const QString& reason) {
        m_readError = reason;
        m_deployWhenRead = false;
        setState(State::unreadable);
    });
}

DeploySession::~DeploySession() {
    *m_stop = true;
    if (m_uploader) m_uploader->stop();
}

void DeploySession::setState(State state) {
    m_state = state;
    emit stateChanged();
}

void DeploySession::read() {
    m_readError.clear();
    m_reader.start();
    setState(State::reading);
}

namespace {

bool isSameSite(const site::LocalSite& a, const site::LocalSite& b) {
    return a.rules == b.rules &&
           std::equal(a.files.begin(), a.files.end(), b.files.begin(), b.files.end(),
                      [](const auto& x, const auto& y) { return x.path == y.path && x.key == y.key; });
}

}  // namespace

void DeploySession::readAgain(bool thenDeploy) {
    if (m_state != State::ready && m_state != State::unreadable && m_state != State::over) return;
    if (m_reader.isBusy()) return;
    m_quiet = true;
    m_deployWhenRead = thenDeploy;
    m_reader.start();
}

void DeploySession::onRead() {
    const auto before = std::exchange(m_readBefore, m_reader.site());
    const auto& imports = m_reader.importStamp();
    const bool hasNewImports = imports && m_importStamp && *imports != *m_importStamp;
    if (imports) m_importStamp = imports;
    const bool isNews = !before || hasNewImports || !isSameSite(*before, *m_reader.site());
    if (std::exchange(m_quiet, false) && !isNews) {
        m_deployWhenRead = false;
        choose();
        if (std::exchange(m_compareWhenRead, false)) compare();
        return;
    }
    m_compareWhenRead = false;
    dropComparedBuild();
    m_comparedCode.reset();  // what the code imports may be news as well
    choose();
    checkRules();
    const bool wasOver = m_state == State::over;
    setState(State::ready);
    emit filesChanged();
    // A folder that is emptied and filled again by what builds it is not meant to be deployed in between.
    if (std::exchange(m_deployWhenRead, false) && hasSomething()) return deploy();
    wasOver ? findLive() : compare();
}

void DeploySession::checkRules() {
    const int number = ++m_ruleChecks;
    m_checkedRules = {};
    const auto& rules = site()->rules;
    if (rules.headers.empty() && rules.redirects.empty()) return;
    m_backend.checkSiteRules(rules.headers, rules.redirects, this,
                             [this, number](const api::Result<api::SiteRules>& checked) {
                                 if (!checked || number != m_ruleChecks) return;
                                 m_checkedRules = *checked;
                                 emit filesChanged();
                             });
}

bool DeploySession::hasSomething() const {
    const auto* read = site();
    return read != nullptr && (!m_chosen.empty() || read->rules.hasWorker() || read->rules.hasFunctions());
}

void DeploySession::choose() {
    const auto& site = *m_reader.site();
    m_chosen = site::chosenFiles(site, m_decided);
    m_warnings = site::warningsOf(site.findings, m_decided);
    m_chosenBytes = 0;
    for (const auto* file : m_chosen)
        m_chosenBytes += file->stamp.size;
}

void DeploySession::setIncluded(site::Concern concern, bool included) {
    if (included == site::includedAtFirst(concern))
        m_decided.erase(concern);
    else
        m_decided.insert(concern);
    if (site() == nullptr) return;
    choose();
    emit filesChanged();
    compare();
}

void DeploySession::setTarget(const DeployTarget& target) {
    if (m_target == target) return;
    const bool elsewhere = m_target.project != target.project || m_target.branch != target.branch ||
                           m_target.isNew != target.isNew;
    m_target = target;
    if (elsewhere) findLive();
}

void DeploySession::setComparison(Comparison::State state, const QString& reason) {
    m_comparison.state = state;
    m_comparison.reason = reason;
    if (state != Comparison::State::known) m_comparison.difference.reset();
    emit comparisonChanged();
}

/// For a branch that has deployments, its newest one is what is there; else what the project shows.
void DeploySession::findLive() {
    const int generation = ++m_generation;
    m_live.reset();
    m_comparison.against = tr("what is live");
    if (m_target.isNew || m_target.project.isEmpty()) {
        m_live = std::make_shared<const SiteContents>(SiteContents{{}, true});
        return compare();
    }
    setComparison(Comparison::State::working);
    m_backend.siteProject(
        m_target.project.toStdString(), this,
        [this, generation](const api::Result<api::SiteProject>& project) {
            if (generation != m_generation) return;
            if (!project) return setComparison(Comparison::State::unavailable, toQt(project.error().message));
            const auto live = project->live ? project->live->id : std::string();
            if (m_target.isProduction()) return fetchLive(live, generation);
            api::SiteDeploymentQuery query;
            query.project = m_target.project.toStdString();
            query.environment = api::SiteEnvironment::preview;
            const auto branch = m_target.branch;
            m_backend.siteDeployments(
                query, this,
                [this, generation, branch, live](const api::Result<api::SiteDeploymentList>& list) {
                    if (generation != m_generation) return;
                    if (list)
                        for (const auto& deployment : list->rows)
                            if (toQt(deployment.branch) == branch) {
                                m_comparison.against = tr("the last deployment of %1").arg(branch);
                                return fetchLive(deployment.id, generation);
                            }
                    fetchLive(live, generation);
                });
        });
}

void DeploySession::fetchLive(const std::string& deployment, int generation) {
    m_liveName = {m_target.project.toStdString(), deployment};
    loadSiteContents(m_backend, m_liveName.project, deployment, this,
                     [this, generation](const api::Result<std::shared_ptr<const SiteContents>>& contents) {
                         if (generation != m_generation) return;
                         if (contents) {
                             m_live = *contents;
                             return compare();
                         }
                         const bool lacks = contents.error().code == api::code::noRoute;
                         setComparison(Comparison::State::unavailable,
                                       lacks ? tr("This backend does not tell which files are live, so there "
                                                  "is nothing to compare with.")
                                             : toQt(contents.error().message));
                     });
}

bool DeploySession::knowsCode() const {
    const auto& rules = site()->rules;
    if (!rules.hasWorker() && !rules.hasFunctions()) return true;
    return m_comparedCode && m_comparedCode->isProduction == m_target.isProduction() &&
           m_comparedCode->rules == rules;
}

void DeploySession::buildForComparison() {
    m_comparedCode = ComparedCode{site()->rules, m_target.isProduction()};
    m_comparedBuild = std::make_unique<CodeBuild>(m_esbuild);
    connect(m_comparedBuild.get(), &CodeBuild::finished, this, [this](const SiteCode& code) {
        m_comparedCode->parts = code.parts;
        knowImports(code);
        dropComparedBuild();
        compare();
    });
    connect(m_comparedBuild.get(), &CodeBuild::failed, this, [this](const QString& reason) {
        m_bundleError = reason;
        dropComparedBuild();
        compare();
    });
    m_bundleError.clear();
    m_comparedBuild->start(site()->rules, m_target.isProduction());
}

/// Also from its own signals.
void DeploySession::dropComparedBuild() {
    if (!m_comparedBuild) return;
    m_comparedBuild->disconnect(this);
    m_comparedBuild.release()->deleteLater();
}

std::optional<std::vector<site::Part>> DeploySession::localParts() const {
    const auto& rules = site()->rules;
    const auto text = [](const std::string& bytes) { return std::make_shared<const std::string>(bytes); };
    std::vector<site::Part> parts{{"_headers", text(rules.headers)}, {"_redirects", text(rules.redirects)}};
    if (!rules.hasWorker() && !rules.hasFunctions()) return parts;
    if (!m_comparedCode || !m_comparedCode->parts) return std::nullopt;
    parts.insert(parts.end(), m_comparedCode->parts->begin(), m_comparedCode->parts->end());
    return parts;
}

void DeploySession::compare() {
    if (m_reader.isBusy()) m_compareWhenRead = true;
    if (!m_live || site() == nullptr || m_reader.isBusy()) return;
    setComparison(Comparison::State::working);
    const int generation = ++m_generation;
    const bool hasCode = site()->rules.hasWorker() || site()->rules.hasFunctions();
    if (!hasCode) {
        dropComparedBuild();
        m_bundleError.clear();
    }
    if (!knowsCode()) buildForComparison();
    if (m_comparedBuild) return;
    const auto parts = localParts();
    m_comparison.unseen.clear();
    if (!m_live->hasParts)
        m_comparison.unseen = tr("This backend does not tell rules and code, so only files are compared.");
    else if (!parts)
        m_comparison.unseen = tr("The code does not compile, so only files are compared.");
    const auto work = [site = m_reader.site(), chosen = m_chosen, live = m_live, parts] {
        auto before = site::itemsOf(live->entries);
        auto after = site::itemsOf(chosen);
        if (live->hasParts && parts)
            for (auto& part : site::itemsOf(*parts))
                after.push_back(std::move(part));
        else
            std::erase_if(before, [](const site::Item& item) { return !item.path.starts_with('/'); });
        return std::make_shared<const site::Difference>(
            site::differenceOf(std::move(before), std::move(after)));
    };
    runDeployWork(this, work, [this, generation, with = m_liveName](auto difference) {
        if (generation != m_generation) return;
        m_comparison.with = with;
        m_comparison.difference = std::move(difference);
        setComparison(Comparison::State::known);
    });
}

void DeploySession::preview(const site::FileChange& change, QObject* context,
                            std::function<void(const ChangePreview&)> done) {
    const int number = ++m_previews;
    if (!m_address) return;
    const auto work = [address = *m_address, stop = m_stop, change, site = m_reader.site(),
                       sides = ChangeSides{m_comparison.with, {}}] {
        site::SiteClient client(address, stop);
        return loadPreview(client, change, sides);
    };
    runDeployWork(context, work,
                  [self = QPointer(this), number, done = std::move(done)](const ChangePreview& preview) {
                      if (self && number == self->m_previews) done(preview);
                  });
}

void DeploySession::deploy() {
    if (m_state != State::ready || !m_address) return;
    m_bundleError.clear();
    if (m_reader.isBusy()) {  // something was saved just now: that is what is meant
        m_quiet = false;
        m_deployWhenRead = true;
        return setState(State::reading);
    }
    buildCode();
}

/// Modules beside the site are part of it as soon as its code imports them.
void DeploySession::knowImports(const SiteCode& code) {
    m_importStamp = code.importStamp;
    m_reader.setImports(code.imports);
}

void DeploySession::buildCode() {
    const auto& rules = m_reader.site()->rules;
    if (!rules.hasWorker() && !rules.hasFunctions()) return upload({});
    setState(State::bundling);
    m_build = std::make_unique<CodeBuild>(m_esbuild);
    connect(m_build.get(), &CodeBuild::finished, this, &DeploySession::upload);
    connect(m_build.get(), &CodeBuild::failed, this, [this](const QString& reason) {
        m_bundleError = reason;
        setState(State::ready);
        findLive();
    });
    m_build->start(rules, m_target.isProduction());
}

void DeploySession::upload(const SiteCode& code) {
    site::DeployOrder order;
    order.site = m_reader.site();
    order.files = m_chosen;
    order.project = m_target.project.toStdString();
    order.isNew = m_target.isNew;
    order.productionBranch = m_target.productionBranch.toStdString();
    order.branch = m_target.branch.toStdString();
    order.workerBundle = code.bundle;
    order.routes = code.routes;
    order.routingConfig = code.routingConfig;
    dropComparedBuild();
    if (!code.imports.empty()) knowImports(code);
    m_comparedCode = ComparedCode{m_reader.site()->rules, m_target.isProduction(), code.parts};
    m_outcome = {};
    m_uploader = std::make_shared<site::Uploader>(*m_address, std::move(order));
    m_tick.start();
    setState(State::deploying);
    const auto work = [uploader = m_uploader] { return uploader->run(); };
    runDeployWork(this, work, [this](site::DeployOutcome outcome) { onOutcome(std::move(outcome)); });
}

void DeploySession::onOutcome(site::DeployOutcome outcome) {
    m_tick.stop();
    m_outcome = std::move(outcome);
    if (m_outcome.isProjectThere) m_target.isNew = false;
    setState(State::over);
}

site::DeployProgress DeploySession::progress() const {
    return m_uploader ? m_uploader->progress() : site::DeployProgress{};
}

void DeploySession::retry() {
    if (m_state != State::over) return;
    // What is on the disk now: unchanged files keep their keys, and the backend says what it has already.
    m_deployWhenRead = true;
    read();
}

void DeploySession::cancel() {
    m_deployWhenRead = false;
    if (m_state == State::reading) m_reader.stop();
    if (m_state == State::bundling) {
        m_build.reset();
        setState(State::ready);
    }
    if (m_uploader) m_uploader->stop();
}

void DeploySession::startOver() {
    if (m_state != State::over) return;
    m_uploader.reset();
    setState(State::ready);
    findLive();
}

}  // namespace stepwell
