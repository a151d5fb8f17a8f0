#include "app/engine/analytics/graphql_service.h"

#include "app/engine/analytics/graphql_query.h"
#include "app/engine/analytics/graphql_rows.h"
#include "app/engine/analytics/graphql_schema.h"

#include <algorithm>
#include <optional>

namespace stepwell::engine::datasets {

namespace {

using graphql::ListRef;
using graphql::ObjectRef;
using graphql::Output;
using graphql::Selected;

constexpr std::size_t mostDatasets = 100;

graphql::Error errorOf(const api::Error& error) {
    constexpr int unavailable = 503;
    if (error.http == unavailable)
        return {"unable to execute query, please try again later: " + error.message, {}, {}, unavailable, {}};
    const bool ours = error.http >= 500;
    return {(ours ? "Internal server error: " : "query contains error: ") + error.message,
            {},
            {},
            ours ? 500 : 400,
            {}};
}

const Dataset& datasetOf(int tag) {
    return allDatasets()[static_cast<std::size_t>(tag - tag::dataset)];
}

class SettingsSource final : public graphql::Source {
  public:
    graphql::Result<Output> value(std::size_t index, const Selected& selected,
                                  graphql::Arena& arena) override {
        const auto tag = selected.field->tag;
        if (tag >= tag::dataset) return ObjectRef{this, static_cast<std::size_t>(tag - tag::dataset)};
        const auto& dataset = allDatasets()[index];
        switch (tag) {
        case tag::availableFields: {
            auto fields = dataset.availableFields();
            const auto size = fields.size();
            return ListRef{&arena.make<graphql::TextList>(std::move(fields)), size};
        }
        case tag::maxPageSize:
            return dataset.maxPageSize;
        case tag::maxNumberOfFields:
            return dataset.maxNumberOfFields;
        case tag::notOlderThan:
            return static_cast<std::int64_t>(dataset.notOlderThan.count());
        case tag::maxDuration:
            return static_cast<std::int64_t>(dataset.maxDuration.count());
        default:
            return true;
        }
    }
};

graphql::Result<Prepared> groupsOf(const Dataset& dataset, const Selected& selected,
                                   analytics::Snapshot& snapshot, api::Time now) {
    auto question = groupQuestion(dataset, selected, snapshot.rowsSince(), now);
    if (!question) return graphql::refuse(std::move(question.error()));
    analytics::Answer answer;
    WordCounts counts;
    if (question->query.from < question->query.to) {
        auto made = snapshot.run(question->query);
        if (!made) return graphql::refuse(errorOf(made.error()));
        answer = std::move(*made);
        for (const auto* metric : question->counted) {
            const auto some = snapshot.run(countOf(question->query, *metric));
            if (!some) return graphql::refuse(errorOf(some.error()));
            counts.push_back(countsOf(answer, *some));
        }
    }
    const auto size = answer.groups.size();
    return Prepared{
        std::make_unique<GroupRows>(dataset, std::move(*question), std::move(answer), std::move(counts)),
        size};
}

graphql::Result<Prepared> rowsOf(const Dataset& dataset, const Selected& selected,
                                 analytics::Snapshot& snapshot, api::Time now) {
    auto question = rowQuestion(dataset, selected, snapshot.rowsSince(), now);
    if (!question) return graphql::refuse(std::move(question.error()));
    analytics::RowAnswer answer;
    if (question->query.from < question->query.to) {
        auto made = snapshot.rows(question->query);
        if (!made) return graphql::refuse(errorOf(made.error()));
        answer = std::move(*made);
    }
    const auto size = answer.rows.size();
    return Prepared{std::make_unique<RawRows>(dataset, std::move(*question), std::move(answer)), size};
}

/// Query, viewer and account in one: none of them has anything of its own.
class RootSource final : public graphql::Source {
  public:
    RootSource(const std::string& account, const SnapshotFactory& snapshots, const Helpers& helpers,
               api::Time now)
        : account_(account)
        , snapshots_(snapshots)
        , helpers_(helpers)
        , now_(now) {}

