#include "widgets/instance/inspector_parts.h"

#include "models/visible_text.h"
#include "widgets/format.h"
#include "widgets/instance/texts.h"

#include <QGridLayout>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int requestHeight = 30;
constexpr int reasonHeight = 20;

/// The shape of a step's status.
class ShapeSign : public QWidget {
  public:
    explicit ShapeSign(QWidget* parent = nullptr)
        : QWidget(parent) {
        setFixedSize(16, 16);
    }
    void setStatus(ShownStatus status) {
        status_ = status;
        update();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintStatusShape(painter, QRectF(1, 1, 14, 14), status_);
    }

  private:
    ShownStatus status_;
};

QLabel* selectable(QLabel* label) {
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

}  // namespace

FactGrid::FactGrid(QWidget* parent)
    : QWidget(parent)
    , grid_(new QGridLayout(this))
    , shape_(new ShapeSign)
    , word_(new QLabel) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(12);
    grid_->setVerticalSpacing(7);
    grid_->setColumnMinimumWidth(0, 60);
    grid_->setColumnStretch(1, 1);
    auto* status = new QHBoxLayout;
    status->setSpacing(4);
    status->addWidget(shape_);
    status->addWidget(word_, 1);
    grid_->addWidget(makeLabel(tr("Status"), "small"), 0, 0);
    grid_->addLayout(status, 0, 1);
    word_->setFont(Theme::get().secondary());
}

void FactGrid::setStatus(ShownStatus status, const QString& word) {
    static_cast<ShapeSign*>(shape_)->setStatus(status);
    word_->setText(word);
    word_->setStyleSheet(QStringLiteral("font-size: 12px; color: %1").arg(statusTextColor(status).name()));
}

void FactGrid::setFacts(const std::vector<Fact>& facts) {
    while (lines_.size() < facts.size()) {
        auto* name = makeLabel({}, "small");
        auto* value = selectable(new QLabel);
        value->setWordWrap(true);
        value->setStyleSheet(QStringLiteral("font-size: 12px"));
        const int row = static_cast<int>(lines_.size()) + 1;
        grid_->addWidget(name, row, 0, Qt::AlignTop);
        grid_->addWidget(value, row, 1);
        lines_.emplace_back(name, value);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const bool shown = i < facts.size() && !facts[i].value.isEmpty();
        lines_[i].first->setVisible(shown);
        lines_[i].second->setVisible(shown);
        if (!shown) continue;
        lines_[i].first->setText(facts[i].name);
        lines_[i].second->setText(facts[i].value);
        lines_[i].second->setToolTip(facts[i].hint);
    }
}

AttemptRow::AttemptRow(QWidget* parent)
    : QAbstractButton(parent) {
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setFixedHeight(29);
}

void AttemptRow::setContent(const Content& content) {
    if (content == content_) return;
    content_ = content;
    setEnabled(true);
    setCursor(content.stack.isEmpty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
    setToolTip(content.outcome);
    setAccessibleName(tr("Attempt %1, %2, %3, %4")
                          .arg(content.number)
                          .arg(stepwell::statusWord(content.status), content.duration, content.outcome));
    update();
}

void AttemptRow::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::get();
    QPainter painter(this);
    painter.setPen(theme.color(Token::line2));
    painter.drawLine(0, height() - 1, width(), height() - 1);
    painter.setRenderHint(QPainter::Antialiasing);
    paintStatusShape(painter, QRectF(0, 7, 14, 14), content_.status);
    painter.setFont(theme.secondary());
    painter.setPen(statusTextColor(content_.status));
    painter.drawText(QRect(18, 0, 30, height() - 1), Qt::AlignVCenter, QString::number(content_.number));
    painter.setPen(theme.color(Token::mute));
    painter.drawText(QRect(48, 0, 74, height() - 1), Qt::AlignVCenter, content_.duration);
    painter.setPen(theme.color(Token::text));
    const bool expands = !content_.stack.isEmpty();
    const QRect rest(124, 0, width() - 124 - (expands ? 18 : 0), height() - 1);
    painter.drawText(rest, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(content_.outcome, Qt::ElideRight, rest.width()));
    if (expands) {
        const QPointF c(width() - 8, height() / 2.0);
        painter.setPen(QPen(theme.color(Token::mute), 1.4));
        const double way = isChecked() ? -2 : 2;
        painter.drawPolyline(QPolygonF({c + QPointF(-4, -way), c + QPointF(0, way), c + QPointF(4, -way)}));
    }
    if (hasFocus()) paintFocusRing(painter, QRectF(rect()).adjusted(0, 0, 0, -1), 4);
}

AttemptList::AttemptList(QWidget* parent)
    : QWidget(parent)
    , column_(new QVBoxLayout(this))
    , more_(makeLabel({}, "small")) {
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(0);
    column_->addWidget(more_);
    more_->hide();
}

AttemptList::Line& AttemptList::line(std::size_t i) {
    while (lines_.size() <= i) {
        auto* row = new AttemptRow;
        auto* stack = selectable(new QLabel);
        stack->setWordWrap(true);
        stack->setTextFormat(Qt::PlainText);
        stack->setFont(Theme::get().mono(11));
        stack->setStyleSheet(QStringLiteral("font-family: \"%1\"; font-size: 11px; padding: 6px 0 8px 18px")
                                 .arg(Theme::get().mono(11).family()));
        stack->hide();
        connect(row, &QAbstractButton::toggled, stack,
                [stack](bool on) { stack->setVisible(on && !stack->text().isEmpty()); });
        column_->addWidget(row);
        column_->addWidget(stack);
        lines_.push_back({row, stack});
    }
    return lines_.at(i);
}

