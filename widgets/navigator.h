#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace stepwell {

/// What the rail leads to.
enum class Area { workflows, workers };

/// A place in the window, and its link: stepwell://workflows/NAME/instances/ID,
/// stepwell://workflows/NAME/SECTION or stepwell://workers/NAME/SECTION, each part percent-encoded.
struct Place {
    QString workflow;  ///< empty: the list of workflows
    QString instance;  ///< empty: the workflow's page
    /// Of a workflow's page: empty for its instances, else "versions", "settings". Of a Worker's: empty for
    /// what it consists of, else "versions", "logs".
    QString section = {};
    Area area = Area::workflows;
    QString worker = {};  ///< in the area of the Workers; empty: their list
    friend bool operator==(const Place&, const Place&) = default;
};
/// A page of a Worker, or the list of the Workers.
Place placeOfWorker(const QString& name = {}, const QString& section = {});
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
    /// One level up: instance or section -> instances -> workflows; section -> Worker -> Workers.
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
