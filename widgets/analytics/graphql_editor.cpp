#include "widgets/analytics/graphql_editor.h"

#include "models/graphql/prettify.h"
#include "widgets/analytics/completion_popup.h"
#include "widgets/analytics/graphql_lexer.h"
#include "widgets/editor_style.h"
#include "widgets/theme.h"

#include <QFrame>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <Qsci/qsciscintilla.h>

namespace stepwell {
namespace {

constexpr int restMs = 150;
/// A longer text is still edited and run; only nothing is completed in it.
constexpr std::size_t longestCompleted = 256 * 1024;

using Base = QsciScintillaBase;

}  // namespace

GraphqlEditor::GraphqlEditor(QWidget* parent)
    : QWidget(parent)
    , editor_(new QsciScintilla)
    , lexer_(new GraphqlLexer(editor_)) {
    editor_->setLexer(lexer_);
    setUpEditor(*editor_);
    editor_->setFolding(QsciScintilla::NoFoldStyle);
    editor_->setMarginType(0, QsciScintilla::NumberMargin);
    editor_->setMarginWidth(0, QStringLiteral("0000"));
    editor_->setMarginWidth(1, 6);
    editor_->setAutoCompletionSource(QsciScintilla::AcsNone);
    editor_->setAccessibleName(tr("GraphQL document"));
    editor_->installEventFilter(this);
    editor_->viewport()->installEventFilter(this);
    setFocusProxy(editor_);
    auto* card = new QFrame;
    card->setProperty("kind", "code");
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(4, 4, 4, 4);
    inside->addWidget(editor_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(card);
    rest_.setSingleShot(true);
    rest_.setInterval(restMs);
    connect(&rest_, &QTimer::timeout, this, &GraphqlEditor::cursorRested);
    connect(editor_, &QsciScintilla::textChanged, this, [this] {
        setMarks({});
        emit textChanged();
    });
    connect(editor_, &QsciScintilla::cursorPositionChanged, &rest_, qOverload<>(&QTimer::start));
    connect(editor_, &Base::SCN_CHARADDED, this, &GraphqlEditor::typed);
    connect(&Theme::get(), &Theme::changed, this, &GraphqlEditor::applyTheme);
    applyTheme();
}

void GraphqlEditor::applyTheme() {
    lexer_->applyTheme();
    styleEditor(*editor_);
}

std::string GraphqlEditor::text() const {
    return editor_->text().toStdString();
}

void GraphqlEditor::setText(const std::string& text) {
    editor_->beginUndoAction();
    editor_->selectAll();
    editor_->replaceSelectedText(QString::fromStdString(text));
    editor_->endUndoAction();
    setCursor(0);
    if (popup_ != nullptr) popup_->hide();
}

bool GraphqlEditor::prettify() {
    const std::string before = text();
    const auto after = graphql::prettify(before);
    if (!after) return false;
    if (*after == before) return true;
    // As many words lie before the cursor as before.
    const auto lies = [](const std::vector<graphql::Token>& tokens, std::size_t offset) {
        return std::lower_bound(tokens.begin(), tokens.end(), offset,
                                [](const graphql::Token& token, std::size_t at) { return token.end < at; });
    };
    const auto old = graphql::lex(before);
    const auto fresh = graphql::lex(*after);
    const std::size_t here = cursor();
    const auto token = lies(old, here);
    const auto line = editor_->firstVisibleLine();
    setText(*after);
    if (token == old.end()) return true;
    const auto& same = fresh[static_cast<std::size_t>(token - old.begin())];
    setCursor(same.begin + (here > token->begin ? here - token->begin : 0));
    editor_->setFirstVisibleLine(line);
    editor_->ensureCursorVisible();
    return true;
}

std::size_t GraphqlEditor::cursor() const {
    return static_cast<std::size_t>(editor_->SendScintilla(Base::SCI_GETCURRENTPOS));
}

void GraphqlEditor::setCursor(std::size_t offset) {
    editor_->SendScintilla(Base::SCI_GOTOPOS, static_cast<unsigned long>(offset));
}

void GraphqlEditor::setMarks(const std::vector<graphql::Mark>& marks) {
    editor_->SendScintilla(Base::SCI_SETINDICATORCURRENT, editorErrorIndicator);
    editor_->SendScintilla(Base::SCI_INDICATORCLEARRANGE, 0UL, static_cast<long>(editor_->length()));
    for (const auto& mark : marks)
        if (mark.placed())
            editor_->SendScintilla(Base::SCI_INDICATORFILLRANGE, static_cast<unsigned long>(mark.begin),
                                   static_cast<long>(mark.end - mark.begin));
}

CompletionPopup* GraphqlEditor::popup() const {
    return popup_;
}

void GraphqlEditor::complete() {
    showCompletion(true);
}

void GraphqlEditor::typed(int character) {
    const char c = static_cast<char>(character);
    if (character < 128 && (graphql::isNamePart(c) || c == '@' || c == '$')) return showCompletion(false);
    if (popup_ != nullptr) popup_->hide();
}

/// Asked for, it opens with all that may stand here; while typing, it stays away when the word is whole
/// already.
void GraphqlEditor::showCompletion(bool asked) {
    const std::string written = text();
    if (!schema_ || written.size() > longestCompleted) return;
    const std::size_t at = cursor();
    auto completion = graphql::completeAt(*schema_, written, at);
    const std::string word = written.substr(completion.begin, at - completion.begin);
    const auto& all = completion.suggestions;
    const bool isWhole = all.size() == 1 && all.front().text == word;
    if (all.empty() || (!asked && (word.empty() || isWhole))) {
        if (popup_ != nullptr) popup_->hide();
        return;
    }
    if (popup_ == nullptr || popup_->parentWidget() != window()) {
        delete popup_.data();
        popup_ = new CompletionPopup(window());
        connect(popup_, &CompletionPopup::chosen, this, &GraphqlEditor::insert);
        connect(this, &QObject::destroyed, popup_, &QObject::deleteLater);
    }
    replaceFrom_ = completion.begin;
    replaceTo_ = completion.end;
    popup_->open(all, caretRect());
}

void GraphqlEditor::insert(const graphql::Suggestion& suggestion) {
    const std::size_t to = std::max(replaceTo_, cursor());
    editor_->SendScintilla(Base::SCI_SETTARGETSTART, static_cast<unsigned long>(replaceFrom_));
    editor_->SendScintilla(Base::SCI_SETTARGETEND, static_cast<unsigned long>(to));
    editor_->SendScintilla(Base::SCI_REPLACETARGET, static_cast<unsigned long>(suggestion.text.size()),
                           suggestion.text.c_str());
    setCursor(replaceFrom_ + suggestion.text.size());
    editor_->setFocus();
}

QRect GraphqlEditor::caretRect() const {
    const auto at = static_cast<long>(replaceFrom_);
    const int x = static_cast<int>(editor_->SendScintilla(Base::SCI_POINTXFROMPOSITION, 0UL, at));
    const int y = static_cast<int>(editor_->SendScintilla(Base::SCI_POINTYFROMPOSITION, 0UL, at));
    const int height = static_cast<int>(editor_->SendScintilla(Base::SCI_TEXTHEIGHT, 0UL));
    return {editor_->viewport()->mapTo(window(), QPoint(x, y)), QSize(1, height)};
}

bool GraphqlEditor::handleKey(int key, Qt::KeyboardModifiers modifiers) {
    const bool control = modifiers.testFlag(Qt::ControlModifier);
    if (control && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
        if (popup_ != nullptr) popup_->hide();
        emit runRequested();
        return true;
    }
    if (modifiers == (Qt::ControlModifier | Qt::ShiftModifier) && key == Qt::Key_F) {
        emit prettifyRequested();
        return true;
    }
    if (control && key == Qt::Key_Space) {
        complete();
        return true;
    }
    if (modifiers == Qt::NoModifier && popup_ != nullptr && popup_->handleKey(key)) return true;
    if (key == Qt::Key_Tab && modifiers == Qt::NoModifier) return focusNextPrevChild(true);
    if (key == Qt::Key_Backtab) return focusNextPrevChild(false);
    return false;
}

bool GraphqlEditor::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
    case QEvent::ShortcutOverride: {
        // Keys of the list, and Ctrl+Return, are not for the window.
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers().testFlag(Qt::ControlModifier) &&
            (key->key() == Qt::Key_Return || key->key() == Qt::Key_Space ||
             (key->key() == Qt::Key_F && key->modifiers().testFlag(Qt::ShiftModifier))))
            event->accept();
        break;
    }
    case QEvent::KeyPress: {
        auto* key = static_cast<QKeyEvent*>(event);
        if (handleKey(key->key(), key->modifiers())) return true;
        if (key->key() == Qt::Key_Escape) {  // the editor would swallow it
            key->ignore();
            return true;
        }
        const bool moves = key->key() == Qt::Key_Left || key->key() == Qt::Key_Right ||
                           key->key() == Qt::Key_Home || key->key() == Qt::Key_End;
        if (moves && popup_ != nullptr) popup_->hide();
        break;
    }
    case QEvent::FocusOut:
    case QEvent::MouseButtonPress:
    case QEvent::Wheel:
        if (popup_ != nullptr) popup_->hide();
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace stepwell
