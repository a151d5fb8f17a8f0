#include "models/between/promotion.h"

#include "models/between/script_promotion.h"
#include "models/between/site_promotion.h"
#include "models/deploy/deploy_pool.h"
#include "models/text.h"

namespace stepwell::between {

namespace {

constexpr int tickMs = 50;

PromotionEnd endOf(const Backend& backend) {
    return {toStd(backend.name()), backend.kind(), backend.siteAddress().value_or(site::SiteAddress{})};
}

QString joined(const QStringList& list) {
    return list.join(QStringLiteral(", "));
}

}  // namespace

/// What reading both ends came to.
struct Promotion::Read {
    std::shared_ptr<const PromotionPlan> plan;
    std::string problem;
};

/// One run with all that it needs, shared with the thread that does it.
struct Promotion::Run {
    Course course;
    std::shared_ptr<SiteMade> made = std::make_shared<SiteMade>();
};

Promotion::Promotion(Backend& source, PromotionSubject subject, QObject* parent)
    : QObject(parent)
    , m_subject(std::move(subject))
    , m_source(&source)
    , m_from(endOf(source))
    , m_readStop(std::make_shared<StopFlag>(false))
    , m_previewStop(std::make_shared<StopFlag>(false)) {
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &Promotion::progressChanged);
}

Promotion::~Promotion() {
    *m_readStop = true;
    *m_previewStop = true;
    if (m_run) m_run->course.stop();
}

void Promotion::setState(State state) {
    m_state = state;
    emit stateChanged();
}

void Promotion::aimNowhere() {
    if (m_state == State::running) return;
    *m_readStop = true;
    ++m_generation;
    m_target.clear();
    m_plan.reset();
    m_problem.clear();
    setState(State::idle);
}

void Promotion::aim(Backend& target, const PromotionGoal& goal) {
    if (m_state == State::running) return;
    m_target = &target;
    m_to = endOf(target);
    m_goal = goal;
    m_problem.clear();
    readAgain();
}

namespace {

api::Result<PromotionPlan> readScript(const PromotionEnd& from, const std::string& name,
                                      const PromotionEnd& to, const std::string& targetName,
                                      const std::shared_ptr<const StopFlag>& stop) {
    const auto source = ScriptClient(from, stop).state(name);
    if (!source) return api::fail(at(from, source.error()));
    if (!source->exists)
        return api::fail(404, api::code::scriptNotFound,
                         from.name + " has no script \"" + name + "\" any more.");
    const auto target = ScriptClient(to, stop).state(targetName);
    if (!target) return api::fail(at(to, target.error()));
    return planScript(from, *source, name, to, *target, targetName);
}

api::Result<PromotionPlan> readSite(const PromotionEnd& from, const PromotionSubject& subject,
                                    const PromotionEnd& to, const PromotionGoal& goal,
                                    const std::shared_ptr<const StopFlag>& stop) {
    const auto source = SiteQuestions(from, stop).state(toStd(subject.name), toStd(subject.deployment));
    if (!source) return api::fail(at(from, source.error()));
    const auto target = SiteQuestions(to, stop).target(toStd(goal.name), toStd(goal.branch));
    if (!target) return api::fail(at(to, target.error()));
    return planSite(from, *source, to, *target, toStd(goal.name), toStd(goal.branch));
}

}  // namespace

void Promotion::readAgain() {
    if (m_target == nullptr || m_state == State::running) return;
    *m_readStop = true;
    m_readStop = std::make_shared<StopFlag>(false);
    const int generation = ++m_generation;
    m_plan.reset();
    m_run.reset();
    setState(State::reading);
    const auto work = [from = m_from, to = m_to, subject = m_subject, goal = m_goal,
                       stop = std::shared_ptr<const StopFlag>(m_readStop)] {
        auto plan = subject.kind == PromotionKind::script
                        ? readScript(from, toStd(subject.name), to, toStd(goal.name), stop)
                        : readSite(from, subject, to, goal, stop);
        Read read;
        if (plan)
            read.plan = std::make_shared<const PromotionPlan>(std::move(*plan));
        else
            read.problem = plan.error().message;
        return read;
    };
    runDeployWork(this, work, [this, generation](Read read) {
        if (generation == m_generation) take(std::move(read));
    });
}

void Promotion::take(Read read) {
    m_plan = std::move(read.plan);
    if (!m_plan) m_problem = toQt(read.problem);
    setState(m_plan ? State::ready : State::unreadable);
}

