#pragma once

#include "models/backend.h"
#include "models/client/link.h"
#include "models/client/parse.h"
#include "models/client/routes.h"

#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace stepwell {

/// Loads a list page after page on the client thread, and answers once.
template <class T>
class ListLoader : public std::enable_shared_from_this<ListLoader<T>> {
  public:
    using Parse = api::Result<client::Page<T>> (*)(const client::Response&);
    using Deliver = std::function<void(api::Result<std::vector<T>>)>;
    /// Told before the list is delivered: where it was cut, or that it is whole. Client thread.
    using NoteCut = std::function<void(std::optional<ListCut>)>;

    ListLoader(client::Link& link, client::Request request, int pageSize, Parse parse, NoteCut note,
               Deliver deliver)
        : m_link(link)
        , m_request(std::move(request))
        , m_pageSize(pageSize)
        , m_parse(parse)
        , m_note(std::move(note))
        , m_deliver(std::move(deliver)) {}

    void loadPage(int page) {
        auto request = m_request;
        request.url +=
            client::query({{"page", std::to_string(page)}, {"per_page", std::to_string(m_pageSize)}});
        if (!request.storeKey.empty()) request.storeKey = request.url;
        m_link.send(std::move(request),
                    [self = this->shared_from_this(), page](api::Result<client::Response> response) {
                        if (response)
                            self->take(page, *response);
                        else
                            self->m_deliver(api::fail(std::move(response.error())));
                    });
    }

  private:
    /// Lists that are loaded whole end here: nobody looks through more.
    static constexpr int mostPages = 100;

    void take(int page, const client::Response& response) {
        auto answer = m_parse(response);
        if (!answer) return m_deliver(api::fail(answer.error()));
        // A backend that knows no pages sends the same once more.
        const auto seen = std::hash<std::string>{}(response.body);
        const bool repeated = page > 1 && seen == m_lastSeen;
        m_lastSeen = seen;
        const auto count = repeated ? 0 : answer->rows.size();
        if (!repeated)
            m_rows.insert(m_rows.end(), std::make_move_iterator(answer->rows.begin()),
                          std::make_move_iterator(answer->rows.end()));
        // Totals may be inexact: they only tell that a page that is not full was not the last one.
        const bool isFull = count == static_cast<std::size_t>(m_pageSize);
        const bool toldMore = static_cast<std::int64_t>(m_rows.size()) < answer->total;
        const bool isOver = count == 0 || !(isFull || toldMore);
        // Where nobody tells of more, one page further shows whether there is.
        if (!isOver && (page < mostPages || (page == mostPages && !toldMore))) return loadPage(page + 1);
        const auto listed = static_cast<std::int64_t>(m_rows.size());
        m_note(isOver ? std::nullopt
                      : std::optional(ListCut{listed, answer->total > listed ? answer->total : -1}));
        m_deliver(std::move(m_rows));
    }

    client::Link& m_link;
    client::Request m_request;
    int m_pageSize;
    Parse m_parse;
    NoteCut m_note;
    Deliver m_deliver;
    std::vector<T> m_rows;
    std::size_t m_lastSeen = 0;  ///< hash of the page before
};

template <class T>
void loadList(client::Link& link, client::Request request, typename ListLoader<T>::Parse parse,
              typename ListLoader<T>::NoteCut note, typename ListLoader<T>::Deliver deliver,
              int pageSize = 100) {
    std::make_shared<ListLoader<T>>(link, std::move(request), pageSize, parse, std::move(note),
                                    std::move(deliver))
        ->loadPage(1);
}

}  // namespace stepwell
