#include "widgets/json_editor.h"

#include "widgets/controls.h"
#include "widgets/theme.h"

#include <nlohmann/json.hpp>

#include <QFontDatabase>
#include <QGlyphRun>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QScreen>
#include <QTextLayout>
#include <QVBoxLayout>
#include <Qsci/qscilexerjson.h>
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

/// The editor component knows points only.
QFont pointFont(int pixelSize) {
    static const QString family = editorFamily();
    QFont font = Theme::get().mono(pixelSize);
    font.setFamily(family);
    const QScreen* screen = QGuiApplication::primaryScreen();
    const double dpi = screen == nullptr ? 96 : screen->logicalDotsPerInchY();
    font.setPointSizeF(pixelSize * 72.0 / dpi);
    return font;
}

constexpr int errorIndicator = 8;

void styleLexer(QsciLexerJSON& lexer) {
    const auto& theme = Theme::get();
    const QColor paper = theme.color(Token::raised);
    lexer.setDefaultFont(pointFont(12));
    lexer.setFont(pointFont(12), -1);
    lexer.setDefaultPaper(paper);
    lexer.setPaper(paper, -1);
    lexer.setDefaultColor(theme.color(Token::text));
    lexer.setColor(theme.color(Token::text), -1);
    lexer.setColor(theme.color(Token::accent), QsciLexerJSON::Property);
    lexer.setColor(theme.color(Token::sleeping), QsciLexerJSON::Number);
    lexer.setColor(theme.color(Token::running), QsciLexerJSON::Keyword);
    for (const int style : {QsciLexerJSON::Error, QsciLexerJSON::UnclosedString}) {
        lexer.setColor(theme.color(Token::errored), style);
        lexer.setPaper(paper, style);
    }
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
    editor.setMarginsFont(pointFont(11));
    editor.setFoldMarginColors(paper, paper);
    editor.setMatchedBraceBackgroundColor(theme.color(Token::accentSoft));
    editor.setMatchedBraceForegroundColor(theme.color(Token::text));
    editor.setUnmatchedBraceForegroundColor(theme.color(Token::errored));
    editor.setIndicatorForegroundColor(theme.color(Token::errored), errorIndicator);
    constexpr int firstFold = QsciScintilla::SC_MARKNUM_FOLDEREND;
    constexpr int lastFold = QsciScintilla::SC_MARKNUM_FOLDEROPEN;
    for (int marker = firstFold; marker <= lastFold; ++marker) {
        // The functions with colours leave alone what was not defined through them.
        editor.SendScintilla(QsciScintilla::SCI_MARKERSETFORE, marker, theme.color(Token::mute));
        editor.SendScintilla(QsciScintilla::SCI_MARKERSETBACK, marker, theme.color(Token::mute));
    }
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

JsonEditor::JsonEditor(QWidget* parent)
    : QWidget(parent)
    , editor_(new QsciScintilla)
    , verdict_(makeLabel(QString(), "small")) {
    editor_->setLexer(new QsciLexerJSON(editor_));
    editor_->setFolding(QsciScintilla::PlainFoldStyle, 1);
    defineFoldMarks(*editor_);
    editor_->setMarginWidth(0, 0);
    editor_->setMarginWidth(1, 14);
    editor_->setIndentationsUseTabs(false);
    editor_->setTabWidth(2);
    editor_->setAutoIndent(true);
    editor_->setTabIndents(true);
    editor_->setBraceMatching(QsciScintilla::SloppyBraceMatch);
    editor_->setUtf8(true);
    editor_->setEolMode(QsciScintilla::EolUnix);
    editor_->setScrollWidth(1);
    editor_->setScrollWidthTracking(true);
    editor_->setFrameShape(QFrame::NoFrame);
    editor_->indicatorDefine(QsciScintilla::SquiggleIndicator, errorIndicator);
    editor_->setAccessibleName(tr("JSON"));
    // Tab leaves the editor: a dialog must be usable with the keyboard alone, and JSON has little need for
    // tabs.
    editor_->SendScintilla(QsciScintilla::SCI_ASSIGNCMDKEY, QsciScintilla::SCK_TAB, QsciScintilla::SCI_NULL);
    editor_->installEventFilter(this);
    setFocusProxy(editor_);

    auto* card = new QFrame;
    card->setProperty("kind", "code");
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(4, 4, 4, 4);
    inside->addWidget(editor_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(card, 1);
    layout->addWidget(verdict_);
    connect(editor_, &QsciScintilla::textChanged, this, [this] {
        check();
        emit textChanged();
    });
    connect(&Theme::get(), &Theme::changed, this, &JsonEditor::applyTheme);
    applyTheme();
    check();
}

bool JsonEditor::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Tab && key->modifiers() == Qt::NoModifier) return focusNextPrevChild(true);
        if (key->key() == Qt::Key_Backtab) return focusNextPrevChild(false);
        if (key->key() == Qt::Key_Escape) {  // the editor would swallow it; ignored, it goes on to the dialog
            key->ignore();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void JsonEditor::applyTheme() {
    styleLexer(*static_cast<QsciLexerJSON*>(editor_->lexer()));
    styleEditor(*editor_);
}

QString JsonEditor::text() const {
    return editor_->text();
}

void JsonEditor::setText(const QString& text) {
    editor_->setText(text);
}

void JsonEditor::setReadOnly(bool readOnly) {
    editor_->setReadOnly(readOnly);
    editor_->setCaretLineVisible(false);
    verdict_->setVisible(!readOnly);
}

void JsonEditor::setEmptyText(const QString& text) {
    emptyText_ = text;
    check();
}

bool JsonEditor::isValid() const {
    return problem_.message.isEmpty();
}

void JsonEditor::tidy() {
    if (!isValid() || editor_->text().trimmed().isEmpty()) return;
    const auto value = nlohmann::ordered_json::parse(editor_->text().toStdString(), nullptr, false);
    if (!value.is_discarded()) editor_->setText(QString::fromStdString(value.dump(2)));
}

void JsonEditor::goToProblem() {
    const JsonProblem& wrong = problem_;
    if (wrong.message.isEmpty()) return;
    editor_->setCursorPosition(wrong.line - 1, wrong.column - 1);
    editor_->setFocus();
}

void JsonEditor::check() {
    problem_ = checkJson(editor_->text());
    const JsonProblem& wrong = problem_;
    const int lines = editor_->lines();
    editor_->clearIndicatorRange(0, 0, lines, 0, errorIndicator);
    const bool valid = wrong.message.isEmpty();
    if (valid) {
        verdict_->setText(editor_->text().trimmed().isEmpty() ? emptyText_ : tr("Valid JSON"));
    } else {
        verdict_->setText(tr("Line %1, column %2: %3").arg(wrong.line).arg(wrong.column).arg(wrong.message));
        const int column = std::min(wrong.column, std::max(1, editor_->lineLength(wrong.line - 1)));
        editor_->fillIndicatorRange(wrong.line - 1, column - 1, wrong.line - 1, column, errorIndicator);
    }
    setLook(verdict_, "kind", valid ? "small" : "error");
    verdict_->setWordWrap(true);
    emit validityChanged(valid);
}

}  // namespace stepwell
