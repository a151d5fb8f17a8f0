#pragma once

#include <QString>
#include <QStringList>

namespace stepwell {

/// Why a project cannot be called this, as a person reads it; empty when it can.
QString projectNameProblem(const QString& name);
/// A name for a project of what was dropped: its own name, or its parent's when it is called like any other
/// ("dist", "public", ...). `path` is of the file or folder.
QString proposedProjectName(const QString& path);
/// The host label of a branch: what a deployment of it is found at.
QString labelOfBranch(const QString& branch);

}  // namespace stepwell
