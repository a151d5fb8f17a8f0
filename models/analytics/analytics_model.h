#pragma once

#include "models/analytics/page_data.h"

#include <QObject>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>

namespace stepwell::analytics {

/// What the Analytics page shows, kept fresh. One GraphQL request per refresh; its answer is read on a thread
/// of its own. What was shown stays while the next answer is on its way, and when that fails. The newest
/// choice wins over answers to older ones. GUI thread.
class AnalyticsModel : public QObject {
    Q_OBJECT
  public:
    explicit AnalyticsModel(Backend& backend, QObject* parent = nullptr);
    ~AnalyticsModel() override;

    const Range& range() const { return range_; }
    void setRange(const Range& range);
    const PageFilter& filter() const { return filter_; }
    void setFilter(const PageFilter& filter);
    bool compares() const { return compare_; }
    void setCompare(bool compare);
    /// All of them at once: one refresh.
    void choose(const Range& range, const PageFilter& filter, bool compare);

    /// Null until something was loaded. Perhaps of a choice before: see `isStale`.
    const std::shared_ptr<const PageData>& data() const { return data_; }
    /// Why the last refresh failed; nothing when it did not.
    const std::optional<api::Error>& error() const { return error_; }
    bool isLoading() const { return loading_; }
    /// Whether what is shown is not of what is chosen.
    bool isStale() const;
    /// What the page asks for now.
    PageAsk ask() const;
    const std::optional<Facts>& facts() const { return facts_; }

    /// Hidden: nothing is asked.
    void setActive(bool active);
    /// Nobody works in the window: asked a sixth as often.
    void setFocused(bool focused);
    void refresh();
    std::chrono::milliseconds interval() const;

  signals:
    void changed();

  private:
    void load();
    void askSchema();
    void askSettings(Facts facts);
    void askData();
    void take(quint64 generation, const PageAsk& ask, const api::Result<api::GraphqlAnswer>& answer);
    void read(quint64 generation, const PageAsk& ask, const api::GraphqlAnswer& answer);
    void finish(quint64 generation, std::shared_ptr<const PageData> data);
    void fail(const api::Error& error);
    void schedule();

    Backend& backend_;
    Range range_;
    PageFilter filter_;
    bool compare_ = false;
    std::optional<Facts> facts_;
    std::chrono::steady_clock::time_point factsAt_;
    std::shared_ptr<const PageData> data_;
    std::optional<api::Error> error_;
    quint64 generation_ = 0;
    bool loading_ = false;
    bool retried_ = false;  ///< once with fresh facts after a refusal
    bool active_ = false;
    bool focused_ = true;
    std::chrono::steady_clock::time_point quietUntil_;  ///< a quota is used up
    QTimer timer_;
    QThreadPool reader_;
};

}  // namespace stepwell::analytics
