#pragma once

#include "models/backend.h"

#include <functional>

class QWidget;
class QString;

/// What is asked before a site is changed. `done` is called when it was.
namespace stepwell {

/// Shows what would differ from what is live.
void askToRollBack(Backend& backend, const QString& site, const api::SiteDeployment& target, QWidget* parent,
                   std::function<void()> done);
void askToRetry(Backend& backend, const api::SiteDeployment& deployment, QWidget* parent,
                std::function<void()> done);
/// Says first how much goes with it.
void askToDeleteSite(Backend& backend, const QString& name, QWidget* parent, std::function<void()> done);

}  // namespace stepwell