void AttemptList::setStep(const api::Step& step, api::Time now) {
    if (step.index != std::exchange(step_, step.index))
        for (auto& shown : lines_)
            shown.row->setChecked(false);
    const std::size_t count = step.attempts.size();
    const std::size_t first = count > mostShown ? count - mostShown : 0;
    more_->setVisible(first > 0);
    more_->setText(tr("The newest %1 of %2 attempts")
                       .arg(mostShown)
                       .arg(format::number(static_cast<std::int64_t>(count))));
    for (std::size_t i = first; i < count; ++i) {
        const api::Attempt& attempt = step.attempts.at(i);
        AttemptRow::Content content;
        content.number = static_cast<int>(i) + 1;
        content.status.status = !attempt.success   ? api::Status::running
                                : *attempt.success ? api::Status::complete
                                                   : api::Status::errored;
        if (const auto took = texts::wallTime(attempt, now)) content.duration = format::duration(*took);
        content.outcome = texts::outcome(attempt, step);
        // Where there is no stack the whole message is what the row has no room for.
        if (attempt.error) content.stack = QString::fromStdString(attempt.error->stack).left(20'000);
        if (attempt.error && content.stack.isEmpty()) content.stack = content.outcome.left(20'000);
        Line& shown = line(i - first);
        shown.row->setContent(content);
        shown.stack->setText(content.stack);
        shown.row->setVisible(true);
        shown.stack->setVisible(shown.row->isChecked() && !content.stack.isEmpty());
    }
    for (std::size_t i = count - first; i < lines_.size(); ++i) {
        lines_[i].row->hide();
        lines_[i].stack->hide();
    }
}

int RequestList::Row::height() const {
    return requestHeight + (reason.isEmpty() ? 0 : reasonHeight - 6);
}

RequestList::RequestList(QWidget* parent)
    : QWidget(parent) {
    setAccessibleName(tr("Requests made"));
    connect(&Theme::get(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void RequestList::setRequests(const std::vector<api::OutboundRequest>& requests) {
    const std::size_t first = requests.size() > mostShown ? requests.size() - mostShown : 0;
    std::vector<Row> rows;
    for (std::size_t i = first; i < requests.size(); ++i) {
        const auto& request = requests[i];
        Row row;
        row.what = texts::request(request);
        row.failed = request.status >= 400 || !request.error.empty();
        row.status = request.status > 0       ? QString::number(request.status)
                     : !request.error.empty() ? tr("failed")
                                              : tr("open");
        if (request.duration) row.duration = format::duration(*request.duration);
        row.hint = QString::fromStdString(request.method + " " + request.url);
        row.hint += tr("\n%1 sent, %2 received")
                        .arg(format::bytes(request.requestBytes), format::bytes(request.responseBytes));
        row.reason = visibleText(QString::fromStdString(request.error).simplified().left(400));
        if (!request.error.empty()) row.hint += QLatin1Char('\n') + QString::fromStdString(request.error);
        rows.push_back(row);
    }
    hidden_ = first;
    if (rows == rows_) return;
    rows_ = std::move(rows);
    int height = hidden_ > 0 ? requestHeight : 0;
    for (const Row& row : rows_)
        height += row.height();
    setFixedHeight(height);
    QStringList spoken;
    for (const Row& row : rows_)
        spoken << row.what + QLatin1Char(' ') + row.status + QLatin1Char(' ') + row.duration +
                      QLatin1Char(' ') + row.reason;
    setAccessibleDescription(spoken.join(QStringLiteral("; ")).left(2000));
    update();
}

void RequestList::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::get();
    QPainter painter(this);
    int top = 0;
    for (const Row& row : rows_) {
        const QRect line(0, top, width(), requestHeight - 1);
        painter.setFont(theme.mono(12));
        painter.setPen(theme.color(Token::text));
        const int room = width() - 112;
        painter.drawText(line, Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(row.what, Qt::ElideMiddle, room));
        painter.setFont(theme.secondary());
        painter.setPen(theme.color(row.failed ? Token::errored : Token::complete));
        painter.drawText(QRect(width() - 104, top, 44, requestHeight - 1), Qt::AlignVCenter, row.status);
        painter.setPen(theme.color(Token::mute));
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight, row.duration);
        if (!row.reason.isEmpty()) {
            painter.setPen(theme.color(Token::errored));
            painter.drawText(QRect(0, top + requestHeight - 8, width(), reasonHeight), Qt::AlignVCenter,
                             painter.fontMetrics().elidedText(row.reason, Qt::ElideRight, width()));
        }
        top += row.height();
        painter.setPen(theme.color(Token::line2));
        painter.drawLine(line.left(), top - 1, line.right(), top - 1);
    }
    if (hidden_ == 0) return;
    painter.setPen(theme.color(Token::mute));
    painter.drawText(QRect(0, top, width(), requestHeight), Qt::AlignVCenter,
                     tr("and %1 earlier ones").arg(hidden_));
}

bool RequestList::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        int top = 0;
        for (const Row& row : rows_) {
            top += row.height();
            if (help->pos().y() >= top) continue;
            QToolTip::showText(help->globalPos(), row.hint, this);
            break;
        }
        return true;
    }
    return QWidget::event(event);
}

}  // namespace stepwell