    graphql::Result<Output> value(std::size_t, const Selected& selected, graphql::Arena& arena) override {
        const auto tag = selected.field->tag;
        if (tag >= tag::dataset) return dataset(selected, arena);
        if (tag == tag::settings) return ObjectRef{&arena.make<SettingsSource>(), 0};
        if (tag == tag::accounts) return account(selected);
        return ObjectRef{this, 0};
    }

  private:
    graphql::Result<Output> account(const Selected& selected) {
        const auto& filter = selected.argument("filter");
        const auto wanted = filter.find("accountTag");
        if (wanted == filter.end() || wanted->is_null())
            return graphql::refuse(
                {"error parsing args for \"accounts\": the filter must name the accountTag",
                 {},
                 {},
                 400,
                 {}});
        if (*wanted != account_)
            return graphql::refuse({"not authorized for that account", {}, {}, 403, "authz"});
        auto& fields = permitted_.emplace_back();
        for (const auto& field : selected.fields)
            if (field.field->tag >= tag::dataset) fields.push_back(&field);
        return ListRef{this, 1};
    }

    graphql::Result<Output> dataset(const Selected& selected, graphql::Arena& arena) {
        if (!snapshot_) {
            auto made = snapshots_();
            if (!made) return graphql::refuse(errorOf(made.error()));
            snapshot_ = std::move(*made);
        }
        if (!ahead_ || !ahead_->has(selected)) prepareAll(selected);
        auto prepared = ahead_->take(selected);
        if (!prepared) return tl::unexpected(std::move(prepared.error()));
        return ListRef{&arena.keep(std::move(prepared->source)), prepared->size};
    }

    /// All data sets of the account that this one belongs to.
    void prepareAll(const Selected& selected) {
        const auto fields = std::find_if(permitted_.begin(), permitted_.end(), [&](const auto& account) {
            return std::find(account.begin(), account.end(), &selected) != account.end();
        });
        ahead_.reset();
        ahead_.emplace(
            *fields, *snapshot_,
            [now = now_](const Selected& field, analytics::Snapshot& snapshot) {
                const auto& dataset = datasetOf(field.field->tag);
                return dataset.isRaw ? rowsOf(dataset, field, snapshot, now)
                                     : groupsOf(dataset, field, snapshot, now);
            },
            helpers_);
    }

    const std::string& account_;
    const SnapshotFactory& snapshots_;
    const Helpers& helpers_;
    api::Time now_;
    /// Of each account that was named and may be asked, its data sets.
    std::vector<std::vector<const Selected*>> permitted_;
    std::unique_ptr<analytics::Snapshot> snapshot_;  ///< from the first data set on
    std::optional<Ahead> ahead_;                     ///< last: ends before what it works with
};

std::size_t datasetsIn(const std::vector<Selected>& plan) {
    std::size_t count = 0;
    for (const auto& selected : plan)
        count += selected.parent->name == "account" && selected.field->tag >= tag::dataset
                     ? 1
                     : datasetsIn(selected.fields);
    return count;
}

}  // namespace

graphql::Answer GraphqlService::answer(std::string_view body, api::Time now) const {
    const auto request = graphql::readRequest(body);
    if (!request) return graphql::failure({request.error()}, now);
    const auto root =
        [&](const std::vector<Selected>& plan) -> graphql::Result<std::unique_ptr<graphql::Source>> {
        if (datasetsIn(plan) > mostDatasets)
            return graphql::refuse(
                {"in combination, your request queries too many nodes, zones and accounts: at "
                 "most " +
                     std::to_string(mostDatasets) + " data sets are answered at once",
                 {},
                 {},
                 429,
                 "budget"});
        return std::make_unique<RootSource>(account_, snapshots_, helpers_, now);
    };
    return graphql::answer(schema(), *request, {}, now, root);
}

}  // namespace stepwell::engine::datasets
