#include "widgets/top_bar.h"

#include "widgets/controls.h"
#include "widgets/icons.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

namespace stepwell {
namespace {

constexpr int barHeight = 44;

/// Looks like a field, is a button: typing happens in the palette it opens.
class FindField : public QAbstractButton {
  public:
    FindField() {
        setObjectName("findField");
        setText(QObject::tr("Find anything"));
        setAccessibleName(text());
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::IBeamCursor);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setMinimumWidth(160);
        setMaximumWidth(280);
    }
    QSize sizeHint() const override { return {280, 28}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        const auto& theme = Theme::get();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(theme.color(underMouse() ? Token::faint : Token::line));
        painter.setBrush(theme.color(Token::bg));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        if (hasFocus()) paintFocusRing(painter, rect(), 5);
        painter.setPen(theme.color(Token::mute));
        painter.setFont(theme.body());
        painter.drawText(rect().adjusted(11, 0, -70, 0), Qt::AlignVCenter, text());
        painter.setFont(theme.mono(11));
        painter.drawText(rect().adjusted(0, 0, -11, 0), Qt::AlignVCenter | Qt::AlignRight,
                         QStringLiteral("Ctrl K"));
    }
};

QToolButton* makeStep(Glyph glyph, const QString& name, const QString& keys) {
    auto* button = new QToolButton;
    button->setIcon(glyphIcon(glyph, Token::mute));
    button->setIconSize(QSize(16, 16));
    button->setAccessibleName(name);
    button->setToolTip(QStringLiteral("%1 (%2)").arg(name, keys));
    button->setFocusPolicy(Qt::TabFocus);
    button->setFixedSize(22, 26);
    return button;
}

/// A part of the path: a link for the levels above, plain strong text for where one is. Elides when space is
/// short.
class Crumb : public QAbstractButton {
  public:
    Crumb(const QString& text, bool last, bool mono)
        : last_(last)
        , mono_(mono) {
        setText(text);
        setAccessibleName(text);
        setFocusPolicy(last ? Qt::NoFocus : Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        setEnabled(!last);
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
        if (!last) setCursor(Qt::PointingHandCursor);
    }
    QSize sizeHint() const override { return {QFontMetrics(face()).horizontalAdvance(text()) + 10, 24}; }
    QSize minimumSizeHint() const override { return {std::min(sizeHint().width(), 60), 24}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        const auto& theme = Theme::get();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (hasFocus()) paintFocusRing(painter, rect(), 4);
        painter.setFont(face());
        painter.setPen(theme.color(last_ ? Token::text : (underMouse() ? Token::accent : Token::mute)));
        const QRect area = rect().adjusted(5, 0, -5, 0);
        const QString shown = QFontMetrics(face()).elidedText(
            text(), mono_ ? Qt::ElideMiddle : Qt::ElideRight, area.width() + 1);
        painter.drawText(area.adjusted(0, 0, 4, 0), Qt::AlignVCenter, shown);
        setToolTip(shown == text() ? QString() : text());
    }

  private:
    QFont face() const {
        const auto& theme = Theme::get();
        QFont font = mono_ ? theme.mono(12) : theme.body();
        if (last_) font.setWeight(QFont::DemiBold);
        return font;
    }
    bool last_;
    bool mono_;
};

}  // namespace

TopBar::TopBar(Navigator& navigator, QWidget* parent)
    : QWidget(parent)
    , navigator_(navigator)
    , back_(makeStep(Glyph::back, tr("Back"), QStringLiteral("Alt+Left")))
    , forward_(makeStep(Glyph::forward, tr("Forward"), QStringLiteral("Alt+Right")))
    , crumbs_(new QHBoxLayout) {
    setFixedHeight(barHeight);
    auto* find = new FindField;
    crumbs_->setSpacing(0);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 1);
    layout->setSpacing(0);
    layout->addWidget(back_);
    layout->addWidget(forward_);
    layout->addSpacing(4);
    layout->addLayout(crumbs_, 1);
    layout->addSpacing(16);
    layout->addWidget(find, 1);
    connect(back_, &QToolButton::clicked, &navigator_, &Navigator::back);
    connect(forward_, &QToolButton::clicked, &navigator_, &Navigator::forward);
    connect(find, &QAbstractButton::clicked, this, &TopBar::findRequested);
    connect(&navigator_, &Navigator::changed, this, &TopBar::showPlace);
    showPlace(navigator_.current());
}

