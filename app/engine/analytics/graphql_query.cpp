#include "app/engine/analytics/graphql_query.h"

#include "app/engine/analytics/graphql_filter.h"
#include "app/engine/analytics/graphql_schema.h"

#include <algorithm>

namespace stepwell::engine::datasets {

namespace {

using analytics::Order;
using graphql::Selected;

tl::unexpected<graphql::Error> refused(std::string message) {
    return graphql::refuse({std::move(message), {}, {}, 400, {}});
}

/// Where the item is; it is added when it is not there yet.
template <class Item>
std::size_t indexIn(std::vector<Item>& items, const Item& item) {
    const auto at = std::find(items.begin(), items.end(), item);
    const auto index = static_cast<std::size_t>(at - items.begin());
    if (at == items.end()) items.push_back(item);
    return index;
}

bool isMeta(const Selected& selected) {
    return selected.field->name.starts_with("__");
}

std::int64_t leavesOf(const Selected& selected) {
    if (selected.fields.empty()) return 1;
    std::int64_t leaves = 0;
    for (const auto& field : selected.fields)
        leaves += leavesOf(field);
    return leaves;
}

graphql::Result<std::size_t> limitOf(const Dataset& dataset, const Selected& selected) {
    const auto highest = static_cast<std::uint64_t>(dataset.maxPageSize);
    const auto limit = selected.argument("limit").get<std::uint64_t>();
    if (limit == 0 || limit > highest)
        return refused("limit must be positive number and not greater than " + std::to_string(highest));
    if (leavesOf(selected) > dataset.maxNumberOfFields)
        return refused("number of fields can't be more than " + std::to_string(dataset.maxNumberOfFields));
    return static_cast<std::size_t>(limit);
}

/// "datetimeHour_DESC" in two.
struct OrderText {
    std::string_view field;
    bool isDescending = false;
};
std::vector<OrderText> ordersOf(const Selected& selected) {
    std::vector<OrderText> orders;
    const auto& list = selected.argument("orderBy");
    if (!list.is_array()) return orders;
    for (const auto& item : list) {
        const std::string_view text = item.get_ref<const std::string&>();
        const auto end = text.rfind('_');
        orders.push_back({text.substr(0, end), text.substr(end) == "_DESC"});
    }
    return orders;
}

Order::By orderingOf(Aggregate aggregate) {
    switch (aggregate) {
    case Aggregate::sum:
    case Aggregate::knownSum:
        return Order::By::sum;
    case Aggregate::average:
        return Order::By::average;
    case Aggregate::least:
        return Order::By::least;
    case Aggregate::greatest:
        return Order::By::greatest;
    case Aggregate::quantile:
        return Order::By::quantile;
    default:
        return Order::By::count;
    }
}

class GroupReader {
  public:
    GroupReader(const Dataset& dataset, GroupQuestion& question)
        : dataset_(dataset)
        , question_(question) {
        question_.keys.resize(dataset.dimensions.size());
        question_.metrics.resize(dataset.metrics.size());
        question_.query.table = dataset.table;
    }

    void selection(const Selected& selected) {
        for (const auto& field : selected.fields) {
            if (isMeta(field)) continue;
            const auto tag = field.field->tag;
            if (tag >= tag::bounded)
                metric(static_cast<std::size_t>(tag - tag::bounded));
            else if (tag >= tag::metric && tag < tag::measure)
                metric(static_cast<std::size_t>(tag - tag::metric));
            else if (tag >= tag::dimension && tag < tag::metric)
                dimension(static_cast<std::size_t>(tag - tag::dimension));
            else
                selection(field);
        }
    }

    graphql::Result<void> order(const OrderText& text) {
        Order order;
        order.isDescending = text.isDescending;
        if (text.field == "count") {
            order.by = Order::By::count;
        } else if (const auto* metric_ = dataset_.metric(text.field)) {
            const auto place = metric(static_cast<std::size_t>(metric_ - dataset_.metrics.data()));
            order.by = orderingOf(metric_->aggregate);
            order.index = place.measure;
            order.quantile = place.quantile;
        } else if (!orderByDimension(*dataset_.dimension(text.field), order)) {
            // One group needs no order.
            if (!question_.query.bucket && question_.query.groupBy.empty()) return {};
            return refused("error parsing args for \"" + dataset_.name + "\": orderBy names \"" +
                           std::string(text.field) + "\", which is not selected under dimensions");
        }
        question_.query.order.push_back(order);
        return {};
    }

