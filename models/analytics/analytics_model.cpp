#include "models/analytics/analytics_model.h"

#include "models/text.h"

namespace stepwell::analytics {

namespace {

using namespace std::chrono_literals;

constexpr auto factsLast = 1h;
constexpr auto quietAfterQuota = 5min;
constexpr int unfocusedTimes = 6;

bool isQuota(const api::GraphqlAnswer& answer) {
    return answer.http == 429 || (!answer.errors.empty() && answer.errors.front().code == "budget");
}

}  // namespace

AnalyticsModel::AnalyticsModel(Backend& backend, QObject* parent)
    : QObject(parent)
    , backend_(backend) {
    reader_.setMaxThreadCount(1);
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &AnalyticsModel::refresh);
}

// What is being read posts to this one, so it is waited for; that takes milliseconds.
AnalyticsModel::~AnalyticsModel() {
    reader_.clear();
    reader_.waitForDone();
}

void AnalyticsModel::setRange(const Range& range) {
    choose(range, filter_, compare_);
}

void AnalyticsModel::setFilter(const PageFilter& filter) {
    choose(range_, filter, compare_);
}

void AnalyticsModel::setCompare(bool compare) {
    choose(range_, filter_, compare);
}

void AnalyticsModel::choose(const Range& range, const PageFilter& filter, bool compare) {
    if (range == range_ && filter == filter_ && compare == compare_) return;
    range_ = range;
    filter_ = filter;
    compare_ = compare;
    if (active_) refresh();
    emit changed();
}

PageAsk AnalyticsModel::ask() const {
    return {windowOf(range_, now(), facts_ ? facts_->limits : Limits{}), filter_, compare_,
            backend_.account()};
}

bool AnalyticsModel::isStale() const {
    if (!data_) return true;
    const auto wanted = ask();
    return data_->filter != filter_ || data_->compared != compare_ ||
           data_->window.length() != wanted.window.length() ||
           (range_.isAbsolute() && data_->window.from != wanted.window.from);
}

void AnalyticsModel::setActive(bool active) {
    if (active == active_) return;
    active_ = active;
    if (!active) {
        timer_.stop();
        ++generation_;  // nobody waits for what is on its way
        loading_ = false;
        return;
    }
    refresh();
}

void AnalyticsModel::setFocused(bool focused) {
    if (focused == focused_) return;
    focused_ = focused;
    if (active_ && !loading_) schedule();
}

std::chrono::milliseconds AnalyticsModel::interval() const {
    const bool close = !range_.isAbsolute() && range_.preset == Preset::lastHour;
    const std::chrono::milliseconds often = close ? 10s : 30s;
    return focused_ ? often : often * unfocusedTimes;
}

/// From the last answer on: coming back to a window shows fresh numbers soon.
void AnalyticsModel::schedule() {
    const auto since = data_ ? now() - data_->takenAt : api::Milliseconds{0};
    const auto quiet =
        std::chrono::duration_cast<std::chrono::milliseconds>(quietUntil_ - std::chrono::steady_clock::now());
    timer_.start(std::max(error_ ? interval() : std::max(interval() - since, 0ms), quiet));
}

void AnalyticsModel::refresh() {
    if (!active_) return;
    retried_ = false;
    load();
}

void AnalyticsModel::load() {
    timer_.stop();
    ++generation_;
    loading_ = true;
    const bool known = facts_ && std::chrono::steady_clock::now() - factsAt_ < factsLast;
    known ? askData() : askSchema();
}

void AnalyticsModel::askSchema() {
    backend_.graphql(schemaQuery(), this, [this, generation = generation_](const auto& answer) {
        if (generation != generation_) return;
        if (!answer) return fail(answer.error());
        if (answer->http == 401 || answer->http == 403) return fail(*api::refusal(*answer));
        auto facts = factsFrom(*answer);
        askSettings(facts ? std::move(*facts) : documentedFacts());
    });
}

void AnalyticsModel::askSettings(Facts facts) {
    if (facts.datasets.empty())
        return fail({404, api::code::noRoute, "The backend has none of the data sets that are shown here."});
    backend_.graphql(settingsQuery(facts, backend_.account()), this,
                     [this, generation = generation_, facts](const auto& answer) mutable {
                         if (generation != generation_) return;
                         if (!answer) return fail(answer.error());
                         takeSettings(facts, *answer);
                         facts_ = std::move(facts);
                         factsAt_ = std::chrono::steady_clock::now();
                         askData();
                     });
}

void AnalyticsModel::askData() {
    const PageAsk wanted = ask();
    const GraphqlQuery query = pageQuery(wanted, *facts_);
    if (query.document.empty())
        return fail(
            {403, api::code::authentication, "The account may not read any of the data sets shown here."});
    backend_.graphql(query, this, [this, generation = generation_, wanted](const auto& answer) {
        take(generation, wanted, answer);
    });
}

void AnalyticsModel::take(quint64 generation, const PageAsk& ask,
                          const api::Result<api::GraphqlAnswer>& answer) {
    if (generation != generation_) return;
    if (!answer) return fail(answer.error());
    const auto refused = api::refusal(*answer);
    if (!refused) return read(generation, ask, *answer);
    if (isQuota(*answer)) quietUntil_ = std::chrono::steady_clock::now() + quietAfterQuota;
    // The schema or the limits are not what they were, or what the schema said was not true.
    if (refused->http == 400 && !retried_) {
        retried_ = true;
        facts_.reset();
        return load();
    }
    fail(*refused);
}

void AnalyticsModel::read(quint64 generation, const PageAsk& ask, const api::GraphqlAnswer& answer) {
    reader_.start([this, generation, ask, answer, facts = *facts_, at = now()] {
        auto data = pageDataFrom(ask, facts, answer, at);
        QMetaObject::invokeMethod(
            this,
            [this, generation, data = std::move(data)] {
                if (generation != generation_) return;
                if (!data) return fail(data.error());
                finish(generation, std::make_shared<const PageData>(*data));
            },
            Qt::QueuedConnection);
    });
}

void AnalyticsModel::finish(quint64 generation, std::shared_ptr<const PageData> data) {
    if (generation != generation_) return;
    data_ = std::move(data);
    error_.reset();
    loading_ = false;
    schedule();
    emit changed();
}

void AnalyticsModel::fail(const api::Error& error) {
    error_ = error;
    loading_ = false;
    schedule();
    emit changed();
}

}  // namespace stepwell::analytics
