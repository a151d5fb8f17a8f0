#pragma once

#include "models/backends/support_table.h"
#include "models/client/link.h"
#include "models/client/routes.h"
#include "models/http_backend.h"
#include "models/post.h"

#include <QPointer>

#include <array>

namespace stepwell {

class LiveStream;

/// What the parts of HttpBackend share. Of the owner's thread, but for `link`.
class HttpBackend::Private {
  public:
    Private(HttpBackend* backend, BackendAddress where);

    client::Request request(std::string method, std::string url) const;
    client::Request request(std::string method, std::string url, std::string body) const;

    /// Runs `done` on the owner's thread, unless the context is gone by then. What the answer tells about
    /// `feature` is taken note of.
    template <class T>
    auto deliverTo(QObject* context, Done<T> done, std::optional<Feature> feature = {}) const {
        return [post = post, owner = q, guard = QPointer<QObject>(context), guarded = context != nullptr,
                done = std::move(done), feature](api::Result<T> answer) mutable {
            post->send([owner, guard = std::move(guard), guarded, done = std::move(done),
                        answer = std::move(answer), feature] {
                if (feature) owner->d->note(*feature, answer ? nullptr : &answer.error());
                if (guard || !guarded) done(answer);
            });
        };
    }

    /// Sends; `parse` runs on the client thread.
    template <class T, class Parse>
    void call(client::Request request, QObject* context, Done<T> done, Parse parse,
              client::Progress progress = {}) const {
        const auto feature = featureOf(request.method, request.url);
        link->send(
            std::move(request),
            [deliver = deliverTo<T>(context, std::move(done), feature),
             parse](api::Result<client::Response> response) mutable {
                if (response)
                    deliver(parse(*response));
                else
                    deliver(api::fail(std::move(response.error())));
            },
            std::move(progress));
    }

    /// For loaders: takes note, on the owner's thread, of where a list was cut.
    auto noteCut(PagedList list) const {
        return [post = post, owner = q, list](std::optional<ListCut> cut) {
            post->send([owner, list, cut] { owner->d->cuts[static_cast<std::size_t>(list)] = cut; });
        };
    }
    /// What an answer tells about a feature; `error` is null for a good one.
    void note(Feature feature, const api::Error* error);
    void setSupport(const SupportTable& table);
    /// Asks a Stepwell what the token may do.
    void askPermissions();
    /// Of a service that has no health to ask for: how the last requests went. Asks only when there were
    /// none.
    void healthOfLink(QObject* context, Done<api::EngineHealth> done) const;
    /// Tells the owner what has changed about the connection.
    void takeState();

    HttpBackend* q;
    std::shared_ptr<Post> post;  ///< to `q`, from the client thread
    BackendAddress address;
    client::Routes routes;
    SupportTable support;
    Freshness freshness;
    std::vector<RequestBudget> budgets;
    std::array<std::optional<ListCut>, 3> cuts;  ///< by PagedList
    client::TrustOfAccount trust;
    std::unique_ptr<client::Link> link;
    LiveStream* stream = nullptr;
};

}  // namespace stepwell
