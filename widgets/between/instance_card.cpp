#include "widgets/between/instance_card.h"

#include "models/between/instance_comparison.h"
#include "widgets/controls.h"
#include "widgets/format.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace stepwell {

InstanceCard::InstanceCard(const QString& side, QWidget* parent)
    : QFrame(parent)
    , name_(new ElidedLabel({}, Qt::ElideMiddle))
    , badge_(new StatusBadge)
    , facts_(new ElidedLabel) {
    setProperty("kind", "card");
    setAccessibleName(side);
    name_->setFont(Theme::get().mono(13));
    name_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setLook(facts_, "kind", "small");
    auto* first = new QHBoxLayout;
    first->setSpacing(8);
    first->addWidget(makeLabel(side, "small"));
    first->addWidget(name_, 1);
    first->addWidget(badge_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(2);
    column->addLayout(first);
    column->addWidget(facts_);
    badge_->hide();
}

void InstanceCard::show(const QString& backend, const QString& workflow, const api::InstanceDetail& detail) {
    name_->setText(QString::fromStdString(detail.id));
    badge_->setProperty("otherStatus", QString::fromStdString(detail.otherStatus));
    badge_->setStatus({detail.status, detail.sleeping});
    badge_->show();
    QStringList facts{workflow, backend};
    if (detail.versionNumber > 0) facts << QStringLiteral("v%1").arg(detail.versionNumber);
    const auto steps = static_cast<std::int64_t>(detail.steps.size());
    facts << (steps == 1 ? tr("1 step") : tr("%1 steps").arg(format::number(steps)));
    if (const auto duration = between::durationOf(detail)) facts << format::duration(*duration);
    if (detail.start) facts << format::relative(*detail.start, format::now());
    facts_->setText(facts.join(QStringLiteral(" · ")));
}

void InstanceCard::say(const QString& text) {
    name_->setText({});
    badge_->hide();
    facts_->setText(text);
}

}  // namespace stepwell
