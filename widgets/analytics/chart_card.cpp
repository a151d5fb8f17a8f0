#include "widgets/analytics/chart_card.h"

#include "widgets/analytics/legend.h"
#include "widgets/analytics/plot_view.h"
#include "widgets/controls.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace stepwell::analytics {
namespace {

constexpr int cardHeight = 236;
constexpr int legendLine = 18;  // in pictures
constexpr int titleLine = 22;

}  // namespace

ChartCard::ChartCard(QWidget* parent)
    : QFrame(parent)
    , chart_(std::make_shared<Chart>())
    , title_(makeLabel(QString(), "cardTitle"))
    , subtitle_(new ElidedLabel)
    , more_(new QToolButton)
    , menu_(new QMenu(this))
    , legend_(new Legend)
    , plot_(new PlotView)
    , empty_(makeLabel(QString(), "small")) {
    setProperty("kind", "card");
    setFixedHeight(cardHeight);
    subtitle_->setProperty("kind", "small");
    layOut();
    makeMenu();
    connect(plot_, &PlotView::rangePicked, this, &ChartCard::rangePicked);
    connect(plot_, &PlotView::spotChosen, this, &ChartCard::spotChosen);
    connect(legend_, &Legend::toggled, this, [this](const QString& key, bool shown) {
        if (shown)
            hidden_.remove(key);
        else
            hidden_.insert(key);
        apply();
    });
}

void ChartCard::layOut() {
    more_->setText(QStringLiteral("···"));
    more_->setFocusPolicy(Qt::TabFocus);
    more_->setPopupMode(QToolButton::InstantPopup);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->hide();
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title_);
    head->addWidget(subtitle_, 1);
    head->addWidget(more_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setSpacing(2);
    layout->addLayout(head);
    layout->addWidget(legend_);
    layout->addWidget(plot_, 1);
    layout->addWidget(empty_, 1);
}

void ChartCard::makeMenu() {
    connect(menu_->addAction(tr("Show the query behind this chart")), &QAction::triggered, this,
            [this] { emit queryRequested(chart_->query); });
    menu_->addSeparator();
    const auto addExport = [this](const QString& text, FileKind kind) {
        connect(menu_->addAction(text), &QAction::triggered, this,
                [this, kind] { emit exportRequested(kind); });
    };
    addExport(tr("Export as CSV…"), FileKind::csv);
    addExport(tr("Export as JSON…"), FileKind::json);
    addExport(tr("Export as PNG…"), FileKind::png);
    addExport(tr("Export as SVG…"), FileKind::svg);
    more_->setMenu(menu_);
}

void ChartCard::setChart(std::shared_ptr<const Chart> chart) {
    chart_ = std::move(chart);
    title_->setText(chart_->title);
    subtitle_->setText(chart_->subtitle);
    subtitle_->updateGeometry();
    more_->setAccessibleName(tr("More about %1").arg(chart_->title));
    apply();
}

void ChartCard::setNothing(const QString& words) {
    if (nothing_ == words) return;
    nothing_ = words;
    apply();
}

void ChartCard::setDrillable(bool drillable) {
    plot_->setDrillable(drillable);
}

void ChartCard::apply() {
    const bool has = chart_->hasData();
    legend_->show(has ? chart_->series : std::vector<Series>(), hidden_);
    plot_->setChart(chart_, hidden_);
    plot_->setVisible(has);
    empty_->setText(nothing_);
    empty_->setVisible(!has);
}

void ChartCard::paintInto(QPainter& painter, const QRectF& target) const {
    const auto& theme = Theme::get();
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    QRectF line(target.left(), target.top(), target.width(), titleLine);
    painter.setFont(theme.cardTitle());
    painter.setPen(theme.color(Token::text));
    painter.drawText(line, Qt::AlignVCenter, chart_->title);
    const double titleWidth = QFontMetricsF(theme.cardTitle()).horizontalAdvance(chart_->title);
    painter.setFont(theme.secondary());
    painter.setPen(theme.color(Token::mute));
    painter.drawText(line.adjusted(titleWidth + 10, 0, 0, 0), Qt::AlignVCenter, chart_->subtitle);
    double used = titleLine;
    if (chart_->series.size() > 1) {
        painter.setFont(theme.axis());
        const QFontMetricsF metrics(theme.axis());
        double x = target.left();
        for (const auto& series : chart_->series) {
            if (hidden_.contains(series.key)) continue;
            const double width = metrics.horizontalAdvance(series.name) + 28;
            if (x > target.left() && x + width > target.right()) {
                x = target.left();
                used += legendLine;
            }
            const QRectF entry(x, target.top() + used, width, legendLine);
            painter.setPen(Qt::NoPen);
            painter.setBrush(toneColor(series.tone));
            painter.drawRoundedRect(QRectF(x, entry.center().y() - 4, 8, 8), 2, 2);
            painter.setPen(theme.color(Token::mute));
            painter.drawText(entry.adjusted(14, 0, 0, 0), Qt::AlignVCenter, series.name);
            x += width;
        }
        used += legendLine + 2;
    }
    PlotScene scene;
    const QRectF room = target.adjusted(0, used, 0, 0);
    scene.show(*chart_, hidden_, room.size());
    scene.paint(painter, room);
    painter.restore();
}

}  // namespace stepwell::analytics
