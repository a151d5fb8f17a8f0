#include "widgets/theme.h"

#include "widgets/app_style.h"
#include "widgets/theme_system.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>

#include <array>
#include <utility>

namespace stepwell {
namespace {

struct Pair {
    QRgb light;
    QRgb dark;
};

// In the order of Token. Two entries are stronger than the sketch, which fell below the contrast they need:
// faint (3:1, hints only) and queued in light (3:1 as a shape). Text on the accent is dark in the dark theme
// for the same reason.
constexpr std::array<Pair, 25> table = {{
    {0xFFF6F5F2, 0xFF15171A},  // bg
    {0xFFFFFFFF, 0xFF1C1F23},  // surface
    {0xFFFBFAF8, 0xFF22262B},  // raised
    {0xFFE3E0DA, 0xFF30353C},  // line
    {0xFFEFEDE8, 0xFF282C32},  // line2
    {0xFF1F2328, 0xFFE6E8EA},  // text
    {0xFF656970, 0xFF9BA1A9},  // mute
    {0xFF84878D, 0xFF79808A},  // faint
    {0xFF0F766E, 0xFF2DB5A6},  // accent
    {0xFFFFFFFF, 0xFF06211E},  // onAccent
    {0xFFD7EFEC, 0xFF153B38},  // accentSoft
    {0xFFE4F3F1, 0xFF1B3432},  // sel
    {0xFF15803D, 0xFF4ADE80},  // complete
    {0xFF1D6FD1, 0xFF60A5FA},  // running
    {0xFFB45309, 0xFFF0A43C},  // waiting
    {0xFF7C5CC4, 0xFFB39DF5},  // sleeping
    {0xFF6B7280, 0xFF9CA3AF},  // paused
    {0xFF7D8592, 0xFF7D8592},  // queued
    {0xFFC2362B, 0xFFF4776B},  // errored
    {0xFF4B5563, 0xFF8A919C},  // terminated
    {0xFFA21CAF, 0xFFE279EC},  // rollingBack
    {0xFF0F766E, 0xFF2DB5A6},  // series1
    {0xFF5B5BD6, 0xFF8F8FF2},  // series2
    {0xFFC2780C, 0xFFE8A33D},  // series3
    {0xFFB4438F, 0xFFE07BC0},  // series4
}};
static_assert(table.size() == static_cast<std::size_t>(Token::series4) + 1);

bool hasFamily(const QString& family) {
    return QFontDatabase::families().contains(family);
}

/// The system's interface font, unless it is only the stand-in of a system without one.
QString interfaceFamily() {
    const QString system = QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    static const QStringList standIns = {QString(),     "Sans",      "Sans Serif", "sans-serif",
                                         "DejaVu Sans", "Helvetica", "Arial",      "MS Shell Dlg 2"};
    const bool standIn = standIns.contains(system, Qt::CaseInsensitive) || !hasFamily(system);
    return standIn && hasFamily("Inter") ? QStringLiteral("Inter") : system;
}

QString monoFamily() {
    return hasFamily("JetBrains Mono") ? QStringLiteral("JetBrains Mono")
                                       : QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
}

QFont interfaceFont(int pixelSize, QFont::Weight weight = QFont::Normal) {
    static const QString family = interfaceFamily();
    QFont font(family);
    font.setPixelSize(pixelSize);
    font.setWeight(weight);
    return font;
}

QPalette paletteOf(bool dark) {
    const auto color = [dark](Token token) { return Theme::color(token, dark); };
    QPalette palette;
    palette.setColor(QPalette::Window, color(Token::bg));
    palette.setColor(QPalette::Base, color(Token::surface));
    palette.setColor(QPalette::AlternateBase, color(Token::raised));
    palette.setColor(QPalette::Button, color(Token::surface));
    palette.setColor(QPalette::ToolTipBase, color(Token::surface));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText,
                            QPalette::BrightText, QPalette::HighlightedText})
        palette.setColor(role, color(Token::text));
    palette.setColor(QPalette::PlaceholderText, color(Token::mute));
    palette.setColor(QPalette::Highlight, color(Token::accentSoft));
    palette.setColor(QPalette::Link, color(Token::accent));
    palette.setColor(QPalette::LinkVisited, color(Token::accent));
    for (const auto role :
         {QPalette::Light, QPalette::Midlight, QPalette::Mid, QPalette::Dark, QPalette::Shadow})
        palette.setColor(role, color(Token::line));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(Token::faint));
    return palette;
}

Theme::Mode modeFromEnvironment() {
    const QByteArray wish = qgetenv("STEPWELL_THEME").toLower();
    if (wish == "dark") return Theme::Mode::dark;
    return wish == "light" ? Theme::Mode::light : Theme::Mode::system;
}

struct State {
    Theme::Mode mode = modeFromEnvironment();
    bool applied = false;
    bool isSetUp = false;
};
State& state() {
    static State instance;
    return instance;
}

/// Gives the whole application the colours, font and style of the theme.
void apply(bool dark) {
    if (qApp == nullptr) return;
    if (!state().applied) {
        QApplication::setStyle(new AppStyle);  // the application takes it over
        state().applied = true;
    }
    QApplication::setPalette(paletteOf(dark));
    QApplication::setFont(interfaceFont(13));
    qApp->setStyleSheet(applicationStyleSheet(dark));
}

}  // namespace

Theme& Theme::get() {
    // Lives as long as the process: widgets ask it while they are being destroyed.
    static auto* const instance = new Theme;
    if (std::exchange(state().isSetUp, true)) return *instance;
    // Applying it has widgets ask for it.
    instance->setObjectName("theme");
    auto& system = SystemLook::get();
    apply(instance->dark());
    connect(&system, &SystemLook::changed, instance, [] {
        if (state().mode == Mode::system) apply(instance->dark());
        emit instance->changed();
    });
    return *instance;
}

void Theme::setMode(Mode mode) {
    if (state().mode == mode) return;
    state().mode = mode;
    apply(dark());
    emit changed();
}

Theme::Mode Theme::mode() const {
    return state().mode;
}

bool Theme::dark() const {
    return state().mode == Mode::system ? SystemLook::get().dark() : state().mode == Mode::dark;
}

QColor Theme::color(Token token) const {
    return color(token, dark());
}

QColor Theme::color(Token token, bool dark) {
    const Pair& pair = table.at(static_cast<std::size_t>(token));
    return QColor::fromRgb(dark ? pair.dark : pair.light);
}

QFont Theme::body() const {
    return interfaceFont(13);
}
QFont Theme::secondary() const {
    return interfaceFont(12);
}
QFont Theme::axis() const {
    return interfaceFont(11);
}
QFont Theme::pageTitle() const {
    return interfaceFont(18, QFont::DemiBold);
}
QFont Theme::cardTitle() const {
    return interfaceFont(13, QFont::DemiBold);
}

QFont Theme::mono(int pixelSize) const {
    static const QString family = monoFamily();
    QFont font(family);
    font.setStyleHint(QFont::Monospace);
    font.setStyleStrategy(QFont::PreferNoShaping);  // no ligatures: "//" is two characters
    font.setPixelSize(pixelSize);
    return font;
}

bool Theme::reducedMotion() const {
    return SystemLook::get().reducedMotion();
}

}  // namespace stepwell
