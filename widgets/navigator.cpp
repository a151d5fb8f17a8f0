#include "widgets/navigator.h"

#include <QStringList>
#include <QUrl>

namespace stepwell {
namespace {

constexpr std::size_t historyAtMost = 200;
constexpr int queryAtMost = 4000;  // characters
const QString root = QStringLiteral("stepwell://workflows");
const QString workersRoot = QStringLiteral("stepwell://workers");
const QString sitesRoot = QStringLiteral("stepwell://sites");
const QString explorerRoot = QStringLiteral("stepwell://graphql");
const QString analyticsRoot = QStringLiteral("stepwell://analytics");
const QString tokensRoot = QStringLiteral("stepwell://tokens");
const QString auditRoot = QStringLiteral("stepwell://audit");
const QString deploymentsPart = QStringLiteral("deployments");
const QString siteSettings = QStringLiteral("settings");
const QStringList deploymentSections = {QStringLiteral("rules"), QStringLiteral("test"),
                                        QStringLiteral("requests"), QStringLiteral("details")};
const QStringList sections = {QStringLiteral("versions"), QStringLiteral("settings")};
const QStringList workerSections = {QStringLiteral("versions"), QStringLiteral("logs")};

QString encoded(const QString& part) {
    return QString::fromLatin1(QUrl::toPercentEncoding(part));
}

QString decoded(const QString& part) {
    return QUrl::fromPercentEncoding(part.toLatin1());
}

}  // namespace

Place placeOfWorker(const QString& name, const QString& section) {
    return {{}, {}, section, Area::workers, name};
}

Place placeOfSite(const QString& name, const QString& section) {
    return {{}, {}, section, Area::sites, {}, name};
}

Place placeOfExplorer() {
    return {{}, {}, {}, Area::explorer};
}

Place placeOfTokens() {
    return {{}, {}, {}, Area::tokens};
}

Place placeOfAudit() {
    return {{}, {}, {}, Area::audit};
}

Place placeOfInstances(const QString& workflow, const QString& query) {
    Place place{workflow, {}};
    place.query = query;
    return place;
}

Place placeOfAnalytics(const QString& query) {
    Place place{{}, {}, {}, Area::analytics};
    place.query = query;
    return place;
}

Place placeOfDeployment(const QString& site, const QString& id, const QString& section) {
    return {{}, {}, section, Area::sites, {}, site, id};
}

namespace {

QString linkOfSite(const Place& place) {
    QStringList parts{sitesRoot};
    if (!place.site.isEmpty()) parts << encoded(place.site);
    if (!place.deployment.isEmpty()) parts << deploymentsPart << encoded(place.deployment);
    if (!place.site.isEmpty() && !place.section.isEmpty()) parts << encoded(place.section);
    return parts.join(QLatin1Char('/'));
}

/// `parts`: behind the name of the area.
std::optional<Place> siteFrom(const QStringList& parts) {
    if (parts.isEmpty() || parts[0].isEmpty()) return placeOfSite();
    const QString name = decoded(parts[0]);
    if (parts.size() == 1) return placeOfSite(name);
    if (parts.size() == 2 && parts[1] == siteSettings) return placeOfSite(name, siteSettings);
    if (parts[1] != deploymentsPart) return std::nullopt;
    if (parts.size() == 2) return placeOfSite(name);
    if (parts.size() == 3 && !parts[2].isEmpty()) return placeOfDeployment(name, decoded(parts[2]));
    const bool known = parts.size() == 4 && deploymentSections.contains(parts[3]);
    return known ? std::optional(placeOfDeployment(name, decoded(parts[2]), parts[3])) : std::nullopt;
}

}  // namespace

QString linkOf(const Place& place) {
    if (!place.query.isEmpty()) {
        Place whole = place;
        whole.query.clear();
        return linkOf(whole) + QLatin1Char('?') + place.query;
    }
    if (place.area == Area::sites) return linkOfSite(place);
    if (place.area == Area::explorer) return explorerRoot;
    if (place.area == Area::analytics) return analyticsRoot;
    if (place.area == Area::tokens) return tokensRoot;
    if (place.area == Area::audit) return auditRoot;
    const bool ofWorkers = place.area == Area::workers;
    QString link = ofWorkers ? workersRoot : root;
    const QString& name = ofWorkers ? place.worker : place.workflow;
    if (name.isEmpty()) return link;
    link += QLatin1Char('/') + encoded(name);
    if (place.instance.isEmpty() && !place.section.isEmpty())
        link += QLatin1Char('/') + encoded(place.section);
    if (!place.instance.isEmpty()) link += QStringLiteral("/instances/") + encoded(place.instance);
    return link;
}

std::optional<Place> placeFrom(const QString& link) {
    // Names are encoded, so a "?" only ever begins what a place is narrowed to.
    if (const auto mark = link.indexOf(QLatin1Char('?')); mark >= 0) {
        auto place = placeFrom(link.left(mark));
        const bool narrowable = place && (place->area == Area::analytics ||
                                          (place->area == Area::workflows && !place->workflow.isEmpty() &&
                                           place->instance.isEmpty() && place->section.isEmpty()));
        if (narrowable) place->query = link.mid(mark + 1).left(queryAtMost);
        return place;
    }
    if (link == analyticsRoot) return placeOfAnalytics();
    if (link == tokensRoot) return placeOfTokens();
    if (link == auditRoot) return placeOfAudit();
    if (link == sitesRoot || link.startsWith(sitesRoot + QLatin1Char('/')))
        return siteFrom(link.mid(sitesRoot.size() + 1).split(QLatin1Char('/')));
    if (link == explorerRoot) return placeOfExplorer();
    const bool ofWorkers = link.startsWith(workersRoot);
    if (!ofWorkers && !link.startsWith(root)) return std::nullopt;
    const QString rest = link.mid(ofWorkers ? workersRoot.size() : root.size());
    if (rest.isEmpty() || rest == QLatin1String("/")) return ofWorkers ? placeOfWorker() : Place{};
    if (!rest.startsWith(QLatin1Char('/'))) return std::nullopt;
    const QStringList parts = rest.mid(1).split(QLatin1Char('/'));
    if (ofWorkers) {
        if (parts.size() == 1) return placeOfWorker(decoded(parts[0]));
        const bool known = parts.size() == 2 && workerSections.contains(parts[1]);
        return known ? std::optional(placeOfWorker(decoded(parts[0]), parts[1])) : std::nullopt;
    }
    if (parts.size() == 1 || (parts.size() == 2 && parts[1] == QLatin1String("instances")))
        return Place{decoded(parts[0]), {}};
    if (parts.size() == 2 && sections.contains(parts[1])) return Place{decoded(parts[0]), {}, parts[1]};
    if (parts.size() == 3 && parts[1] == QLatin1String("instances") && !parts[2].isEmpty())
        return Place{decoded(parts[0]), decoded(parts[2])};
    return std::nullopt;
}

void Navigator::go(const Place& place) {
    if (place != current()) {
        if (!mayLeave([this, place] { go(place); })) return;
        places_.resize(at_ + 1);
        places_.push_back(place);
        if (places_.size() > historyAtMost) places_.erase(places_.begin());
        at_ = places_.size() - 1;
    }
    emit changed(current());
}

bool Navigator::open(const QString& link) {
    const auto place = placeFrom(link.trimmed());
    if (place) go(*place);
    return place.has_value();
}

void Navigator::back() {
    if (!canGoBack() || !mayLeave([this] { back(); })) return;
    --at_;
    emit changed(current());
}

void Navigator::forward() {
    if (!canGoForward() || !mayLeave([this] { forward(); })) return;
    ++at_;
    emit changed(current());
}

void Navigator::up() {
    const Place here = current();
    if (here.area == Area::sites) {
        if (!here.deployment.isEmpty())
            return go(here.section.isEmpty() ? placeOfSite(here.site)
                                             : placeOfDeployment(here.site, here.deployment));
        if (!here.site.isEmpty()) go(here.section.isEmpty() ? placeOfSite() : placeOfSite(here.site));
        return;
    }
    if (here.area == Area::workers) {
        if (!here.section.isEmpty()) return go(placeOfWorker(here.worker));
        if (!here.worker.isEmpty()) go(placeOfWorker());
        return;
    }
    if (here.area == Area::analytics) return go(here.query.isEmpty() ? Place{} : placeOfAnalytics());
    if (here.area == Area::explorer) return go(placeOfAnalytics());
    if (here.area == Area::tokens || here.area == Area::audit) return go({});
    if (!here.instance.isEmpty() || !here.section.isEmpty()) return go({here.workflow, {}});
    if (!here.workflow.isEmpty()) go({});
}

void Navigator::reset() {
    places_.assign(1, Place{});
    at_ = 0;
    emit changed(current());
}

}  // namespace stepwell
