#include "widgets/editor_style.h"

#include "widgets/theme.h"

#include <QFontDatabase>
#include <QGlyphRun>
#include <QGuiApplication>
#include <QScreen>
#include <QTextLayout>
#include <Qsci/qsciscintilla.h>

namespace stepwell {
namespace {

/// Whether the font draws characters that follow each other as one sign, such as "//" and "!=".
bool joinsCharacters(const QFont& font) {
    const auto glyphs = [&font](const QString& text) {
        QTextLayout layout(text, font);
        layout.beginLayout();
        layout.createLine();
        layout.endLayout();
        QList<quint32> indexes;
        for (const auto& run : layout.glyphRuns())
            indexes += run.glyphIndexes();
        return indexes;
    };
    for (const char* text : {"//", "!=", "=>", "->", "=="}) {
        QList<quint32> apart;
        for (const char* c = text; *c != 0; ++c)
            apart += glyphs(QString(QLatin1Char(*c)));
        if (glyphs(QLatin1String(text)) != apart) return true;
    }
    return false;
}

/// The editor component takes of a font no more than its name, so how it is drawn cannot be told: a face
/// that joins characters gives way to one that does not.
QString editorFamily() {
    const QFont usual = Theme::get().mono();
    QStringList families{usual.family(),
                         QStringLiteral("JetBrains Mono NL"),
                         QStringLiteral("DejaVu Sans Mono"),
                         QStringLiteral("Liberation Mono"),
                         QStringLiteral("Noto Sans Mono"),
                         QFontDatabase::systemFont(QFontDatabase::FixedFont).family()};
    for (const auto& family : families)
        if (QFontDatabase::hasFamily(family) && !joinsCharacters(QFont(family))) return family;
    return usual.family();
}

/// Triangles as in the views of JSON; the marks that go with the margin's style are boxes.
void defineFoldMarks(QsciScintilla& editor) {
    const auto define = [&editor](int marker, int symbol) {
        editor.SendScintilla(QsciScintilla::SCI_MARKERDEFINE, static_cast<unsigned long>(marker),
                             static_cast<long>(symbol));
    };
    define(QsciScintilla::SC_MARKNUM_FOLDEROPEN, QsciScintilla::SC_MARK_ARROWDOWN);
    define(QsciScintilla::SC_MARKNUM_FOLDEROPENMID, QsciScintilla::SC_MARK_ARROWDOWN);
    define(QsciScintilla::SC_MARKNUM_FOLDER, QsciScintilla::SC_MARK_ARROW);
    define(QsciScintilla::SC_MARKNUM_FOLDEREND, QsciScintilla::SC_MARK_ARROW);
}

}  // namespace

QFont editorFont(int pixelSize) {
    static const QString family = editorFamily();
    QFont font = Theme::get().mono(pixelSize);
    font.setFamily(family);
    const QScreen* screen = QGuiApplication::primaryScreen();
    const double dpi = screen == nullptr ? 96 : screen->logicalDotsPerInchY();
    font.setPointSizeF(pixelSize * 72.0 / dpi);
    return font;
}

void styleEditor(QsciScintilla& editor) {
    const auto& theme = Theme::get();
    const QColor paper = theme.color(Token::raised);
    editor.setPaper(paper);
    editor.setColor(theme.color(Token::text));
    editor.setCaretForegroundColor(theme.color(Token::text));
    editor.setCaretLineBackgroundColor(theme.color(Token::line2));
    editor.setSelectionBackgroundColor(theme.color(Token::accentSoft));
    editor.setSelectionForegroundColor(theme.color(Token::text));
    editor.setMarginsBackgroundColor(paper);
    editor.setMarginsForegroundColor(theme.color(Token::faint));
    editor.setMarginsFont(editorFont(11));
    editor.setFoldMarginColors(paper, paper);
    editor.setMatchedBraceBackgroundColor(theme.color(Token::accentSoft));
    editor.setMatchedBraceForegroundColor(theme.color(Token::text));
    editor.setUnmatchedBraceForegroundColor(theme.color(Token::errored));
    editor.setIndicatorForegroundColor(theme.color(Token::errored), editorErrorIndicator);
    constexpr int firstFold = QsciScintilla::SC_MARKNUM_FOLDEREND;
    constexpr int lastFold = QsciScintilla::SC_MARKNUM_FOLDEROPEN;
    for (int marker = firstFold; marker <= lastFold; ++marker) {
        // The functions with colours leave alone what was not defined through them.
        editor.SendScintilla(QsciScintilla::SCI_MARKERSETFORE, marker, theme.color(Token::mute));
        editor.SendScintilla(QsciScintilla::SCI_MARKERSETBACK, marker, theme.color(Token::mute));
    }
}

void setUpEditor(QsciScintilla& editor) {
    editor.setFolding(QsciScintilla::PlainFoldStyle, 1);
    defineFoldMarks(editor);
    editor.setMarginWidth(0, 0);
    editor.setMarginWidth(1, 14);
    editor.setIndentationsUseTabs(false);
    editor.setTabWidth(2);
    editor.setAutoIndent(true);
    editor.setTabIndents(true);
    editor.setBraceMatching(QsciScintilla::SloppyBraceMatch);
    editor.setUtf8(true);
    editor.setEolMode(QsciScintilla::EolUnix);
    editor.setScrollWidth(1);
    editor.setScrollWidthTracking(true);
    editor.setFrameShape(QFrame::NoFrame);
    editor.indicatorDefine(QsciScintilla::SquiggleIndicator, editorErrorIndicator);
    // Tab leaves the editor: a page must be usable with the keyboard alone, and what is written here has
    // little need for tabs.
    editor.SendScintilla(QsciScintilla::SCI_ASSIGNCMDKEY, QsciScintilla::SCK_TAB, QsciScintilla::SCI_NULL);
}

}  // namespace stepwell
