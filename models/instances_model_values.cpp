#include "models/api/duration.h"
#include "models/backend.h"
#include "models/instances_model.h"
#include "models/text.h"
#include "models/visible_text.h"

namespace stepwell {

namespace {

QString statusWordOf(const api::InstanceSummary& row) {
    if (row.sleeping) return QStringLiteral("Sleeping");
    if (!row.otherStatus.empty()) return visibleText(toQt(row.otherStatus));
    switch (row.status) {
    case api::Status::waitingForPause:
        return QStringLiteral("Waiting for pause");
    case api::Status::rollingBack:
        return QStringLiteral("Rolling back");
    default:
        break;
    }
    auto word = toQt(api::toString(row.status));
    return word.replace(0, 1, word.at(0).toUpper());
}

std::optional<api::Milliseconds> durationOf(const api::InstanceSummary& row, api::Time clock) {
    if (!row.startedOn) return std::nullopt;
    if (row.endedOn) return *row.endedOn - *row.startedOn;
    if (api::isFinal(row.status)) return std::nullopt;
    return std::max(api::Milliseconds{0}, clock - *row.startedOn);
}

QString retriesText(const api::InstanceSummary& row) {
    if (!row.retries || *row.retries == 0) return {};
    return *row.retries == 1 ? QStringLiteral("1 retry") : QStringLiteral("%1 retries").arg(*row.retries);
}

QString triggerText(const api::InstanceSummary& row) {
    const auto source = row.trigger;
    if (source == api::TriggerSource::unknown) return visibleText(toQt(row.otherTrigger));
    if (source == api::TriggerSource::api) return QStringLiteral("API");
    QString word = toQt(api::toString(source));
    return word.replace(0, 1, word.at(0).toUpper());
}

template <class T>
QVariant orNothing(const std::optional<T>& value) {
    return value ? QVariant(*value) : QVariant();
}

}  // namespace

QVariant InstancesModel::value(int row, int column, int role) const {
    const auto* summary = m_pages.row(row);
    // Only what is painted is fetched: accessibility and size hints ask for other roles of rows nobody sees.
    if (!summary && (role == Qt::DisplayRole || role == PlaceholderRole)) want(row / pageSize);
    if (role == PlaceholderRole) return summary == nullptr;
    return summary ? valueOf(*summary, column, role) : QVariant();
}

QVariant InstancesModel::display(const api::InstanceSummary& row, int column) const {
    switch (column) {
    case StatusColumn:
        return statusWordOf(row);
    case Instance:
        return toQt(row.id);
    case Duration: {
        const auto duration = durationOf(row, clock());
        return duration ? toQt(api::humanDuration(*duration)) : QVariant();
    }
    case Retries:
        return retriesText(row);
    case Version:
        return row.versionNumber > 0 ? QStringLiteral("v%1").arg(row.versionNumber) : QString();
    case Trigger:
        return triggerText(row);
    case Created:
        return row.createdOn ? relativeTime(*row.createdOn, now()) : QString();
    default:
        return {};
    }
}

QVariant InstancesModel::valueOf(const api::InstanceSummary& row, int column, int role) const {
    switch (role) {
    case Qt::DisplayRole:
        return display(row, column);
    case Qt::ToolTipRole:
        if (column == Created && row.createdOn) return toQt(api::toIso(*row.createdOn));
        if (column == Instance) return toQt(row.id);
        if (column == Duration && durationOf(row, clock()))
            return QStringLiteral("%1 ms").arg(durationOf(row, clock())->count());
        return {};
    case IdRole:
        return toQt(row.id);
    case StatusRole:
        return static_cast<int>(row.status);
    case SleepingRole:
        return row.sleeping;
    case GlimpseRole:
        return QVariant::fromValue(row.glimpse);
    case DurationRole: {
        const auto duration = durationOf(row, clock());
        return duration ? QVariant(qlonglong{duration->count()}) : QVariant();
    }
    case RetriesRole:
        return orNothing(row.retries);
    case StepCountRole:
        return orNothing(row.stepCount);
    case CreatedRole:
        return toQt(row.createdOn);
    case SummaryRole:
        return QVariant::fromValue(row);
    default:
        return {};
    }
}

}  // namespace stepwell
