#pragma once

#include "models/analytics/facts.h"
#include "models/analytics/range.h"

#include <QString>
#include <QStringList>

/// The one document behind the Analytics page: each chart asks by aliases of its own. Pure functions.
namespace stepwell::analytics {

/// What the page is narrowed to; empty lists: everything.
struct PageFilter {
    QStringList workflows = {};
    QStringList scripts = {};  ///< sites, by the name of the project, and scripts of Workers
    friend bool operator==(const PageFilter&, const PageFilter&) = default;
};

/// What a page asks for.
struct PageAsk {
    Window window;
    PageFilter filter;
    bool compare = false;  ///< also the series of the period before; its totals are asked for always
    std::string account;
};

/// How wide the steps of a node are: as the page, at least an hour, or a day; none: one row for the range.
enum class Grain { page, steps, whole };

/// One data set of the page.
struct Node {
    const char* alias;
    const char* dataset;
    Grain grain;
    const char* filter;                   ///< in the language of filters, without time and names
    std::vector<const char*> dimensions;  ///< beside the bucket
    std::vector<const char*> fields;      ///< "sum_wallTime"; those the backend lacks are left out
    const char* order;                    ///< empty: as it comes
    int limit;                            ///< 0: as many as the backend gives
    bool before;                          ///< asked for the period before too, even when nothing is compared
};

/// All of them, in the order in which they are asked.
const std::vector<Node>& pageNodes();
/// Nothing when there is no such node.
const Node* nodeNamed(const std::string& alias);

/// The bucket dimension of a node: steps are wider over long ranges, of which only rollups by hour and day
/// are kept.
std::string bucketOf(const Node& node, const Window& window);
/// Their width; a day for dates.
api::Milliseconds bucketWidthOf(const Node& node, const Window& window);
/// Whether the backend has what the node is about: its data set and its dimensions.
bool canAsk(const Node& node, const Window& window, const Facts& facts);

/// Those with these aliases, or all for an empty list. Those that cannot be asked are left out; an empty
/// document when none is left.
GraphqlQuery pageQuery(const PageAsk& ask, const Facts& facts, const std::vector<std::string>& aliases = {});

/// Whether the backend has all that is needed to say what the load would cost; then the page asks for it too.
bool canAskForCost(const Facts& facts);

/// Alias of the same node for the period before.
std::string beforeAlias(const std::string& alias);

/// What narrows a data set to the names chosen: ", workflowName_in: [...]"; empty for all.
std::string nameFilter(const std::string& dataset, const PageFilter& filter, const Facts& facts);

}  // namespace stepwell::analytics
