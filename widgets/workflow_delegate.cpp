#include "widgets/workflow_delegate.h"

#include "models/visible_text.h"
#include "models/workflows_model.h"
#include "widgets/arc_clock.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/table_view.h"

#include <QDateTime>
#include <QPainter>

#include <algorithm>

namespace stepwell {
namespace {

/// "3 asleep", "5 in 2 other statuses"; empty: all are known.
QString otherCountsText(const QVariantMap& counts) {
    QString text;
    qlonglong all = 0;
    int others = 0;
    for (auto count = counts.begin(); count != counts.end(); ++count) {
        if (api::statusFrom(count.key().toStdString())) continue;
        all += count->toLongLong();
        ++others;
        text = QObject::tr("%1 %2").arg(format::number(all), visibleText(count.key().left(60)));
    }
    return others < 2 ? text : QObject::tr("%1 in %2 other statuses").arg(format::number(all)).arg(others);
}

/// The first of two parts where both have no room: half a number tells less than none.
QString fitting(const QString& words, const QFont& font, int width) {
    return QFontMetrics(font).horizontalAdvance(words) <= width ? words
                                                                : words.section(QStringLiteral(" · "), 0, 0);
}

}  // namespace

void WorkflowDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto& theme = Theme::get();
    switch (index.column()) {
    case WorkflowsModel::Name:
        return paintName(cell, index);
    case WorkflowsModel::Activity:
        return paintActivity(cell, index);
    case WorkflowsModel::Running:
        return paintCount(withNote(cell, index, api::Status::queued), index, api::Status::running);
    case WorkflowsModel::Waiting:
        return paintCount(withNote(cell, index, api::Status::paused), index, api::Status::waiting);
    case WorkflowsModel::Errored:
        return paintCount(cell, index, api::Status::errored);
    case WorkflowsModel::Complete:
        return text(withOthers(cell, index),
                    format::count(index.data(WorkflowsModel::CountRole).toLongLong()), theme.body(),
                    theme.color(Token::mute), Qt::AlignRight | Qt::AlignVCenter);
    case WorkflowsModel::LastRun: {
        const QDateTime next = index.data(WorkflowsModel::NextRunRole).toDateTime();
        const QDateTime last = index.data(WorkflowsModel::TriggeredRole).toDateTime();
        const QDateTime& shown = next.isValid() ? next : last;
        const QString words =
            shown.isValid() ? format::relative(format::timeOf(shown), format::now()) : QStringLiteral("–");
        return text(cell, words, theme.body(), theme.color(Token::mute));
    }
    default:
        break;
    }
    QString words = index.data(Qt::DisplayRole).toString();
    if (words.isEmpty()) words = QStringLiteral("–");
    text(cell, fitting(words, theme.body(), cell.area.width()), theme.body(), theme.color(Token::mute));
}

/// Writes how many are in a status that has no column of its own, when there are any, and answers the room
/// that is left above.
RowDelegate::Cell WorkflowDelegate::withNote(const Cell& cell, const QModelIndex& index, api::Status status) {
    const auto counts = index.data(WorkflowsModel::CountsRole).toMap();
    std::int64_t count =
        counts.value(QString::fromStdString(std::string(api::toString(status)))).toLongLong();
    if (status == api::Status::paused)
        count +=
            counts.value(QString::fromStdString(std::string(api::toString(api::Status::waitingForPause))))
                .toLongLong();
    if (count == 0) return {cell.painter, cell.area, cell.selected, cell.hovered};
    return noted(cell, status == api::Status::paused ? QObject::tr("%1 paused").arg(format::number(count))
                                                     : QObject::tr("%1 queued").arg(format::number(count)));
}

/// The same for statuses that we do not know.
RowDelegate::Cell WorkflowDelegate::withOthers(const Cell& cell, const QModelIndex& index) {
    const QString words = otherCountsText(index.data(WorkflowsModel::CountsRole).toMap());
    return words.isEmpty() ? Cell{cell.painter, cell.area, cell.selected, cell.hovered} : noted(cell, words);
}

