#include "widgets/backends/freshness_bar.h"

#include "widgets/controls.h"
#include "widgets/format.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>

namespace stepwell {
namespace {

constexpr int barHeight = 34;
constexpr int ageingMs = 30'000;

/// "12:03", or with its day when that is another one.
QString clock(api::Time time) {
    const auto at = QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count());
    const bool today = at.date() == QDate::currentDate();
    return QLocale().toString(at, today ? QStringLiteral("HH:mm") : QStringLiteral("d MMM HH:mm"));
}

}  // namespace

FreshnessBar::FreshnessBar(QWidget* parent)
    : QWidget(parent)
    , text_(new ElidedLabel)
    , retry_(makeButton(tr("Try again"), "link")) {
    setObjectName("freshnessBar");
    setFixedHeight(barHeight);
    text_->setObjectName("freshnessText");
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(38, 2, 12, 3);
    layout->setSpacing(8);
    layout->addWidget(text_, 1);
    layout->addWidget(retry_);
    connect(retry_, &QPushButton::clicked, this, &FreshnessBar::retryRequested);
    ageing_.setInterval(ageingMs);
    connect(&ageing_, &QTimer::timeout, this, &FreshnessBar::update);
    hide();
}

void FreshnessBar::setBackend(Backend* backend) {
    if (backend_ != nullptr) backend_->disconnect(this);
    backend_ = backend;
    lostAt_.reset();
    if (backend != nullptr) connect(backend, &Backend::freshnessChanged, this, &FreshnessBar::update);
    update();
}

void FreshnessBar::setReachable(bool reachable) {
    if (reachable)
        lostAt_.reset();
    else if (!lostAt_)
        lostAt_ = format::now();
    update();
}

void FreshnessBar::update() {
    const auto freshness = backend_ != nullptr ? backend_->freshness() : Freshness{};
    const bool isStale =
        backend_ != nullptr && (lostAt_ || freshness.shownFrom || !freshness.reason.isEmpty());
    if (isStale) {
        const QString name = backend_->name();
        const QString first = lostAt_
                                  ? tr("Not connected to %1 since %2 (%3).")
                                        .arg(name, clock(*lostAt_), format::relative(*lostAt_, format::now()))
                                  : tr("Not connected to %1.").arg(name);
        const QString second =
            freshness.shownFrom
                ? tr("What you see was read at %1 (%2) or later.")
                      .arg(clock(*freshness.shownFrom), format::relative(*freshness.shownFrom, format::now()))
                : tr("What you see is from before.");
        text_->setText(QStringLiteral("%1 %2").arg(first, second));
        text_->setToolTip(freshness.reason);
        setAccessibleName(text_->text());
        ageing_.start();
        QWidget::update();
    } else {
        ageing_.stop();
    }
    setVisible(isStale);
}

QString FreshnessBar::text() const {
    return isHidden() ? QString() : text_->text();
}

void FreshnessBar::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.fillRect(rect(), theme.color(Token::surface));
    QColor tint = theme.color(Token::waiting);
    tint.setAlphaF(theme.dark() ? 0.16F : 0.10F);
    painter.fillRect(rect(), tint);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::line));
    paintStatusShape(painter, QRectF(16, (height() - 15) / 2.0, 14, 14), {api::Status::waiting});
}

}  // namespace stepwell
