#include "widgets/instance_delegate.h"

#include "models/instances_model.h"
#include "widgets/format.h"

#include <QDateTime>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace stepwell {
namespace {

Token segmentToken(const api::StepGlimpse& step) {
    using api::StepKind;
    using api::StepState;
    if (step.state == StepState::errored) return Token::errored;
    if (step.state == StepState::retrying) return Token::waiting;
    if (step.kind == StepKind::sleep || step.kind == StepKind::sleepUntil) return Token::sleeping;
    if (step.state == StepState::running)
        return step.kind == StepKind::waitForEvent ? Token::waiting : Token::running;
    return Token::complete;
}

/// 3 px for nothing, 22 px for a day and more.
qreal segmentWidth(api::Milliseconds duration) {
    const double ms = std::max(1.0, static_cast<double>(duration.count()));
    return std::clamp(3 + std::log10(ms) * 2.4, 3.0, 22.0);
}

QString createdText(const QModelIndex& index) {
    const QDateTime created = index.data(InstancesModel::CreatedRole).toDateTime();
    if (!created.isValid()) return QStringLiteral("–");
    return format::relative(api::Time(api::Milliseconds(created.toMSecsSinceEpoch())), format::now());
}

}  // namespace

void paintGlimpse(QPainter& painter, const QRect& area, const std::vector<api::StepGlimpse>& steps) {
    if (steps.empty()) return;
    constexpr qreal gap = 2;
    qreal wanted = -gap;
    for (const auto& step : steps)
        wanted += segmentWidth(step.duration) + gap;
    const qreal gaps = gap * static_cast<qreal>(steps.size() - 1);
    const qreal room = std::min<qreal>(area.width(), 160);
    const qreal scale = wanted <= room ? 1 : std::max(0.1, (room - gaps) / (wanted - gaps));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    qreal x = area.left();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        QColor color = Theme::get().color(segmentToken(steps[i]));
        const bool quiet = i + 1 < steps.size() && steps[i].state == api::StepState::complete;
        if (quiet) color.setAlphaF(0.5F);
        const qreal width = std::max<qreal>(1, segmentWidth(steps[i].duration) * scale);
        painter.setBrush(color);
        painter.drawRoundedRect(QRectF(x, area.center().y() - 3.5, width, 8), 1.5, 1.5);
        x += width + gap;
        if (x > area.right()) break;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void InstanceDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto& theme = Theme::get();
    if (index.data(InstancesModel::PlaceholderRole).toBool()) {
        const int width = std::min(cell.area.width(), 40 + index.column() * 17 % 60);
        const QRect bar(cell.area.left(), cell.area.center().y() - 4, width, 8);
        cell.painter.fillRect(bar, theme.color(Token::line2));
        return;
    }
    const QString words = index.data(Qt::DisplayRole).toString();
    const QColor mute = theme.color(Token::mute);
    constexpr auto left = Qt::AlignLeft | Qt::AlignVCenter;
    constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;
    switch (index.column()) {
    case InstancesModel::StatusColumn: {
        const ShownStatus shown{static_cast<api::Status>(index.data(InstancesModel::StatusRole).toInt()),
                                index.data(InstancesModel::SleepingRole).toBool()};
        // One that is new to this program, as it came.
        return status(cell, shown, shown.status == api::Status::unknown ? words : statusWord(shown));
    }
    case InstancesModel::Instance:
        return text(cell, words, theme.mono(12), theme.color(Token::text), left, Qt::ElideMiddle);
    case InstancesModel::Steps:
        return paintGlimpse(cell.painter, cell.area,
                            index.data(InstancesModel::GlimpseRole).value<std::vector<api::StepGlimpse>>());
    case InstancesModel::Duration:
        return text(cell, words, theme.body(), mute, right);
    case InstancesModel::Retries:
        return text(cell, words, theme.body(), mute, right);
    case InstancesModel::Version:
        return text(cell, words, theme.mono(12), mute);
    case InstancesModel::Created:
        return text(cell, createdText(index), theme.body(), mute);
    default:
        return text(cell, words, theme.body(), mute);
    }
}

}  // namespace stepwell
