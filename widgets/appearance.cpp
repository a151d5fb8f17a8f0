#include "widgets/appearance.h"

#include <QSettings>

namespace stepwell {
namespace {

const QString key = QStringLiteral("window/appearance");
const QString light = QStringLiteral("light");
const QString dark = QStringLiteral("dark");

}  // namespace

void chooseAppearance(Theme::Mode mode) {
    QSettings settings;
    if (mode == Theme::Mode::system)
        settings.remove(key);
    else
        settings.setValue(key, mode == Theme::Mode::light ? light : dark);
    Theme::get().setMode(mode);
}

Theme::Mode chosenAppearance() {
    const QString chosen = QSettings().value(key).toString();
    return chosen == light ? Theme::Mode::light : chosen == dark ? Theme::Mode::dark : Theme::Mode::system;
}

}  // namespace stepwell
