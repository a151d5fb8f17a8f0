#pragma once

#include "models/api/error.h"

#include <QStringList>

#include <functional>

class QWidget;

/// What the deletions of workflows and of Workers say alike.
namespace stepwell {

/// Adds what happens to instances that have not ended; nothing when there are none.
void addUnfinished(QStringList& lines, std::int64_t unfinished);

/// The answer to a deletion: tells in `parent`'s window how it went, then calls `deleted` when it did.
std::function<void(const api::Result<void>&)> afterDeletion(QWidget* parent, const QString& name,
                                                            std::function<void()> deleted);

/// What goes along with `name` is not known, so it cannot be asked about.
void sayBelongingsUnknown(QWidget* parent, const QString& name, const api::Error& error);

}  // namespace stepwell
