#pragma once

#include "models/backends/backend_spec.h"

#include <QColor>
#include <QString>
#include <QStringList>

namespace stepwell {

/// How a backend looks wherever it is named.
struct BackendLook {
    QString name = {};
    QColor colour = {};       ///< legible on the surface of the theme that holds now
    bool production = false;  ///< mistakes cost there
    bool reachable = true;
    QString tip = {};  ///< what else there is to say: its address, why it is not reached
};

/// Colours to choose from, as BackendSpec keeps them.
const QStringList& backendSwatches();
/// `colour` itself or as much lighter or darker as it takes to stand out from `ground` by `ratio` (WCAG).
QColor legible(const QColor& colour, const QColor& ground, double ratio = 4.5);
/// The colour of a backend, or of its kind, for words and shapes on the theme's surface.
QColor colourOf(const BackendSpec& spec);
BackendLook lookOf(const BackendSpec& spec);
/// "Cloudflare"
QString kindName(BackendKind kind);

}  // namespace stepwell
