#include "models/backends/reach.h"

#include "models/backend.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

namespace stepwell {

Reach::Reach(Backend& backend)
    : QObject(&backend)
    , backend_(backend) {}

Reach& Reach::of(Backend& backend) {
    auto* known = backend.findChild<Reach*>(QString(), Qt::FindDirectChildrenOnly);
    return known != nullptr ? *known : *new Reach(backend);  // the backend owns it
}

void Reach::setReachable(bool reachable) {
    if (reachable == isReachable()) return;
    lostAt_ = reachable ? std::nullopt : std::optional(now());
    emit changed();
}

api::Time Reach::clock(std::optional<api::Time> storedAt) const {
    if (!lostAt_) return now();
    return std::min(storedAt.value_or(*lostAt_), *lostAt_);
}

QString Reach::reason() const {
    if (!lostAt_) return {};
    const auto at = toQt(*lostAt_).toLocalTime();
    const bool isToday = at.date() == QDate::currentDate();
    return tr("%1 cannot be reached since %2: nothing can be changed until it is back")
        .arg(backend_.name(),
             QLocale().toString(at, isToday ? QStringLiteral("HH:mm") : QStringLiteral("d MMM HH:mm")));
}

}  // namespace stepwell