void TopBar::showPlace(const Place& place) {
    back_->setEnabled(navigator_.canGoBack());
    forward_->setEnabled(navigator_.canGoForward());
    while (auto* item = crumbs_->takeAt(0)) {
        if (auto* widget = item->widget()) widget->deleteLater();
        delete item;
    }
    if (place.area == Area::sites) return showSitePlace(place);
    if (place.area == Area::workers) return showWorkerPlace(place);
    if (place.area == Area::analytics) {
        addCrumb(tr("Analytics"), placeOfAnalytics(), true, false);
        return crumbs_->addStretch(1);
    }
    if (place.area == Area::tokens || place.area == Area::audit) {
        addCrumb(place.area == Area::tokens ? tr("Tokens") : tr("Audit log"), place, true, false);
        return crumbs_->addStretch(1);
    }
    if (place.area == Area::explorer) {
        addCrumb(tr("Analytics"), placeOfAnalytics(), false, false);
        addCrumb(tr("GraphQL explorer"), placeOfExplorer(), true, false);
        return crumbs_->addStretch(1);
    }
    addCrumb(tr("Workflows"), {}, place.workflow.isEmpty(), false);
    if (!place.workflow.isEmpty())
        addCrumb(place.workflow, {place.workflow, {}}, place.instance.isEmpty() && place.section.isEmpty(),
                 false);
    if (!place.instance.isEmpty()) addCrumb(place.instance, place, true, true);
    if (place.section == QLatin1String("versions")) addCrumb(tr("Versions"), place, true, false);
    if (place.section == QLatin1String("settings")) addCrumb(tr("Settings"), place, true, false);
    crumbs_->addStretch(1);
}

void TopBar::showWorkerPlace(const Place& place) {
    addCrumb(tr("Workers"), placeOfWorker(), place.worker.isEmpty(), false);
    if (!place.worker.isEmpty())
        addCrumb(place.worker, placeOfWorker(place.worker), place.section.isEmpty(), false);
    if (place.section == QLatin1String("versions")) addCrumb(tr("Versions"), place, true, false);
    if (place.section == QLatin1String("logs")) addCrumb(tr("Logs"), place, true, false);
    crumbs_->addStretch(1);
}

void TopBar::showSitePlace(const Place& place) {
    addCrumb(tr("Sites"), placeOfSite(), place.site.isEmpty(), false);
    const bool ofDeployment = !place.deployment.isEmpty();
    const bool plain = place.section.isEmpty();
    if (!place.site.isEmpty()) addCrumb(place.site, placeOfSite(place.site), !ofDeployment && plain, false);
    if (ofDeployment)
        addCrumb(place.deployment.left(8), placeOfDeployment(place.site, place.deployment), plain, true);
    if (place.section == QLatin1String("settings")) addCrumb(tr("Settings"), place, true, false);
    if (place.section == QLatin1String("rules")) addCrumb(tr("Rules"), place, true, false);
    if (place.section == QLatin1String("test")) addCrumb(tr("Test a URL"), place, true, false);
    if (place.section == QLatin1String("requests")) addCrumb(tr("Requests"), place, true, false);
    if (place.section == QLatin1String("details")) addCrumb(tr("Details"), place, true, false);
    crumbs_->addStretch(1);
}

void TopBar::addCrumb(const QString& text, const Place& target, bool last, bool mono) {
    if (crumbs_->count() > 0) {
        auto* slash = makeLabel(QStringLiteral("/"), "mute");
        slash->setContentsMargins(3, 0, 3, 0);
        crumbs_->addWidget(slash);
    }
    auto* crumb = new Crumb(text, last, mono);
    connect(crumb, &QAbstractButton::clicked, this, [this, target] { navigator_.go(target); });
    crumbs_->addWidget(crumb);
}

void TopBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::get().color(Token::surface));
    painter.fillRect(QRect(0, height() - 1, width(), 1), Theme::get().color(Token::line));
}

}  // namespace stepwell
