#include "models/backends/store_key.h"
#include "models/client/parse_graphql.h"
#include "models/http_backend_private.h"
#include "models/text.h"

namespace stepwell {

std::string HttpBackend::account() const {
    return d->address.account;
}

void HttpBackend::graphql(const GraphqlQuery& query, QObject* context, Done<api::GraphqlAnswer> done) {
    auto body = client::graphqlBody(query.document, query.variablesJson, query.operationName);
    if (!body) return d->deliverTo<api::GraphqlAnswer>(context, std::move(done))(api::fail(body.error()));
    auto request = d->request("POST", d->routes.graphql(), std::move(*body));
    request.isGraphql = true;
    if (d->address.store) request.storeKey = storeKeyOfQuery(request.url, request.body, now());
    d->call(std::move(request), context, std::move(done), client::parseGraphql);
}

}  // namespace stepwell
