#include "widgets/instance/instance_facts.h"

#include "models/json/json_document.h"
#include "models/visible_text.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/instance/texts.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace stepwell {
namespace {

constexpr int gap = 26;
constexpr int side = 14;

QString preview(const std::string& json) {
    return QString::fromStdString(json::oneLine(json, 90));
}

QString rollbackText(const api::RollbackOutcome& outcome) {
    if (!outcome.other.empty()) return visibleText(QString::fromStdString(outcome.other).left(60));
    return outcome.complete ? QObject::tr("Complete") : QObject::tr("Failed");
}

std::optional<api::Milliseconds> lengthOf(const api::InstanceDetail& detail, api::Time now) {
    if (!detail.start) return std::nullopt;
    if (api::isFinal(detail.status) && !detail.end) return std::nullopt;
    return std::max(detail.end.value_or(now) - *detail.start, api::Milliseconds(0));
}

}  // namespace

InstanceFacts::InstanceFacts(QWidget* parent)
    : QFrame(parent) {
    setProperty("kind", "card");
    setFixedHeight(60);
    setAccessibleName(tr("Facts of the run"));
    connect(&Theme::get(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void InstanceFacts::setDetail(const api::InstanceDetail& detail, api::Time now) {
    facts_.clear();
    if (detail.start)
        facts_.push_back(
            {tr("Started"), texts::moment(*detail.start, now), format::fullStamp(*detail.start)});
    else if (detail.queued)
        facts_.push_back(
            {tr("Queued"), texts::moment(*detail.queued, now), format::fullStamp(*detail.queued)});
    const bool over = api::isFinal(detail.status);
    if (const auto length = lengthOf(detail, now))
        facts_.push_back({over ? tr("Duration") : tr("Running for"), format::duration(*length),
                          format::exactDuration(*length)});
    if (detail.cpu)
        facts_.push_back({tr("CPU time"), format::duration(*detail.cpu), format::exactDuration(*detail.cpu)});
    if (detail.rollback)
        facts_.push_back({tr("Rollback"), rollbackText(*detail.rollback),
                          detail.rollback->error ? texts::error(*detail.rollback->error) : QString(), false,
                          !detail.rollback->complete && detail.rollback->other.empty()});
    const QString version = QString::fromStdString(detail.versionId);
    if (detail.versionNumber > 0)
        facts_.push_back({tr("Version"), QStringLiteral("v%1").arg(detail.versionNumber), version});
    else if (!version.isEmpty())
        facts_.push_back({tr("Version"), version.left(8), version, true});
    facts_.push_back({tr("Trigger"), texts::trigger(detail.trigger, detail.otherTrigger), {}});
    if (detail.error)
        facts_.push_back({tr("Error"), texts::error(*detail.error).simplified(), texts::error(*detail.error),
                          false, true});
    if (!detail.params.empty() && detail.params != "null")
        facts_.push_back({tr("Params"), preview(detail.params), tr("The whole is in the inspector"), true});
    if (detail.output)
        facts_.push_back({tr("Output"), preview(*detail.output), tr("The whole is in the inspector"), true});
    setAccessibleDescription(asText());
    update();
}

void InstanceFacts::tick(const api::InstanceDetail& detail, api::Time now) {
    const auto length = lengthOf(detail, now);
    if (!length || facts_.size() < 2 || api::isFinal(detail.status)) return;
    const QString text = format::duration(*length);
    if (facts_[1].value == text) return;
    facts_[1].value = text;
    facts_[1].hint = format::exactDuration(*length);
    update();
}

QString InstanceFacts::asText() const {
    QStringList parts;
    for (const Fact& fact : facts_)
        parts << fact.name + QLatin1Char(' ') + fact.value;
    return parts.join(QStringLiteral(" | "));
}

/// Short facts get what they need; the JSON previews at the end share the rest.
std::vector<InstanceFacts::Place> InstanceFacts::places() const {
    const QFontMetrics names(Theme::get().secondary());
    const QFontMetrics values(Theme::get().body());
    const QFontMetrics mono(Theme::get().mono(12));
    const auto isLong = [](const Fact& fact) { return fact.mono || fact.value.size() > 24; };
    const auto wants = [&](const Fact& fact) {
        const int value = (fact.mono ? mono : values).horizontalAdvance(fact.value) + 2;
        return std::max(names.horizontalAdvance(fact.name), value);
    };
    int fixed = 0;
    int longOnes = 0;
    for (const Fact& fact : facts_) {
        fixed += gap + (isLong(fact) ? 0 : wants(fact));
        longOnes += isLong(fact) ? 1 : 0;
    }
    int room = std::max(0, width() - 2 * side - fixed + gap);
    std::vector<Place> result;
    int x = side;
    for (const Fact& fact : facts_) {
        int wide = wants(fact);
        if (isLong(fact)) {
            wide = std::min(wide, room / longOnes--);
            room -= wide;
        }
        result.push_back({QRect(x, 0, wide, height()),
                          (fact.mono ? mono : values).elidedText(fact.value, Qt::ElideRight, wide)});
        x += wide + gap;
    }
    return result;
}

void InstanceFacts::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    const Theme& theme = Theme::get();
    QPainter painter(this);
    const auto spots = places();
    for (std::size_t i = 0; i < facts_.size(); ++i) {
        const Fact& fact = facts_[i];
        const QRect rect = spots[i].rect;
        painter.setFont(theme.secondary());
        painter.setPen(theme.color(Token::mute));
        painter.drawText(QRect(rect.left(), 11, rect.width(), 18), Qt::AlignVCenter, fact.name);
        painter.setFont(fact.mono ? theme.mono(12) : theme.body());
        painter.setPen(theme.color(fact.bad ? Token::errored : Token::text));
        painter.drawText(QRect(rect.left(), 30, rect.width() + 2, 18), Qt::AlignVCenter, spots[i].text);
    }
}

bool InstanceFacts::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QFrame::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto spots = places();
    for (std::size_t i = 0; i < spots.size(); ++i)
        if (spots[i].rect.contains(help->pos())) QToolTip::showText(help->globalPos(), facts_[i].hint, this);
    return true;
}

}  // namespace stepwell
