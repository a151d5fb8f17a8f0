#pragma once

#include <QFont>

class QsciScintilla;

/// What the editors of the window have in common.
namespace stepwell {

/// Marks what is wrong.
inline constexpr int editorErrorIndicator = 8;

/// The monospaced face in points, since the editor component knows nothing else; one that does not join
/// characters.
QFont editorFont(int pixelSize);
/// Colours of the theme; call again when it changes.
void styleEditor(QsciScintilla& editor);
/// Habits that do not change: UTF-8, two spaces, braces, folding marks, Tab leaves.
void setUpEditor(QsciScintilla& editor);

}  // namespace stepwell