  private:
    MetricPlace metric(std::size_t index) {
        const auto& metric = dataset_.metrics[index];
        auto& place = question_.metrics[index];
        if (metric.aggregate == Aggregate::count || metric.aggregate == Aggregate::interval ||
            metric.aggregate == Aggregate::unknown)
            return place;
        if (metric.aggregate == Aggregate::countOfWord) {
            place.measure = indexIn<const Metric*>(question_.counted, &metric);
            return place;
        }
        auto& asked = question_.query.measures;
        auto at = std::find_if(asked.begin(), asked.end(),
                               [&](const auto& one) { return one.column == metric.column; });
        if (at == asked.end()) at = asked.insert(asked.end(), {metric.column, {}});
        place.measure = static_cast<std::size_t>(at - asked.begin());
        if (metric.aggregate != Aggregate::quantile) return place;
        const auto level = std::find(at->quantiles.begin(), at->quantiles.end(), metric.quantile);
        place.quantile = static_cast<std::size_t>(level - at->quantiles.begin());
        if (level == at->quantiles.end()) at->quantiles.push_back(metric.quantile);
        return place;
    }

    void dimension(std::size_t index) {
        const auto& dimension = dataset_.dimensions[index];
        auto& query = question_.query;
        if (dimension.kind == DimensionKind::time) {
            // The finest one tells the others.
            query.bucket = query.bucket ? std::min(*query.bucket, dimension.grain) : dimension.grain;
            return;
        }
        const auto at = std::find(query.groupBy.begin(), query.groupBy.end(), dimension.column);
        question_.keys[index] = static_cast<std::size_t>(at - query.groupBy.begin());
        if (at == query.groupBy.end()) query.groupBy.push_back(dimension.column);
    }

    bool orderByDimension(const Dimension& dimension, Order& order) const {
        const auto& query = question_.query;
        if (dimension.kind == DimensionKind::time) {
            order.by = Order::By::bucket;
            return query.bucket && *query.bucket <= dimension.grain;
        }
        const auto at = std::find(query.groupBy.begin(), query.groupBy.end(), dimension.column);
        order.by = Order::By::key;
        order.index = static_cast<std::size_t>(at - query.groupBy.begin());
        return at != query.groupBy.end();
    }

    const Dataset& dataset_;
    GroupQuestion& question_;
};

void readRowFields(const Dataset& dataset, const Selected& selected, RowQuestion& question) {
    question.dimensions.resize(dataset.dimensions.size());
    question.measures.resize(dataset.measures.size());
    for (const auto& field : selected.fields) {
        if (isMeta(field)) continue;
        const auto tag = field.field->tag;
        if (tag >= tag::measure) {
            const auto index = static_cast<std::size_t>(tag - tag::measure);
            question.measures[index] = indexIn(question.query.columns, dataset.measures[index].column);
        } else if (tag >= tag::dimension) {
            const auto index = static_cast<std::size_t>(tag - tag::dimension);
            if (dataset.dimensions[index].kind == DimensionKind::time) continue;
            question.dimensions[index] = indexIn(question.query.columns, dataset.dimensions[index].column);
        }
    }
}

analytics::RowOrder rowOrder(const Dataset& dataset, const OrderText& text) {
    analytics::RowOrder order;
    order.isDescending = text.isDescending;
    if (const auto* dimension = dataset.dimension(text.field)) {
        if (dimension->kind != DimensionKind::time) order.column = dimension->column;
        return order;
    }
    for (const auto& measure : dataset.measures)
        if (measure.name == text.field) order.column = measure.column;
    return order;
}

}  // namespace

analytics::Query countOf(const analytics::Query& query, const Metric& metric) {
    constexpr std::size_t most = 100'000;
    auto counting = query;
    counting.filter = analytics::Filter::all(
        {query.filter, analytics::Filter::column(metric.column, analytics::Operator::eq, {metric.word})});
    counting.measures.clear();
    counting.order.clear();
    counting.limit = most;
    return counting;
}

graphql::Result<GroupQuestion> groupQuestion(const Dataset& dataset, const Selected& selected,
                                             api::Time since, api::Time now) {
    const auto limit = limitOf(dataset, selected);
    if (!limit) return tl::unexpected(limit.error());
    auto conditions = readFilter(dataset, selected.argument("filter"), since, now);
    if (!conditions) return tl::unexpected(conditions.error());
    GroupQuestion question;
    question.query.from = conditions->from;
    question.query.to = conditions->to;
    question.query.filter = std::move(conditions->filter);
    question.query.limit = *limit;
    GroupReader reader(dataset, question);
    reader.selection(selected);
    for (const auto& order : ordersOf(selected))
        if (auto ok = reader.order(order); !ok) return tl::unexpected(ok.error());
    return question;
}

graphql::Result<RowQuestion> rowQuestion(const Dataset& dataset, const Selected& selected, api::Time since,
                                         api::Time now) {
    const auto limit = limitOf(dataset, selected);
    if (!limit) return tl::unexpected(limit.error());
    auto conditions = readFilter(dataset, selected.argument("filter"), since, now);
    if (!conditions) return tl::unexpected(conditions.error());
    RowQuestion question;
    question.query.table = dataset.table;
    question.query.from = std::max(conditions->from, since);
    question.query.to = conditions->to;
    question.query.filter = std::move(conditions->filter);
    question.query.limit = *limit;
    readRowFields(dataset, selected, question);
    for (const auto& order : ordersOf(selected))
        question.query.order.push_back(rowOrder(dataset, order));
    return question;
}

}  // namespace stepwell::engine::datasets
