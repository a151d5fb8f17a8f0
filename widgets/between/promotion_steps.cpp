#include "widgets/between/promotion_steps.h"

#include "models/text.h"
#include "models/visible_text.h"
#include "widgets/arc_clock.h"
#include "widgets/controls.h"
#include "widgets/fitted_label.h"
#include "widgets/format.h"

#include <QGridLayout>
#include <QPainter>
#include <QProgressBar>

namespace stepwell {
namespace {

using State = between::StepNow::State;

constexpr int signSize = 16;
constexpr int titleWidth = 190;
constexpr int barWidth = 160;
constexpr int barSteps = 1'000;

ShownStatus statusOf(State state) {
    switch (state) {
    case State::waiting:
        return {api::Status::queued};
    case State::running:
        return {api::Status::running};
    case State::done:
        return {api::Status::complete};
    case State::failed:
        return {api::Status::errored};
    case State::cancelled:
        break;
    }
    return {api::Status::terminated};
}

QString wordOf(State state) {
    switch (state) {
    case State::waiting:
        return PromotionSteps::tr("waiting");
    case State::running:
        return PromotionSteps::tr("under way");
    case State::done:
        return PromotionSteps::tr("done");
    case State::failed:
        return PromotionSteps::tr("failed");
    case State::cancelled:
        break;
    }
    return PromotionSteps::tr("cancelled");
}

QString detailOf(const between::StepNow& step) {
    QStringList parts;
    if (step.state == State::running) {
        if (step.allItems > 0)
            parts << PromotionSteps::tr("%1 of %2")
                         .arg(format::number(step.items), format::number(step.allItems));
        if (step.allBytes > 0)
            parts << PromotionSteps::tr("%1 of %2")
                         .arg(format::bytes(step.bytes), format::bytes(step.allBytes));
    }
    if (!step.detail.empty()) parts << visibleText(toQt(step.detail));
    if (parts.isEmpty() && step.state != State::done) parts << wordOf(step.state);
    return parts.join(QStringLiteral(" · "));
}

}  // namespace

/// The shape of a state, which turns while it is under way.
class PromotionSteps::Sign : public QWidget {
  public:
    Sign() { setFixedSize(signSize, signSize); }
    void setState(State state) {
        state_ = state;
        update();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const qreal phase = state_ == State::running ? ArcClock::get().phase(this, rect()) : 0;
        paintStatusShape(painter, QRectF(rect()).adjusted(1, 1, -1, -1), statusOf(state_), phase);
    }

  private:
    State state_ = State::waiting;
};

PromotionSteps::PromotionSteps(QWidget* parent)
    : QWidget(parent)
    , grid_(new QGridLayout) {
    setObjectName("promotionSteps");
    setFocusPolicy(Qt::TabFocus);
    grid_->setContentsMargins(20, 20, 20, 20);
    grid_->setHorizontalSpacing(12);
    grid_->setVerticalSpacing(14);
    grid_->setColumnMinimumWidth(1, titleWidth);
    grid_->setColumnStretch(2, 1);
    setLayout(grid_);
}

void PromotionSteps::addRow() {
    const int at = static_cast<int>(rows_.size());
    const Row row{new Sign, makeLabel(QString(), "cardTitle"), new FittedLabel("mute"), new QProgressBar};
    row.bar->setTextVisible(false);
    row.bar->setFixedWidth(barWidth);
    grid_->addWidget(row.sign, at, 0, Qt::AlignTop);
    grid_->addWidget(row.title, at, 1, Qt::AlignTop);
    grid_->addWidget(row.detail, at, 2, Qt::AlignTop);
    grid_->addWidget(row.bar, at, 3, Qt::AlignTop);
    rows_.push_back(row);
}

void PromotionSteps::setSteps(const std::vector<between::StepNow>& steps) {
    while (rows_.size() < steps.size())
        addRow();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const auto& row = rows_[i];
        const bool there = i < steps.size();
        for (auto* widget : std::initializer_list<QWidget*>{row.sign, row.title, row.detail})
            widget->setVisible(there);
        row.bar->setVisible(there && steps[i].state == State::running);
        if (!there) continue;
        const auto& step = steps[i];
        row.sign->setState(step.state);
        row.title->setText(toQt(step.title));
        row.title->setAccessibleName(toQt(step.title) + QStringLiteral(": ") + wordOf(step.state));
        row.detail->setWhole(detailOf(step));
        setLook(row.detail, "kind", step.state == State::failed ? "error" : "mute");
        const bool counts = step.allBytes > 0 || step.allItems > 0;
        const auto all = static_cast<double>(step.allBytes > 0 ? step.allBytes : step.allItems);
        const auto done = static_cast<double>(step.allBytes > 0 ? step.bytes : step.items);
        row.bar->setRange(0, counts ? barSteps : 0);
        if (counts) row.bar->setValue(static_cast<int>(done / all * barSteps));
    }
    shown_ = steps;
}

QStringList PromotionSteps::lines() const {
    QStringList lines;
    for (const auto& step : shown_) {
        const QString detail = detailOf(step);
        lines << toQt(step.title) + QStringLiteral(": ") + wordOf(step.state) +
                     (detail.isEmpty() || detail == wordOf(step.state) ? QString()
                                                                       : QStringLiteral(", ") + detail);
    }
    return lines;
}

}  // namespace stepwell