namespace {

/// What is before is at the target, what is after at the source.
ChangePreview previewBetween(const site::FileChange& change, const PromotionEnd& from, const PromotionEnd& to,
                             const PromotionPlan& plan, const std::shared_ptr<const StopFlag>& stop) {
    site::SiteClient target(to.address, stop);
    site::SiteClient source(from.address, stop);
    site::DeploymentName was, is;
    if (plan.site) {
        was = {plan.site->project, plan.site->comparedWith};
        is = {plan.site->sourceProject, plan.site->sourceDeployment};
    }
    const auto before = contentOf(target, change.before, was);
    if (!before) return failedPreview(before.error().message);
    const auto after = contentOf(source, change.after, is);
    if (!after) return failedPreview(after.error().message);
    return previewOf(*before, *after);
}

}  // namespace

void Promotion::preview(const site::FileChange& change, QObject* context,
                        std::function<void(const ChangePreview&)> done) {
    const int number = ++m_previews;
    if (!m_plan) return;
    *m_previewStop = true;
    m_previewStop = std::make_shared<StopFlag>(false);
    const auto work = [change, from = m_from, to = m_to, plan = m_plan,
                       stop = std::shared_ptr<const StopFlag>(m_previewStop)] {
        return previewBetween(change, from, to, *plan, stop);
    };
    runDeployWork(context, work,
                  [self = QPointer(this), number, done = std::move(done)](const ChangePreview& preview) {
                      if (self && number == self->m_previews) done(preview);
                  });
}

void Promotion::start(const Secrets& secrets) {
    if (m_state != State::ready || !m_plan->obstacles.empty()) return;
    m_problem.clear();
    m_run = std::make_shared<Run>();
    if (m_plan->script)
        addScriptSteps(m_run->course, m_to, m_plan->script, secrets);
    else
        addSiteSteps(m_run->course, m_from, m_to, m_plan->site, secrets, m_run->made);
    work();
}

void Promotion::retry() {
    if (m_state != State::over || m_end == Course::End::done) return;
    m_run->course.rearm();
    work();
}

void Promotion::work() {
    m_wasCancelled = false;
    m_tick.start();
    setState(State::running);
    runDeployWork(
        this, [run = m_run] { return run->course.run(); }, [this](Course::End end) { onEnd(end); });
}

void Promotion::onEnd(Course::End end) {
    m_tick.stop();
    m_end = end;
    setState(State::over);
    if (end != Course::End::failed || m_run->course.error().code != planOutdated) return;
    m_problem = tr("%1 What would change now is shown: look at it once more.")
                    .arg(toQt(m_run->course.error().message));
    readAgain();
}

void Promotion::cancel() {
    if (m_state == State::reading) {
        *m_readStop = true;
        return;
    }
    if (!m_run || m_state != State::running) return;
    m_wasCancelled = true;
    m_run->course.stop();
}

std::vector<StepNow> Promotion::steps() const {
    return m_run ? m_run->course.now() : std::vector<StepNow>();
}

QString Promotion::outcome() const {
    if (m_state != State::over) return {};
    QStringList done, open;
    QString failed, unclear;
    for (const auto& step : steps()) {
        if (step.state == StepNow::State::failed) failed = toQt(step.title);
        if (step.state == StepNow::State::cancelled && step.changes)
            unclear = toQt(step.title);
        else if (step.state != StepNow::State::done)
            open << toQt(step.title);
        else if (step.changes)
            done << toQt(step.title);
    }
    if (m_end == Course::End::done) {
        const QString there = tr("%1 is on %2.").arg(m_goal.name, toQt(m_to.name));
        return m_wasCancelled
                   ? tr("It was finished before it could be cancelled. Done: %1. %2").arg(joined(done), there)
                   : there;
    }
    const QString aftermath = toQt(m_run->course.aftermath());
    QStringList said{failed.isEmpty() ? tr("It was cancelled.") : tr("“%1” failed.").arg(failed)};
    if (!done.isEmpty()) said << tr("Done: %1.").arg(joined(done));
    if (!unclear.isEmpty()) said << tr("Under way, and perhaps done: %1.").arg(unclear);
    if (!open.isEmpty() && (!done.isEmpty() || !unclear.isEmpty()))
        said << tr("Not done: %1.").arg(joined(open));
    else if (done.isEmpty() && unclear.isEmpty() && aftermath.isEmpty())
        said << tr("Nothing was changed before it.");
    if (!aftermath.isEmpty()) said << aftermath;
    return said.join(QLatin1Char(' '));
}

QString Promotion::madeDeployment() const {
    return isDone() ? toQt(m_run->made->deployment.id) : QString();
}

}  // namespace stepwell::between
