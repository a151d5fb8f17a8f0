#pragma once

#include "tests/widgets/engine/real_window.h"
#include "widgets/deploy/deploy_dialog.h"

/// What tests of deploys do, and what a visitor then sees.
namespace stepwell::test {

inline constexpr int patience = 60'000;  ///< ms
using State = DeploySession::State;

/// Makes the folders above as well.
void write(const QString& path, const QByteArray& bytes);
/// What a visitor of an address gets; hosts below localhost are this machine.
QByteArray visit(const QString& address, const QString& path);

/// The open dialog, or null.
DeployDialog* openDeploy();
/// Drops a path and waits for the dialog.
DeployDialog* dropped(RealWindow& real, const QString& path);
/// Presses the verb once it can be, and waits until the deploy is over, one way or the other.
void pressDeploy(DeployDialog* dialog);
/// The same; the address, or none and a warning with the reason.
QString deployed(DeployDialog* dialog);
void closeDialog(DeployDialog* dialog);

}  // namespace stepwell::test
