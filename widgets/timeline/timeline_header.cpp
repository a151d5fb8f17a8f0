#include "widgets/timeline/timeline_header.h"

#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/timeline/timeline_view.h"

#include <QHBoxLayout>

namespace stepwell {

TimelineHeader::TimelineHeader(TimelineView& view, Title title, QWidget* parent)
    : QWidget(parent)
    , view_(view)
    , summary_(new ElidedLabel)
    , failures_(new Chip(tr("Failures only")))
    , squeeze_(new Chip(tr("Squeeze idle"))) {
    setFixedHeight(40);
    summary_->setProperty("kind", "mute");
    auto* fit = new Chip(tr("Fit"));
    fit->setToolTip(tr("Show the whole run (F)"));
    failures_->setCheckable(true);
    failures_->setToolTip(
        tr("Only steps of which an attempt failed. N and P go to the next and the previous one"));
    squeeze_->setCheckable(true);
    squeeze_->setToolTip(tr("Draw long stretches in which nothing executes short"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    if (title == Title::shown) row->addWidget(makeLabel(tr("Timeline"), "cardTitle"));
    row->addWidget(summary_, 1);
    for (Chip* chip : {failures_, squeeze_, fit})
        row->addWidget(chip);

    auto& zoom = view_.zoom();
    connect(failures_, &Chip::toggled, &zoom, &timeline::Zoom::setFailuresOnly);
    connect(squeeze_, &Chip::toggled, &zoom, &timeline::Zoom::setSqueezesIdle);
    connect(fit, &Chip::clicked, &zoom, &timeline::Zoom::fit);
    connect(&zoom, &timeline::Zoom::filterChanged, this, &TimelineHeader::update);
    connect(&view_, &TimelineView::summaryChanged, this, &TimelineHeader::update);
    update();
}

QString TimelineHeader::summary() const {
    const auto& layout = view_.layoutOfRun();
    const auto steps = static_cast<std::int64_t>(layout.stepCount());
    QStringList parts{steps == 1 ? tr("1 step") : tr("%1 steps").arg(format::number(steps))};
    const int failed = layout.failedAttempts();
    if (failed > 0)
        parts << (failed == 1 ? tr("1 attempt failed")
                              : tr("%1 attempts failed").arg(format::number(failed)));
    const QString length = format::duration(std::chrono::round<api::Milliseconds>(view_.now()));
    parts << (layout.isLive() ? tr("%1 so far").arg(length) : length);
    return parts.join(QStringLiteral(" · "));
}

void TimelineHeader::update() {
    const QString text = summary();
    if (text != summary_->text()) summary_->setText(text);
    failures_->setChecked(view_.zoom().failuresOnly());
    squeeze_->setChecked(view_.zoom().squeezesIdle());
}

}  // namespace stepwell
