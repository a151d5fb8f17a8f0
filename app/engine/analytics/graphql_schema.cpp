#include "app/engine/analytics/graphql_schema.h"

namespace stepwell::engine::datasets {

namespace {

using graphql::Field;
using graphql::InputValue;
using graphql::Schema;
using graphql::Type;
using graphql::TypeKind;

constexpr const char* accountFilter = "AccountFilter_InputObject";
constexpr const char* boundedNumber = "ConfidenceUint64";
constexpr const char* settingsType = "Settings";

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

graphql::Value number(const char* kind, std::string digits) {
    graphql::Value value;
    value.kind =
        kind == std::string_view("real") ? graphql::Value::Kind::real : graphql::Value::Kind::integer;
    value.text = std::move(digits);
    return value;
}

class Builder {
  public:
    Schema build() {
        addShared();
        auto& query = schema_.add(TypeKind::object, "Query", "Where queries start.");
        auto& viewer = schema_.add(TypeKind::object, "viewer", "What the caller may see.");
        auto& account = schema_.add(TypeKind::object, "account", "An account and its data sets.");
        auto& settings =
            schema_.add(TypeKind::object, "AccountSettings", "What may be asked of each data set.");
        for (std::size_t i = 0; i < allDatasets().size(); ++i) {
            const auto& dataset = allDatasets()[i];
            const auto tag = tag::dataset + static_cast<int>(i);
            addTypes(dataset);
            account.fields.push_back(datasetField(dataset, tag));
            add(settings, dataset.name, settingsType + std::string("!"), tag,
                "Bounds of " + dataset.name + ".");
        }
        add(account, "settings", "AccountSettings!", tag::settings, "What may be asked of each data set.");
        add(query, "viewer", "viewer!", tag::viewer, "What the caller may see.");
        add(viewer, "accounts", "[account!]!", tag::accounts, "The one account that the filter names.");
        viewer.fields.back().arguments.push_back(
            input("filter", accountFilter + std::string("!"), "Names one account."));
        schema_.seal("Query");
        return std::move(schema_);
    }

  private:
    void add(Type& type, std::string name, const std::string& of, int tag, std::string description) {
        type.fields.push_back({std::move(name), std::move(description), schema_.ref(of), tag, {}, {}});
    }
    InputValue input(std::string name, const std::string& of, std::string description) const {
        return {std::move(name), std::move(description), schema_.ref(of), {}, {}};
    }

    void addShared() {
        auto& filter = schema_.add(TypeKind::inputObject, accountFilter, "Names one account.");
        filter.inputs.push_back(input("accountTag", "string", "The id of the account."));
        auto& bounded = schema_.add(TypeKind::object, boundedNumber, "A number and how far it may be off.");
        add(bounded, "estimate", "uint64!", tag::estimate, "The number; exact here.");
        add(bounded, "lower", "uint64!", tag::lower, "The lower bound: the number itself, which is exact.");
        add(bounded, "upper", "uint64!", tag::upper, "The upper bound: the number itself, which is exact.");
        add(bounded, "sampleSize", "uint64!", tag::sampleSize, "Rows that were counted.");
        auto& settings = schema_.add(TypeKind::object, settingsType, "What may be asked of a data set.");
        add(settings, "enabled", "bool!", tag::enabled, "The data set can be queried.");
        add(settings, "availableFields", "[string!]!", tag::availableFields,
            "Fields that can be selected, groups and fields joined by an underscore.");
        add(settings, "maxPageSize", "int64!", tag::maxPageSize, "The highest limit.");
        add(settings, "maxNumberOfFields", "int64!", tag::maxNumberOfFields, "Most fields in one query.");
        add(settings, "notOlderThan", "int64!", tag::notOlderThan, "How far back data may start, seconds.");
        add(settings, "maxDuration", "int64!", tag::maxDuration, "The widest time range, seconds.");
    }

