#pragma once

#include "widgets/backend_choice.h"
#include "widgets/theme.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace stepwell {

struct DesktopOptions {
    QString dataDir;                       ///< absolute
    std::optional<BackendChoice> backend;  ///< nothing: the engine of this machine
    bool allowUnsandboxed = false;         ///< for this start; the setting does it for all
    int cpuLimitSeconds = 30;              ///< longest time that user code may block its process
    int memoryLimitMiB = 128;              ///< heap of a process of user code
    std::optional<Theme::Mode> theme;
    QString screenshots;  ///< a folder: render the pages into it and end
    QString path;         ///< to import; empty: nothing
    QString link;         ///< a place to show, as it is copied; empty: where the window was

    enum class Action { run, say, refuse } action = Action::run;
    QString text;  ///< for `say` (stdout, exit code 0) and `refuse` (stderr, exit code 2)
};

/// Reads the arguments, the program's name first. Looks at the environment for --backend's token and account,
/// by the names that wrangler uses.
DesktopOptions parseDesktopOptions(const QStringList& arguments);

}  // namespace stepwell
