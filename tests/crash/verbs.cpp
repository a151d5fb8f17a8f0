#include "tests/crash/verbs.h"

#include <QJsonObject>

namespace stepwell::test {

namespace {

constexpr int percent = 100;
constexpr int firstRounds = 10;  ///< later ones are seldom reached by then

}  // namespace

Verbs::Verbs(ApiClient& api, Journal& journal, QRandomGenerator& random, int instances)
    : api_(api)
    , journal_(journal)
    , random_(random)
    , states_(static_cast<std::size_t>(instances)) {}

QString Verbs::path(int n) const {
    return QStringLiteral("/workflows/crash/instances/crash-%1").arg(n);
}

/// More resumes than pauses, and few that end or begin everything: the rest must be busy for as long as it is
/// killed.
Verbs::Verb Verbs::draw() {
    const int draw = random_.bounded(percent);
    if (draw < 32) return Verb::pause;
    if (draw < 72) return Verb::resume;
    if (draw < 78) return Verb::terminate;
    return draw < 84 ? Verb::restart : Verb::restartFromStep;
}

void Verbs::sendOne() {
    const int n = random_.bounded(static_cast<int>(states_.size()));
    if (busy_.contains(n)) return;
    const Verb verb = draw();
    QJsonObject body;
    switch (verb) {
    case Verb::pause:
        body = {{"status", "pause"}};
        break;
    case Verb::resume:
        body = {{"status", "resume"}};
        break;
    case Verb::terminate:
        body = {{"status", "terminate"}};
        break;
    case Verb::restart:
        body = {{"status", "restart"}};
        break;
    case Verb::restartFromStep: {
        const QJsonObject from{{"name", "begin"}, {"count", random_.bounded(firstRounds) + 1}};
        body = {{"status", "restart"}, {"from", from}};
        break;
    }
    }
    expect(n, verb);
    busy_.insert(n);
    api_.send("PATCH", path(n) + "/status", ApiClient::toJson(body), "application/json",
              [this, n, verb](const Answer& answer) { answered(n, verb, answer); });
}

/// From the moment that it is asked for, a verb may be done or not.
void Verbs::expect(int n, Verb verb) {
    State& state = states_[static_cast<std::size_t>(n)];
    if (verb == Verb::pause) return;
    state.isPaused = false;
    if (verb == Verb::terminate)
        state.mayBeTerminated = true;
    else if (verb != Verb::resume)
        state.mustBeTerminated = false;
    journal_.thaw(n);
}

void Verbs::answered(int n, Verb verb, const Answer& answer) {
    busy_.erase(n);
    State& state = states_[static_cast<std::size_t>(n)];
    if (!answer.success) return;
    const QString status = answer.result.toObject().value("status").toString();
    if (verb == Verb::pause) state.isPaused = status == "paused";
    if (verb == Verb::terminate) state.mustBeTerminated = true;
    if (verb == Verb::restart || verb == Verb::restartFromStep) state.mayBeTerminated = false;
    static const QMap<Verb, QString> names{{Verb::pause, "pause"},
                                           {Verb::resume, "resume"},
                                           {Verb::terminate, "terminate"},
                                           {Verb::restart, "restart"},
                                           {Verb::restartFromStep, "restart from a step"}};
    ++done_[names.value(verb)];
}

void Verbs::engineDied() {
    for (int n = 0; n < static_cast<int>(states_.size()); ++n) {
        const State& state = states_[static_cast<std::size_t>(n)];
        if (state.isPaused) journal_.freeze(n, "was paused");
        if (state.mustBeTerminated) journal_.freeze(n, "was terminated");
    }
}

void Verbs::letAllGoOn() {
    for (int n = 0; n < static_cast<int>(states_.size()); ++n) {
        if (states_[static_cast<std::size_t>(n)].mustBeTerminated) continue;
        expect(n, Verb::resume);
        api_.call("PATCH", path(n) + "/status", R"({"status":"resume"})");
        if (n % 7 == 0) api_.post(path(n) + "/events/go", QJsonObject{{"add", 5}});
    }
}

QString Verbs::summary() const {
    QStringList parts;
    for (auto it = done_.begin(); it != done_.end(); ++it)
        parts << QStringLiteral("%1 %2").arg(it.value()).arg(it.key());
    return parts.join(", ");
}

}  // namespace stepwell::test
