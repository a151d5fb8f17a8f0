#pragma once

#include "models/client/client.h"
#include "models/client/routes.h"
#include "models/http_backend.h"

#include <QPointer>

namespace stepwell {

class LiveStream;

/// What the parts of HttpBackend share.
class HttpBackend::Private {
  public:
    Private(HttpBackend* backend, BackendAddress where)
        : q(backend)
        , address(std::move(where))
        , routes(address.apiBase, address.account)
        , client(std::make_unique<client::Client>()) {}

    client::Request request(std::string method, std::string url) const {
        client::Request result;
        result.method = std::move(method);
        result.url = std::move(url);
        result.bearerToken = address.token;
        return result;
    }

    client::Request request(std::string method, std::string url, std::string body) const {
        auto result = request(std::move(method), std::move(url));
        result.body = std::move(body);
        return result;
    }

    /// Runs `done` on the owner's thread, unless the context is gone by then.
    template <class T>
    auto deliverTo(QObject* context, Done<T> done) const {
        return [owner = q, guard = QPointer<QObject>(context), guarded = context != nullptr,
                done = std::move(done)](api::Result<T> answer) mutable {
            QMetaObject::invokeMethod(
                owner,
                [guard = std::move(guard), guarded, done = std::move(done), answer = std::move(answer)] {
                    if (guard || !guarded) done(answer);
                },
                Qt::QueuedConnection);
        };
    }

    /// Sends; `parse` runs on the client thread.
    template <class T, class Parse>
    void call(client::Request request, QObject* context, Done<T> done, Parse parse,
              client::Progress progress = {}) const {
        client->send(
            std::move(request),
            [deliver = deliverTo<T>(context, std::move(done)),
             parse](api::Result<client::Response> response) mutable {
                if (response)
                    deliver(parse(*response));
                else
                    deliver(api::fail(std::move(response.error())));
            },
            std::move(progress));
    }

    HttpBackend* q;
    BackendAddress address;
    client::Routes routes;
    std::unique_ptr<client::Client> client;
    LiveStream* stream = nullptr;
};

}  // namespace stepwell
