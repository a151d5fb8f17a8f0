#pragma once

#include "models/analytics/range.h"
#include "models/api/graphql.h"
#include "models/backend.h"

#include <map>
#include <set>
#include <string>

/// What a backend's schema holds of what the Analytics page asks for. Pure functions.
namespace stepwell::analytics {

/// Of one data set.
struct DatasetFacts {
    /// "count", "sum_wallTime", "quantiles_wallTimeP50", "dimensions_stepName".
    std::set<std::string> fields;
    /// Milliseconds that one of the field is, where its description tells: 0.001 for microseconds.
    std::map<std::string, double> units;
    bool enabled = true;
    int pageSize = 10'000;
};

/// Of all: a data set that is not in it does not exist there.
struct Facts {
    std::map<std::string, DatasetFacts> datasets;  ///< by name: "workflowsAdaptiveGroups"
    Limits limits;

    bool has(const std::string& dataset) const;
    bool has(const std::string& dataset, const std::string& field) const;
    /// 1 where nothing is told.
    double millisecondsPer(const std::string& dataset, const std::string& field) const;
};

/// What is documented, for a backend that does not let its schema be read.
Facts documentedFacts();

/// Asks for the fields of the data sets that the page knows.
GraphqlQuery schemaQuery();
/// An error when the answer is none; what is missing in it is missing in the facts.
api::Result<Facts> factsFrom(const api::GraphqlAnswer& answer);

/// Asks what the account may do with those data sets.
GraphqlQuery settingsQuery(const Facts& facts, const std::string& account);
/// Tells what the answer says; facts that it does not mention stay.
void takeSettings(Facts& facts, const api::GraphqlAnswer& answer);

}  // namespace stepwell::analytics
