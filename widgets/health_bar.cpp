#include "widgets/health_bar.h"

#include "widgets/controls.h"
#include "widgets/format.h"

#include <QHBoxLayout>
#include <QPainter>

namespace stepwell {
namespace {

constexpr int barHeight = 26;
constexpr int everyMs = 2000;
constexpr double scarceShare = 0.1;  // of a budget: worth a warning

/// A warning with its shape, outlined: it must be seen as long as it is there.
class WarningChip : public QWidget {
  public:
    WarningChip() {
        setObjectName("sandboxWarning");
        setAccessibleName(text());
        setToolTip(QObject::tr(
            "User code can read files and reach the network as this program can. Remove the opt-out "
            "setting and restart to isolate it again."));
        setFixedSize(QFontMetrics(Theme::get().secondary()).horizontalAdvance(text()) + 40, 20);
    }
    static QString text() { return QObject::tr("Sandbox off: user code is not isolated"); }

  protected:
    void paintEvent(QPaintEvent*) override {
        const auto& theme = Theme::get();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(theme.color(Token::waiting));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9.5, 9.5);
        painter.setFont(theme.secondary());
        painter.drawText(rect().adjusted(26, 0, 0, 0), Qt::AlignVCenter, text());
        const QRectF box(8, 3, 14, 14);
        painter.setPen(QPen(theme.color(Token::waiting), 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolygon(QPolygonF({{box.center().x(), box.top() + 1},
                                       {box.right() - 1, box.bottom() - 2},
                                       {box.left() + 1, box.bottom() - 2}}));
        painter.drawLine(QPointF(box.center().x(), box.top() + 5.5),
                         QPointF(box.center().x(), box.top() + 8.4));
        painter.drawPoint(QPointF(box.center().x(), box.top() + 10.4));
    }
};

QString liveText(LiveState state) {
    switch (state) {
    case LiveState::live:
        return QObject::tr("Live");
    case LiveState::connecting:
        return QObject::tr("Connecting…");
    case LiveState::polling:
        return QObject::tr("Polling");
    case LiveState::off:
        break;
    }
    return QObject::tr("Not live");
}

}  // namespace

HealthBar::HealthBar(QWidget* parent)
    : QWidget(parent)
    , engine_(new ElidedLabel)
    , load_(makeLabel(QString(), "small"))
    , rate_(makeLabel(QString(), "small"))
    , warning_(new WarningChip)
    , budget_(makeLabel(QString(), "small"))
    , live_(makeLabel(QString(), "small"))
    , address_(makeLabel(QString(), "small")) {
    setFixedHeight(barHeight);
    engine_->setProperty("kind", "small");
    engine_->setObjectName("engineHealth");
    address_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    budget_->setObjectName("requestBudget");
    budget_->hide();
    warning_->hide();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(27, 1, 12, 0);
    layout->setSpacing(18);
    layout->addWidget(engine_, 100);
    layout->addWidget(load_);
    layout->addWidget(rate_);
    layout->addStretch(1);
    layout->addWidget(warning_);
    layout->addWidget(budget_);
    layout->addWidget(live_);
    layout->addWidget(address_);
    engine_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    timer_.setInterval(everyMs);
    connect(&timer_, &QTimer::timeout, this, &HealthBar::refresh);
    setBackend(nullptr);
}

void HealthBar::setBackend(Backend* backend, const QString& message) {
    if (backend_ != nullptr) backend_->disconnect(this);
    backend_ = backend;
    asking_ = false;
    reachable_.reset();
    load_->clear();
    rate_->clear();
    warning_->hide();
    budget_->hide();
    if (backend == nullptr) {
        message.isEmpty() ? setMood(Mood::idle, tr("Engine is starting…")) : setMood(Mood::bad, message);
        live_->clear();
        address_->clear();
        return;
    }
    setMood(Mood::idle, tr("Connecting…"));
    connect(backend, &Backend::liveStateChanged, this, &HealthBar::showLive);
    connect(backend, &Backend::budgetsChanged, this, &HealthBar::showBudgets);
    address_->setText(backend->address());
    showBudgets();
    showLive(backend->liveState());
    refresh();
}

void HealthBar::setWaiting(const QString& message) {
    setBackend(nullptr, message);
    setMood(Mood::idle, message);
}

void HealthBar::refresh() {
    if (backend_ == nullptr) return;
    if (asking_) return showSilent();
    asking_ = true;
    asked_.start();
    backend_->health(this, [this, asked = backend_](api::Result<api::EngineHealth> answer) {
        if (asked != backend_) return;
        asking_ = false;
        const bool isOurs =
            asked->kind() == BackendKind::thisMachine || asked->kind() == BackendKind::stepwell;
        const bool tellsNothing = !answer && (answer.error().code == api::code::unsupported ||
                                              (!isOurs && answer.error().code == api::code::noRoute));
        if ((answer && !isOurs) || tellsNothing) return showConnected();
        answer ? showHealth(*answer) : showUnreachable(QString::fromStdString(answer.error().message));
    });
}

void HealthBar::showHealth(const api::EngineHealth& health) {
    if (!health.storageError.empty())
        setMood(Mood::bad, tr("Nothing can be stored: %1").arg(QString::fromStdString(health.storageError)));
    else if (!health.canRun)
        setMood(Mood::bad, tr("User code cannot run: %1").arg(QString::fromStdString(health.sandboxMessage)));
    else
        setMood(Mood::good, tr("Engine running"));
    load_->setText(
        tr("%1 · %2 · %3")
            .arg(health.scripts == 1 ? tr("1 script") : tr("%1 scripts").arg(format::number(health.scripts)),
                 health.runtimes == 1 ? tr("1 runtime")
                                      : tr("%1 runtimes").arg(format::number(health.runtimes)),
                 format::bytes(health.residentBytes)));
    const auto rate = static_cast<std::int64_t>(health.stepsPerSecond + 0.5);
    rate_->setText(rate == 1 ? tr("1 step/s") : tr("%1 steps/s").arg(format::number(rate)));
    warning_->setVisible(!health.sandboxed);
    if (reachable_ != true) emit reachableChanged(true);
    reachable_ = true;
}

/// Others than our own engines say nothing about how they are.
void HealthBar::showConnected() {
    setMood(Mood::good, tr("Connected"));
    load_->clear();
    rate_->clear();
    if (reachable_ != true) emit reachableChanged(true);
    reachable_ = true;
}

/// The scarcest one; the others are in the tooltip.
void HealthBar::showBudgets() {
    const auto budgets = backend_ != nullptr ? backend_->budgets() : std::vector<RequestBudget>{};
    const RequestBudget* least = nullptr;
    const auto leftOf = [](const RequestBudget& budget) {
        return budget.allowed == 0 ? 1.0 : 1.0 - static_cast<double>(budget.used) / budget.allowed;
    };
    QStringList lines;
    for (const auto& budget : budgets) {
        if (least == nullptr || leftOf(budget) < leftOf(*least)) least = &budget;
        QString line = tr("%1: %2 of %3 requests used in %4")
                           .arg(budget.name, format::number(budget.used), format::number(budget.allowed),
                                format::duration(budget.window));
        if (budget.blockedUntil)
            line += tr(", none are sent before %1").arg(format::fullStamp(*budget.blockedUntil));
        lines << line;
    }
    budget_->setVisible(least != nullptr);
    if (least == nullptr) return;
    const bool scarce = leftOf(*least) < scarceShare || least->blockedUntil.has_value();
    setLook(budget_, "kind", scarce ? "error" : "small");
    const int left = std::max(0, least->allowed - least->used);
    budget_->setText(least->blockedUntil
                         ? tr("%1: waits for requests to be allowed again").arg(least->name)
                         : tr("%1: %2 of %3 requests left")
                               .arg(least->name, format::number(left), format::number(least->allowed)));
    budget_->setToolTip(lines.join(QLatin1Char('\n')));
}

QString HealthBar::budgetText() const {
    return budget_->isHidden() ? QString() : budget_->text();
}

/// A process that is stopped, or a machine that is out of memory, keeps connections open and says nothing.
void HealthBar::showSilent() {
    if (asked_.elapsed() < patience_.count() || reachable_ == false) return;
    setMood(Mood::bad,
            tr("The engine has not answered for %1 s: what is shown may be old, and what is asked for waits")
                .arg(asked_.elapsed() / 1000));
}

void HealthBar::showUnreachable(const QString& reason) {
    setMood(Mood::bad, reason);
    load_->clear();
    rate_->clear();
    if (reachable_ != false) emit reachableChanged(false);
    reachable_ = false;
}

void HealthBar::showLive(LiveState state) {
    live_->setText(liveText(state));
}

void HealthBar::setMood(Mood mood, const QString& text) {
    mood_ = mood;
    setLook(engine_, "kind", mood == Mood::bad ? "error" : "small");
    if (engine_->text() != text) engine_->setText(text);
    update();
}

QString HealthBar::engineText() const {
    return engine_->text();
}

QString HealthBar::warningText() const {
    return warning_->isHidden() ? QString() : WarningChip::text();
}

void HealthBar::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.fillRect(rect(), theme.color(Token::surface));
    painter.fillRect(QRect(0, 0, width(), 1), theme.color(Token::line));
    const QRectF box(10, (height() - 12) / 2.0 + 0.5, 12, 12);
    if (mood_ == Mood::bad) return paintStatusShape(painter, box, {api::Status::errored});
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(mood_ == Mood::good ? Token::complete : Token::queued));
    painter.drawEllipse(box.center(), 4, 4);
}

void HealthBar::showEvent(QShowEvent*) {
    timer_.start();
    refresh();
}

void HealthBar::hideEvent(QHideEvent*) {
    timer_.stop();
}

}  // namespace stepwell
