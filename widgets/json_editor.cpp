#include "widgets/json_editor.h"

#include "widgets/controls.h"
#include "widgets/editor_style.h"
#include "widgets/theme.h"

#include <nlohmann/json.hpp>

#include <QKeyEvent>
#include <QLabel>
#include <QVBoxLayout>
#include <Qsci/qscilexerjson.h>
#include <Qsci/qsciscintilla.h>

namespace stepwell {
namespace {

void styleLexer(QsciLexerJSON& lexer) {
    const auto& theme = Theme::get();
    const QColor paper = theme.color(Token::raised);
    lexer.setDefaultFont(editorFont(12));
    lexer.setFont(editorFont(12), -1);
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

}  // namespace

JsonEditor::JsonEditor(QWidget* parent)
    : QWidget(parent)
    , editor_(new QsciScintilla)
    , verdict_(makeLabel(QString(), "small")) {
    editor_->setLexer(new QsciLexerJSON(editor_));
    setUpEditor(*editor_);
    editor_->setAccessibleName(tr("JSON"));
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
    editor_->clearIndicatorRange(0, 0, lines, 0, editorErrorIndicator);
    const bool valid = wrong.message.isEmpty();
    if (valid) {
        verdict_->setText(editor_->text().trimmed().isEmpty() ? emptyText_ : tr("Valid JSON"));
    } else {
        verdict_->setText(tr("Line %1, column %2: %3").arg(wrong.line).arg(wrong.column).arg(wrong.message));
        const int column = std::min(wrong.column, std::max(1, editor_->lineLength(wrong.line - 1)));
        editor_->fillIndicatorRange(wrong.line - 1, column - 1, wrong.line - 1, column, editorErrorIndicator);
    }
    setLook(verdict_, "kind", valid ? "small" : "error");
    verdict_->setWordWrap(true);
    emit validityChanged(valid);
}

}  // namespace stepwell
