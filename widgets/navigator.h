#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace stepwell {

/// What the rail leads to; the explorer is reached from elsewhere.
enum class Area { workflows, workers, sites, analytics, explorer, tokens, audit };

/// A place in the window, and its link: stepwell://workflows/NAME/instances/ID,
/// stepwell://workflows/NAME/SECTION, stepwell://workers/NAME/SECTION, stepwell://analytics,
/// stepwell://graphql, stepwell://tokens, stepwell://audit, stepwell://sites/NAME/SECTION or
/// stepwell://sites/NAME/deployments/ID/SECTION, each part percent-encoded. Instances and analytics may be
/// narrowed: ?status=errored&from=TIME.
struct Place {
    QString workflow;  ///< empty: the list of workflows
    QString instance;  ///< empty: the workflow's page
    /// Of a workflow's page: empty for its instances, else "versions", "settings". Of a Worker's: empty for
    /// what it consists of, else "versions", "logs".
    QString section = {};
    Area area = Area::workflows;
    QString worker = {};  ///< in the area of the Workers; empty: their list
    /// In the area of the sites; empty: their list. Sections of a site: empty for its deployments, else
    /// "settings"; of a deployment: empty for its files, else "rules", "test", "details".
    QString site = {};
    QString deployment = {};  ///< whole id, or the short one
    /// What the instances of a workflow, or the analytics, are narrowed to: a query as in links, without the
    /// "?".
    QString query = {};
    friend bool operator==(const Place&, const Place&) = default;
};
/// A page of a Worker, or the list of the Workers.
Place placeOfWorker(const QString& name = {}, const QString& section = {});
/// A page of a site or of one of its deployments, or the list of the sites.
Place placeOfSite(const QString& name = {}, const QString& section = {});
Place placeOfDeployment(const QString& site, const QString& id, const QString& section = {});
/// Where GraphQL is written.
Place placeOfExplorer();
Place placeOfTokens();
Place placeOfAudit();
/// The instances of a workflow that match.
Place placeOfInstances(const QString& workflow, const QString& query);
Place placeOfAnalytics(const QString& query = {});
QString linkOf(const Place& place);
std::optional<Place> placeFrom(const QString& link);

/// Where the window is and was. One object owns it; pages, breadcrumbs and buttons listen. Bounded to 200
/// places.
class Navigator : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    const Place& current() const { return places_[at_]; }
    bool canGoBack() const { return at_ > 0; }
    bool canGoForward() const { return at_ + 1 < places_.size(); }

    /// Asked before the place changes. False: not now, and calling `later` goes there after all.
    using Guard = std::function<bool(std::function<void()> later)>;
    void setGuard(Guard guard) { guard_ = std::move(guard); }

    /// Goes to a place and forgets what was forward. Going where one is already only emits `changed` again.
    void go(const Place& place);
    /// False when the link is not one of ours.
    bool open(const QString& link);
    void back();
    void forward();
    /// One level up: instance or section -> instances -> workflows; section -> Worker -> Workers;
    /// section -> deployment -> site -> sites.
    void up();
    /// Forgets the history: another backend.
    void reset();

  signals:
    void changed(const stepwell::Place& place);

  private:
    bool mayLeave(std::function<void()> later) const { return !guard_ || guard_(std::move(later)); }

    Guard guard_;
    std::vector<Place> places_{Place{}};
    std::size_t at_ = 0;
};

}  // namespace stepwell
