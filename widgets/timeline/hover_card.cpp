#include "widgets/timeline/hover_card.h"

#include "widgets/controls.h"
#include "widgets/format.h"

#include <QPainter>

namespace stepwell::timeline {
namespace {

constexpr int widest = 380;
constexpr int inset = 10;
constexpr int lineHeight = 18;

QString span(Moment length) {
    return format::duration(std::chrono::round<api::Milliseconds>(length));
}

const api::Step* stepOf(const api::InstanceDetail& detail, int index) {
    const auto found =
        std::lower_bound(detail.steps.begin(), detail.steps.end(), index,
                         [](const api::Step& step, int wanted) { return step.index < wanted; });
    return found != detail.steps.end() && found->index == index ? &*found : nullptr;
}

ShownStatus shownOf(const Bar& bar) {
    using api::Status;
    if (bar.state == BarState::errored) return {Status::errored, false};
    if (bar.state == BarState::stopped) return {Status::terminated, false};
    if (bar.kind == BarKind::rollback) return {Status::rollingBack, false};
    if (bar.state == BarState::complete) return {Status::complete, false};
    if (bar.kind == BarKind::sleep) return {Status::waiting, true};
    return {bar.kind == BarKind::attempt || bar.kind == BarKind::request ? Status::running : Status::waiting,
            false};
}

QString wordOf(const Bar& bar) {
    if (bar.kind == BarKind::wait) return QObject::tr("Waits after attempt %1").arg(bar.number);
    if (bar.state == BarState::errored && bar.kind == BarKind::eventWait) return QObject::tr("Timed out");
    if (bar.state == BarState::errored) return QObject::tr("Failed");
    if (bar.state == BarState::stopped) return QObject::tr("Stopped with the instance");
    if (bar.kind == BarKind::rollback)
        return bar.state == BarState::complete ? QObject::tr("Undone") : QObject::tr("Undoing");
    if (bar.state == BarState::complete)
        return bar.kind == BarKind::eventWait ? QObject::tr("Event received") : QObject::tr("Complete");
    if (bar.kind == BarKind::sleep) return QObject::tr("Sleeping");
    return bar.kind == BarKind::eventWait ? QObject::tr("Waiting for the event") : QObject::tr("Running");
}

void addAttempt(CardText& card, const Bar& bar, const api::Step& step) {
    const auto count = step.attempts.size();
    if (bar.number < 1 || static_cast<std::size_t>(bar.number) > count) return;
    const api::Attempt& attempt = step.attempts.at(static_cast<std::size_t>(bar.number) - 1);
    if (count > 1)
        card.facts.emplace_back(QObject::tr("Attempt"), QObject::tr("%1 of %2").arg(bar.number).arg(count));
    if (bar.kind == BarKind::wait && attempt.retryOn)
        card.facts.emplace_back(QObject::tr("Next attempt"), format::fullStamp(*attempt.retryOn));
    if (attempt.cpu) card.facts.emplace_back(QObject::tr("CPU time"), format::duration(*attempt.cpu));
    if (attempt.error)
        card.error = QString::fromStdString(attempt.error->name + ": " + attempt.error->message).left(300);
}

void addRequest(CardText& card, const api::OutboundRequest& request) {
    card.title = QString::fromStdString(request.method + " " + request.url).left(400);
    if (request.status > 0) card.facts.emplace_back(QObject::tr("Status"), QString::number(request.status));
    card.facts.emplace_back(QObject::tr("Sent"), format::bytes(request.requestBytes));
    card.facts.emplace_back(QObject::tr("Received"), format::bytes(request.responseBytes));
    card.error = QString::fromStdString(request.error).left(300);
}

/// Of all steps in it: what one of them took says nothing about a group.
void addGroup(CardText& card, const Layout& layout, const Row& row, Moment now) {
    int failed = 0;
    for (std::size_t i = row.entry; i < row.entry + row.count; ++i)
        failed += layout.entries().at(i).failed ? 1 : 0;
    card.facts.emplace_back(QObject::tr("Steps"), format::number(static_cast<std::int64_t>(row.count)));
    const BarList& bars = layout.bars(row);
    if (!bars.empty()) {
        const Moment from = bars.at(0).start;
        Moment to = from;
        for (std::size_t i = 0; i < bars.size(); ++i)
            to = std::max(to, bars.at(i).endAt(now));
        card.facts.emplace_back(QObject::tr("First starts at"), span(from));
        card.facts.emplace_back(QObject::tr("From first to last"), span(to - from));
    }
    card.facts.emplace_back(QObject::tr("With failures"), format::count(failed));
}

}  // namespace

CardText cardFor(const Layout& layout, const Row& row, const Bar* bar, const api::InstanceDetail& detail,
                 Moment now) {
    CardText card;
    card.title = layout.label(row);
    card.monoTitle = row.id.kind == RowKind::request;
    const BarList& bars = layout.bars(row);
    const bool isGroup = row.id.kind == RowKind::group;
    if (bar == nullptr && !bars.empty() && !isGroup) bar = &bars.at(bars.size() - 1);
    if (bar != nullptr && !isGroup) {
        card.status = shownOf(*bar);
        card.word = wordOf(*bar);
        card.facts.emplace_back(bar->open ? QObject::tr("So far") : QObject::tr("Took"),
                                span(bar->endAt(now) - bar->start));
        card.facts.emplace_back(QObject::tr("Starts at"), span(bar->start));
    }
    const api::Step* step = stepOf(detail, row.id.step);
    if (row.id.kind == RowKind::group) {
        addGroup(card, layout, row, now);
    } else if (row.id.kind == RowKind::request && bar != nullptr) {
        const auto& requests = step != nullptr ? step->requests : detail.requests;
        const auto at = static_cast<std::size_t>(bar->number);
        if (at < requests.size()) addRequest(card, requests.at(at));
    } else if (bar != nullptr && step != nullptr) {
        addAttempt(card, *bar, *step);
        const QString& words = layout.entry(row).words;
        if (!words.isEmpty()) card.facts.emplace_back(QObject::tr("What"), words);
    }
    return card;
}

HoverCard::HoverCard(QWidget* owner)
    : FloatingCard(owner) {}

int HoverCard::factColumn() const {
    const QFontMetrics metrics(Theme::get().secondary());
    int width = 0;
    for (const auto& [name, value] : text_.facts)
        width = std::max(width, metrics.horizontalAdvance(name));
    return width + 14;
}

QSize HoverCard::measure() const {
    const QFontMetrics title(text_.monoTitle ? Theme::get().mono(12) : Theme::get().cardTitle());
    const QFontMetrics body(Theme::get().secondary());
    int width = std::max(title.horizontalAdvance(text_.title), body.horizontalAdvance(text_.word) + 22);
    for (const auto& [name, value] : text_.facts)
        width = std::max(width, factColumn() + body.horizontalAdvance(value));
    width = std::max(width, std::min(body.horizontalAdvance(text_.error), widest - 2 * inset));
    width = std::clamp(width, 120, widest - 2 * inset);
    int height = 2 * inset + lineHeight + static_cast<int>(text_.facts.size()) * lineHeight;
    if (!text_.word.isEmpty()) height += lineHeight + 4;
    if (!text_.error.isEmpty())
        height += 6 + body.boundingRect(QRect(0, 0, width, 200), Qt::TextWordWrap, text_.error).height();
    return {width + 2 * inset, height};
}

void HoverCard::showAt(const CardText& text, const QRect& spot) {
    text_ = text;
    place(measure(), spot, Side::below);
}

void HoverCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::get();
    QPainter painter(this);
    paintFrame(painter);
    QRect line(inset, inset - 1, width() - 2 * inset, lineHeight);
    painter.setFont(text_.monoTitle ? theme.mono(12) : theme.cardTitle());
    painter.setPen(theme.color(Token::text));
    painter.drawText(line, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(text_.title, Qt::ElideMiddle, line.width()));
    painter.setFont(theme.secondary());
    line.translate(0, lineHeight + 2);
    if (!text_.word.isEmpty()) {
        paintStatusShape(painter, QRectF(line.left(), line.top() + 2, 14, 14), text_.status);
        painter.setPen(statusTextColor(text_.status));
        painter.drawText(line.adjusted(20, 0, 0, 0), Qt::AlignVCenter, text_.word);
        line.translate(0, lineHeight + 2);
    }
    const int column = factColumn();
    for (const auto& [name, value] : text_.facts) {
        painter.setPen(theme.color(Token::mute));
        painter.drawText(line, Qt::AlignVCenter, name);
        painter.setPen(theme.color(Token::text));
        painter.drawText(line.adjusted(column, 0, 0, 0), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(value, Qt::ElideRight, line.width() - column));
        line.translate(0, lineHeight);
    }
    if (text_.error.isEmpty()) return;
    painter.setPen(theme.color(Token::errored));
    painter.drawText(QRect(inset, line.top() + 4, line.width(), height()), Qt::TextWordWrap, text_.error);
}

}  // namespace stepwell::timeline
