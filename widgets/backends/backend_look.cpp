#include "widgets/backends/backend_look.h"

#include "widgets/theme.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace stepwell {
namespace {

// https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
double luminance(const QColor& colour) {
    const auto linear = [](double part) {
        return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

double contrast(const QColor& one, const QColor& other) {
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

Token tokenOf(BackendKind kind) {
    switch (kind) {
    case BackendKind::stepwell:
        return Token::series2;
    case BackendKind::wranglerDev:
        return Token::series3;
    case BackendKind::cloudflare:
        return Token::series4;
    case BackendKind::thisMachine:
        break;
    }
    return Token::accent;
}

}  // namespace

const QStringList& backendSwatches() {
    static const QStringList swatches = {QStringLiteral("#b4438f"), QStringLiteral("#c2362b"),
                                         QStringLiteral("#c2780c"), QStringLiteral("#15803d"),
                                         QStringLiteral("#0f766e"), QStringLiteral("#1d6fd1"),
                                         QStringLiteral("#5b5bd6"), QStringLiteral("#6b7280")};
    return swatches;
}

QColor legible(const QColor& colour, const QColor& ground, double ratio) {
    const bool lighten = luminance(ground) < 0.2;
    float hue = 0;
    float saturation = 0;
    float lightness = 0;
    colour.getHslF(&hue, &saturation, &lightness);
    QColor made = colour;
    for (int step = 0; step < 40 && contrast(made, ground) < ratio; ++step) {
        lightness = std::clamp(lightness + (lighten ? 0.025F : -0.025F), 0.0F, 1.0F);
        made = QColor::fromHslF(std::max(hue, 0.0F), saturation, lightness);
    }
    return made;
}

QColor colourOf(const BackendSpec& spec) {
    const auto& theme = Theme::get();
    const QColor own(spec.colour);
    return legible(own.isValid() ? own : theme.color(tokenOf(spec.kind)), theme.color(Token::surface));
}

BackendLook lookOf(const BackendSpec& spec) {
    return {spec.name, colourOf(spec), spec.production};
}

QString kindName(BackendKind kind) {
    switch (kind) {
    case BackendKind::stepwell:
        return QStringLiteral("Stepwell");
    case BackendKind::wranglerDev:
        return QStringLiteral("wrangler dev");
    case BackendKind::cloudflare:
        return QStringLiteral("Cloudflare");
    case BackendKind::thisMachine:
        break;
    }
    return QCoreApplication::translate("BackendSpec", "This machine");
}

}  // namespace stepwell
