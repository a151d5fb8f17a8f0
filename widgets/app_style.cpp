#include "widgets/app_style.h"

#include "widgets/theme.h"

#include <QEvent>
#include <QHash>
#include <QLineEdit>
#include <QPainter>
#include <QPolygonF>
#include <QRegularExpression>
#include <QStyleOption>

namespace stepwell {
namespace {

// `@name` stands for a token. Buttons are 28 high: 26 and two borders.
const char* const sheet = R"(
QWidget { color: @text; }
QMainWindow, QDialog, QWidget[kind="page"] { background: @bg; }
QDialog { background: @surface; }
QFrame[kind="card"] { background: @surface; border: 1px solid @line; border-radius: 8px; }
QFrame[kind="code"], QLabel[kind="code"] { background: @raised; border: 1px solid @line; border-radius: 6px; }
QLabel[kind="code"] { padding: 6px 8px; }
QFrame[kind="line"] { background: @line; border: none; }
QWidget[kind="bar"] { background: @surface; }
QLabel { background: transparent; }
QLabel[kind="title"] { font-size: 18px; font-weight: 600; }
QLabel[kind="cardTitle"] { font-weight: 600; }
QLabel[kind="mute"] { color: @mute; }
QLabel[kind="small"] { color: @mute; font-size: 12px; }
QLabel[kind="error"] { color: @errored; font-size: 12px; }
QLabel[kind="ok"] { color: @complete; font-size: 12px; }
QLabel[kind="version"] { background: @surface; border: 1px solid @line; border-radius: 11px; padding: 3px 9px; font-size: 12px; }

QPushButton { background: @surface; border: 1px solid @line; border-radius: 6px; min-height: 26px; padding: 0 12px; font-weight: 500; }
QPushButton:hover { background: @raised; border-color: @faint; }
QPushButton:pressed { background: @line2; }
QPushButton:focus { border: 2px solid @accent; padding: 0 11px; min-height: 24px; }
QPushButton:disabled { color: @faint; background: @raised; border-color: @line2; }
QPushButton[kind="main"] { background: @accent; border-color: @accent; color: @onAccent; }
QPushButton[kind="main"]:hover { background: @accentHover; }
QPushButton[kind="main"]:pressed { background: @accentPress; }
QPushButton[kind="main"]:focus { border: 2px solid @text; }
QPushButton[kind="main"]:disabled { background: @line; border-color: @line; color: @mute; }
QPushButton[kind="danger"] { color: @errored; }
QPushButton[kind="danger"]:disabled { color: @faint; }
QPushButton[kind="segment"] { color: @mute; background: transparent; border-color: transparent; padding: 0 10px; }
QPushButton[kind="segment"]:hover { color: @text; background: @line2; }
QPushButton[kind="segment"]:checked { color: @text; background: @surface; border-color: @line; }
QPushButton[kind="segment"]:focus { border: 2px solid @accent; padding: 0 9px; }
QPushButton[kind="link"] { border: 1px solid transparent; background: transparent; color: @accent; padding: 0 4px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 2px solid @accent; padding: 0 3px; }
QPushButton::menu-indicator { image: none; width: 0; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 3px; }
QToolButton:hover { background: @line2; }
QToolButton:pressed, QToolButton:checked { background: @accentSoft; }
QToolButton:focus { border: 2px solid @accent; padding: 2px; }
QToolButton:disabled { color: @faint; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QSpinBox, QComboBox, QDateTimeEdit, QPlainTextEdit, QTextEdit { background: @surface; border: 1px solid @line; border-radius: 6px;
    selection-background-color: @accentSoft; selection-color: @text; }
QLineEdit, QSpinBox, QComboBox, QDateTimeEdit { min-height: 26px; padding: 0 9px; }
QLineEdit:hover, QComboBox:hover { border-color: @faint; }
QLineEdit:focus, QSpinBox:focus, QComboBox:focus, QDateTimeEdit:focus { border: 2px solid @accent; padding: 0 8px; min-height: 24px; }
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid @accent; }
QLineEdit[invalid="true"] { border-color: @errored; }
QLineEdit[kind="mono"] { font-family: "JetBrains Mono", monospace; font-size: 12px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @line; outline: none; }

QMenu { background: @surface; border: 1px solid @line; border-radius: 8px; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; margin: 0; }
QMenu::item:selected { background: @sel; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line2; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }
QToolTip { background: @surface; color: @text; border: 1px solid @line; padding: 4px 6px; font-size: 12px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: @faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QAbstractItemView { background: @surface; border: none; outline: none; selection-background-color: @sel; selection-color: @text; }
QTableView { gridline-color: @line2; }
QTableWidget::item { padding: 0 9px; border: none; border-bottom: 1px solid @line2; }
QTableWidget::item:selected { background: @sel; color: @text; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @mute; font-size: 12px; font-weight: 500; border: none; border-bottom: 1px solid @line; padding: 0 12px; }
QHeaderView::section:hover { color: @text; }
QTableCornerButton::section { background: @surface; border: none; }

QProgressBar { background: @line2; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QCheckBox { spacing: 8px; }
QSplitter::handle { background: transparent; }
QScrollArea, QScrollArea > QWidget > QWidget[kind="clear"] { background: transparent; border: none; }
QStatusBar { background: @surface; }
QTabBar::tab { background: transparent; color: @mute; padding: 6px 10px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:focus { color: @accent; }
QTabWidget::pane { border: none; }
)";

QHash<QString, QString> names(bool dark) {
    const auto name = [dark](Token token) { return Theme::color(token, dark).name(); };
    const QColor accent = Theme::color(Token::accent, dark);
    return {{"bg", name(Token::bg)},
            {"surface", name(Token::surface)},
            {"raised", name(Token::raised)},
            {"line", name(Token::line)},
            {"line2", name(Token::line2)},
            {"text", name(Token::text)},
            {"mute", name(Token::mute)},
            {"faint", name(Token::faint)},
            {"accent", name(Token::accent)},
            {"onAccent", name(Token::onAccent)},
            {"accentHover", dark ? accent.lighter(108).name() : accent.darker(112).name()},
            {"accentPress", dark ? accent.darker(108).name() : accent.darker(125).name()},
            {"accentSoft", name(Token::accentSoft)},
            {"sel", name(Token::sel)},
            {"errored", name(Token::errored)},
            {"complete", name(Token::complete)}};
}

}  // namespace

QString applicationStyleSheet(bool dark) {
    const auto values = names(dark);
    const QString source = QString::fromLatin1(sheet);
    static const QRegularExpression token(QStringLiteral("@([a-zA-Z0-9]+)"));
    QString out;
    qsizetype at = 0;
    for (auto it = token.globalMatch(source); it.hasNext();) {
        const auto match = it.next();
        out += QStringView(source).mid(at, match.capturedStart() - at);
        out += values.value(match.captured(1));
        at = match.capturedEnd();
    }
    out += QStringView(source).mid(at);
    return out;
}

AppStyle::AppStyle()
    : QProxyStyle(QStringLiteral("fusion")) {}

int AppStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                        QStyleHintReturn* returnData) const {
    switch (hint) {
    case SH_ToolTip_WakeUpDelay:
        return 350;
    case SH_ItemView_ActivateItemOnSingleClick:
        return 0;
    case SH_DialogButtonBox_ButtonsHaveIcons:
        return 0;
    case SH_UnderlineShortcut:
        return 0;
    case SH_EtchDisabledText:
        return 0;
    case SH_Menu_SloppySubMenus:
        return 1;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

int AppStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 2;
    case PM_MenuPanelWidth:
        return 0;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

namespace {

/// Fusion's box takes its edge from the window's colour and cannot be seen on a dark one.
void paintCheckBox(QPainter* painter, const QStyleOption& option) {
    const auto& theme = Theme::get();
    const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool on = option.state.testFlag(QStyle::State_On);
    const bool enabled = option.state.testFlag(QStyle::State_Enabled);
    const bool focused = option.state.testFlag(QStyle::State_HasFocus);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (!enabled) painter->setOpacity(0.5);
    const QColor edge = theme.color(on || focused ? Token::accent : Token::faint);
    painter->setPen(QPen(edge, focused ? 2 : 1));
    painter->setBrush(theme.color(on ? Token::accent : Token::surface));
    painter->drawRoundedRect(box, 3, 3);
    const QColor mark = theme.color(Token::onAccent);
    if (option.state.testFlag(QStyle::State_NoChange))
        painter->fillRect(QRectF(box.left() + 3, box.center().y() - 1, box.width() - 6, 2), edge);
    if (on) {
        painter->setPen(QPen(mark, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const qreal unit = box.width() / 12;
        painter->drawPolyline(QPolygonF{{box.left() + 2.8 * unit, box.top() + 6.2 * unit},
                                        {box.left() + 5.0 * unit, box.top() + 8.6 * unit},
                                        {box.left() + 9.4 * unit, box.top() + 3.4 * unit}});
    }
    painter->restore();
}

}  // namespace

void AppStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const {
    if (element == PE_FrameFocusRect) return;  // the style sheet and our own widgets draw their rings
    if (element == PE_IndicatorCheckBox) return paintCheckBox(painter, *option);
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void AppStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QLineEdit*>(widget) != nullptr) widget->installEventFilter(this);
}

/// A style sheet that names a colour of text gives hints half of it, which is too pale to be read.
bool AppStyle::eventFilter(QObject* watched, QEvent* event) {
    auto* field = event->type() == QEvent::PaletteChange ? qobject_cast<QLineEdit*>(watched) : nullptr;
    if (field == nullptr) return QProxyStyle::eventFilter(watched, event);
    const QColor hint = Theme::get().color(Token::mute);
    if (field->palette().color(QPalette::PlaceholderText) != hint) {
        auto palette = field->palette();
        palette.setColor(QPalette::PlaceholderText, hint);
        field->setPalette(palette);
    }
    return QProxyStyle::eventFilter(watched, event);
}

}  // namespace stepwell
