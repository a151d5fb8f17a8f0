#include "widgets/analytics/tile_row.h"

#include "widgets/format.h"

#include <QGridLayout>

#include <cmath>

namespace stepwell::analytics {
namespace {

using Mood = StatTile::Mood;

constexpr int gapBetween = 12;
constexpr int leastWidth = 140;
constexpr double quietPercent = 2;  // changes below are neither good nor bad

/// With the sign of arithmetic, as the look has it.
QString signedText(double value, int digits, const QString& unit) {
    const QString number = QString::number(std::abs(value), 'f', digits);
    return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + number + unit;
}

Mood moodOf(double now, double before, bool moreIsGood) {
    if (before <= 0 || std::abs(now - before) / before * 100 < quietPercent) return Mood::neutral;
    return (now > before) == moreIsGood ? Mood::good : Mood::bad;
}

void showTime(StatTile* tile, const std::optional<double>& now, const std::optional<double>& before) {
    if (!now) return tile->setFigure(QStringLiteral("–"));
    tile->setFigure(valueText(*now, Unit::milliseconds), before ? relativeChange(*now, *before) : QString());
}

}  // namespace

QString relativeChange(double now, double before) {
    if (!(before > 0) || !std::isfinite(now)) return {};
    const double percent = (now - before) / before * 100;
    if (std::abs(percent) < 0.5) return QStringLiteral("±0 %");
    if (percent > 999) return QStringLiteral("> +999 %");
    return signedText(percent, 0, QStringLiteral(" %"));
}

TileRow::TileRow(QWidget* parent)
    : QWidget(parent)
    , grid_(new QGridLayout(this))
    , instances_(new StatTile(tr("Instances")))
    , success_(new StatTile(tr("Success")))
    , wall_(new StatTile(tr("Wall p50 · p99")))
    , cpu_(new StatTile(tr("CPU time")))
    , retries_(new StatTile(tr("Retries")))
    , cost_(new StatTile(tr("On Cloudflare"))) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setSpacing(gapBetween);
    cost_->hide();
    cost_->setOpens(true);
    connect(cost_, &QAbstractButton::clicked, this, &TileRow::costRequested);
    arrange();
}

void TileRow::setCost(const QString& value, const QString& note) {
    cost_->setFigure(value);
    cost_->setNote(note);
    if (cost_->isHidden() != value.isEmpty()) columns_ = 0;
    cost_->setVisible(!value.isEmpty());
    arrange();
}

QList<StatTile*> TileRow::tiles() const {
    QList<StatTile*> all = {instances_, success_, wall_, cpu_, retries_};
    if (!cost_->isHidden()) all.append(cost_);
    return all;
}

void TileRow::show(const PageData& page) {
    const auto& now = page.totals;
    const auto& before = page.before;
    const double started = now.count("WORKFLOW_START");
    instances_->setFigure(format::count(std::llround(started)),
                          relativeChange(started, before.count("WORKFLOW_START")),
                          moodOf(started, before.count("WORKFLOW_START"), true));
    const auto rate = now.successRate();
    const auto rateBefore = before.successRate();
    const double points = rate && rateBefore ? *rate - *rateBefore : 0;
    success_->setFigure(rate ? valueText(*rate, Unit::percent) : QStringLiteral("–"),
                        !rate || !rateBefore      ? QString()
                        : std::abs(points) < 0.05 ? QStringLiteral("±0")
                                                  : signedText(points, 1, {}),
                        std::abs(points) < 0.05 ? Mood::neutral
                        : points > 0            ? Mood::good
                                                : Mood::bad);
    if (now.wallP50 && now.wallP99) {
        wall_->setText(tr("Wall p50 · p99"));
        const double was = before.wallP99.value_or(0);
        wall_->setFigure(QStringLiteral("%1 · %2").arg(valueText(*now.wallP50, Unit::milliseconds),
                                                       valueText(*now.wallP99, Unit::milliseconds)),
                         relativeChange(*now.wallP99, was), moodOf(*now.wallP99, was, false));
    } else {
        wall_->setText(tr("Wall, mean"));
        showTime(wall_, now.wallMean, before.wallMean);
    }
    showTime(cpu_, now.cpuTime, before.cpuTime);
    retries_->setFigure(now.retries ? format::count(std::llround(*now.retries)) : QStringLiteral("–"),
                        now.retries ? relativeChange(*now.retries, before.retries.value_or(0)) : QString(),
                        moodOf(now.retries.value_or(0), before.retries.value_or(0), false));
}

void TileRow::resizeEvent(QResizeEvent*) {
    arrange();
}

void TileRow::arrange() {
    const auto shown = tiles();
    const int count = static_cast<int>(shown.size());
    const int fit = std::max(1, (width() + gapBetween) / (leastWidth + gapBetween));
    // In two lines, as even as they can be.
    const int columns = fit >= count ? count : std::max(1, std::min(fit, (count + 1) / 2));
    if (columns == columns_) return;
    columns_ = columns;
    while (auto* item = grid_->takeAt(0))
        delete item;
    for (int i = 0; i < count; ++i)
        grid_->addWidget(shown[i], i / columns, i % columns);
    for (int i = 0; i < 6; ++i)
        grid_->setColumnStretch(i, i < columns ? 1 : 0);
}

}  // namespace stepwell::analytics
