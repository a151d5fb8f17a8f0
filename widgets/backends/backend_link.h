#pragma once

#include "models/backends/backend_spec.h"
#include "widgets/navigator.h"

#include <optional>

namespace stepwell {

/// A link as it is copied: stepwell://BACKEND-ID/workflows/NAME. Behind a "#" it says what backend that is,
/// so that another program finds its own of the same address, or can offer to add it; never a secret.
struct BackendLink {
    QString id;        ///< empty in links of older versions: the backend that is shown
    BackendSpec hint;  ///< kind, name, address and account; without an address when the link tells nothing
    QString place;     ///< the link within that backend: "stepwell://workflows/NAME"
};

QString linkTo(const BackendSpec& backend, const Place& place);
/// Nothing: not one of ours.
std::optional<BackendLink> backendLinkFrom(const QString& link);

}  // namespace stepwell