RowDelegate::Cell WorkflowDelegate::noted(const Cell& cell, const QString& words) {
    Cell rest{cell.painter, cell.area, cell.selected, cell.hovered};
    rest.area.setHeight(20);
    rest.area.moveTop(cell.area.center().y() - 19);
    Cell note{cell.painter, rest.area.translated(0, 19), cell.selected, cell.hovered};
    const auto& theme = Theme::get();
    text(note, words, theme.secondary(), theme.color(Token::mute), Qt::AlignRight | Qt::AlignVCenter);
    return rest;
}

void WorkflowDelegate::paintName(const Cell& cell, const QModelIndex& index) const {
    const auto& theme = Theme::get();
    Cell line{cell.painter, cell.area, cell.selected, cell.hovered};
    line.area.setHeight(20);
    line.area.moveTop(cell.area.center().y() - 19);
    text(line, index.data(WorkflowsModel::NameRole).toString(), theme.cardTitle(), theme.color(Token::text));
    line.area.translate(0, 19);
    const QString source = QStringLiteral("%1 · %2").arg(index.data(WorkflowsModel::ClassRole).toString(),
                                                         index.data(WorkflowsModel::ScriptRole).toString());
    text(line, fitting(source, theme.secondary(), line.area.width()), theme.secondary(),
         theme.color(Token::mute));
}

void WorkflowDelegate::paintActivity(const Cell& cell, const QModelIndex& index) const {
    const auto activity = index.data(WorkflowsModel::ActivityRole);
    if (!activity.isValid()) return;
    const auto bars = activity.value<api::WorkflowActivity>();
    const auto& theme = Theme::get();
    const auto most = std::max<std::int64_t>(1, *std::max_element(bars.created.begin(), bars.created.end()));
    constexpr int height = 24;
    const int step = std::clamp(cell.area.width() / 24, 3, 6);
    const int bottom = cell.area.center().y() + height / 2 + 1;
    QColor ordinary = theme.color(Token::accent);
    ordinary.setAlphaF(theme.dark() ? 0.6F : 0.55F);
    const auto scaled = [most](std::int64_t count) {
        return count == 0 ? 0 : std::max(1, static_cast<int>(count * height / most));
    };
    for (std::size_t hour = 0; hour < bars.created.size(); ++hour) {
        const int x = cell.area.left() + static_cast<int>(hour) * step;
        const int all = scaled(bars.created[hour]);
        const int failed =
            std::min(all, bars.errored[hour] == 0 ? 0 : std::max(2, scaled(bars.errored[hour])));
        if (all == 0) cell.painter.fillRect(QRect(x, bottom - 1, step - 1, 1), theme.color(Token::line));
        cell.painter.fillRect(QRect(x, bottom - all, step - 1, all - failed), ordinary);
        cell.painter.fillRect(QRect(x, bottom - failed, step - 1, failed), theme.color(Token::errored));
    }
}

void WorkflowDelegate::paintCount(const Cell& cell, const QModelIndex& index, api::Status status) const {
    const auto& theme = Theme::get();
    const auto count = index.data(WorkflowsModel::CountRole).toLongLong();
    constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;
    if (count == 0) return text(cell, format::count(0), theme.body(), theme.color(Token::mute), right);
    const QString number = format::number(count);
    text(cell, number, theme.body(), statusTextColor({status}, cell.selected), right);
    const int width = QFontMetrics(theme.body()).horizontalAdvance(number);
    const QRect box(cell.area.right() - width - 19, cell.area.center().y() - 7, 15, 15);
    auto* viewport = static_cast<TableView*>(parent())->viewport();
    paintStatusShape(cell.painter, box, {status},
                     status == api::Status::running ? ArcClock::get().phase(viewport, box) : 0);
}

}  // namespace stepwell