    Field datasetField(const Dataset& dataset, int tag) const {
        const auto prefix = typePrefix(dataset);
        Field field{dataset.name, dataset.description, schema_.ref("[" + prefix + "!]!"), tag, {}, {}};
        field.arguments.push_back(input("filter", prefix + "Filter_InputObject", "Which rows are counted."));
        field.arguments.push_back(
            input("limit", "uint64!",
                  "Most rows of the answer, 1 to " + std::to_string(dataset.maxPageSize) + "."));
        field.arguments.back().fallback = number("integer", std::to_string(dataset.maxPageSize));
        field.arguments.push_back(input("orderBy", "[" + prefix + "OrderBy!]",
                                        dataset.isRaw ? "In which order; then by time."
                                                      : "In which order; then by the dimensions selected."));
        return field;
    }

    void addTypes(const Dataset& dataset) {
        const auto prefix = typePrefix(dataset);
        auto& row = schema_.add(TypeKind::object, prefix, dataset.description);
        addFilter(dataset, prefix);
        addOrder(dataset, prefix);
        if (dataset.isRaw)
            addRawFields(dataset, row);
        else
            addGroupFields(dataset, prefix, row);
    }

    static std::string typeOf(const Dimension& dimension) {
        if (dimension.kind == DimensionKind::word) return "string";
        if (dimension.kind == DimensionKind::integer) return "uint64";
        return dimension.grain == analytics::Grain::day ? "Date" : "Time";
    }

    void addDimensions(const Dataset& dataset, Type& type) {
        for (std::size_t i = 0; i < dataset.dimensions.size(); ++i) {
            const auto& dimension = dataset.dimensions[i];
            add(type, dimension.name, typeOf(dimension) + '!', tag::dimension + static_cast<int>(i),
                dimension.description);
        }
    }

    void addRawFields(const Dataset& dataset, Type& row) {
        addDimensions(dataset, row);
        add(row, "endTimestamp", "Time!", tag::endTimestamp,
            "When it was over: the same as datetime, since events are moments.");
        for (std::size_t i = 0; i < dataset.measures.size(); ++i)
            add(row, dataset.measures[i].name, "uint64!", tag::measure + static_cast<int>(i),
                dataset.measures[i].description);
    }

    void addGroupFields(const Dataset& dataset, const std::string& prefix, Type& row) {
        add(row, "count", "uint64!", tag::count, "Rows in the group, number.");
        auto& dimensions = schema_.add(TypeKind::object, prefix + "Dimensions",
                                       "The fields selected here are the grouping.");
        addDimensions(dataset, dimensions);
        add(row, "dimensions", prefix + "Dimensions", tag::dimensions,
            "The fields selected here are the grouping.");
        for (const char* group : {"sum", "avg", "max", "min", "quantiles"})
            addGroup(dataset, prefix, group, row);
        addConfidence(dataset, prefix, row);
    }

    static std::string typeOf(const Metric& metric) {
        switch (metric.aggregate) {
        case Aggregate::count:
        case Aggregate::countOfWord:
            return "uint64!";
        case Aggregate::sum:
            return metric.isReal ? "float64!" : "uint64!";
        case Aggregate::knownSum:
        case Aggregate::unknown:
            return "uint64";
        case Aggregate::average:
        case Aggregate::interval:
            return "float64!";
        default:
            return "float64";  // no row of the group may have a value
        }
    }

    void addGroup(const Dataset& dataset, const std::string& prefix, const std::string& group, Type& row) {
        Type* type = nullptr;
        for (std::size_t i = 0; i < dataset.metrics.size(); ++i) {
            const auto& metric = dataset.metrics[i];
            if (metric.group != group) continue;
            if (type == nullptr) {
                const auto name = prefix + capitalised(group);
                type = &schema_.add(TypeKind::object, name, "The " + group + " of numbers of the group.");
                add(row, group, name, tag::object, "The " + group + " of numbers of the group.");
            }
            add(*type, metric.name, typeOf(metric), tag::metric + static_cast<int>(i), metric.description);
        }
    }

