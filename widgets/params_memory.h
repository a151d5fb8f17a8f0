#pragma once

#include <QString>

/// What the trigger dialog of a workflow begins with. Kept in the settings, so it is still there after a
/// restart of the program. GUI thread.
namespace stepwell::params {

/// Longer texts are not remembered: a settings file is no place for megabytes.
inline constexpr qsizetype largest = 64 * 1024;

/// JSON text of the last trigger, else what the project came with, else empty.
QString startFor(const QString& workflow);
/// An empty object is no choice of anybody: it leaves room for what the project came with.
void rememberTriggered(const QString& workflow, const QString& json);
void rememberSample(const QString& workflow, const QString& json);

}  // namespace stepwell::params