    void addConfidence(const Dataset& dataset, const std::string& prefix, Type& row) {
        auto& confidence =
            schema_.add(TypeKind::object, prefix + "Confidence", "How far numbers may be off.");
        add(confidence, "level", "float64!", tag::level,
            "The probability of the bounds: 1, since numbers are exact.");
        add(confidence, "count", boundedNumber, tag::bounded - 1, "Rows in the group, number.");
        Type* sums = nullptr;
        for (std::size_t i = 0; i < dataset.metrics.size(); ++i) {
            const auto& metric = dataset.metrics[i];
            if (metric.group != "sum" || metric.isReal || !metric.isAlwaysKnown()) continue;
            if (sums == nullptr) {
                sums = &schema_.add(TypeKind::object, prefix + "SumConfidence",
                                    "Sums and how far they may be off.");
                add(confidence, "sum", prefix + "SumConfidence", tag::object,
                    "Sums and how far they may be off.");
            }
            add(*sums, metric.name, boundedNumber, tag::bounded + static_cast<int>(i), metric.description);
        }
        add(row, "confidence", prefix + "Confidence", tag::confidence,
            "How far numbers may be off: not at all, nothing is sampled here.");
        row.fields.back().arguments.push_back(input("level", "float64!", "Probability, 0 to 1."));
        row.fields.back().arguments.back().fallback = number("real", "0.95");
    }

    void addFilter(const Dataset& dataset, const std::string& prefix) {
        const auto name = prefix + "Filter_InputObject";
        auto& filter = schema_.add(TypeKind::inputObject, name, "Conditions on rows; all of them must hold.");
        filter.inputs.push_back(input("AND", "[" + name + "!]", "All of these hold."));
        filter.inputs.push_back(input("OR", "[" + name + "!]", "At least one of these holds."));
        for (const auto& dimension : dataset.dimensions) {
            const auto type = typeOf(dimension);
            const auto operators = [&](std::initializer_list<std::pair<const char*, const char*>> suffixes,
                                       const std::string& of) {
                for (const auto& [suffix, meaning] : suffixes)
                    filter.inputs.push_back(
                        input(dimension.name + suffix, of, meaning + (" this. " + dimension.description)));
            };
            operators({{"", "Equals"},
                       {"_neq", "Is not"},
                       {"_gt", "Comes after"},
                       {"_lt", "Comes before"},
                       {"_geq", "Is at least"},
                       {"_leq", "Is at most"}},
                      type);
            operators({{"_in", "Is one of"}, {"_notin", "Is none of"}}, "[" + type + "!]");
            if (dimension.kind == DimensionKind::word)
                operators({{"_like", "Matches, % standing for any text,"},
                           {"_notlike", "Does not match, % standing for any text,"}},
                          type);
        }
    }

    void addOrder(const Dataset& dataset, const std::string& prefix) {
        auto& order = schema_.add(TypeKind::enumeration, prefix + "OrderBy", "What to sort by.");
        const auto both = [&](const std::string& field) {
            order.values.push_back({field + "_ASC", "By " + field + ", ascending.", {}});
            order.values.push_back({field + "_DESC", "By " + field + ", descending.", {}});
        };
        if (!dataset.isRaw) both("count");
        for (const auto& dimension : dataset.dimensions)
            both(dimension.name);
        for (const auto& metric : dataset.metrics)
            if (metric.isSortable()) both(metric.group + '_' + metric.name);
        for (const auto& measure : dataset.measures)
            both(measure.name);
    }

    Schema schema_;
};

}  // namespace

std::string typePrefix(const Dataset& dataset) {
    return "Account" + capitalised(dataset.name);
}

const graphql::Schema& schema() {
    static const Schema made = Builder().build();
    return made;
}

}  // namespace stepwell::engine::datasets
