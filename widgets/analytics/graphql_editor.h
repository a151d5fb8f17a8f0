#pragma once

#include "models/graphql/answer.h"
#include "models/graphql/completion.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <memory>

class QsciScintilla;

namespace stepwell {

class CompletionPopup;
class GraphqlLexer;

/// An editor for GraphQL: colours, line numbers, completion (Ctrl+Space, and while a name is typed), marks
/// where the server found something wrong. Positions are bytes of the UTF-8 text.
class GraphqlEditor : public QWidget {
    Q_OBJECT
  public:
    explicit GraphqlEditor(QWidget* parent = nullptr);

    std::string text() const;
    /// Replaces everything; can be undone.
    void setText(const std::string& text);
    /// Without one there is no completion.
    void setSchema(std::shared_ptr<const graphql::Schema> schema) { schema_ = std::move(schema); }
    std::size_t cursor() const;
    void setCursor(std::size_t offset);
    /// Until the text changes.
    void setMarks(const std::vector<graphql::Mark>& marks);
    void complete();
    /// Puts the document into one style and keeps the cursor where it is in it. False, and nothing changed:
    /// it is too broken for that.
    bool prettify();
    CompletionPopup* popup() const;
    QsciScintilla* editor() const { return editor_; }

  signals:
    void textChanged();
    /// The cursor rested somewhere.
    void cursorRested();
    /// Ctrl+Return.
    void runRequested();
    /// Ctrl+Shift+F.
    void prettifyRequested();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void applyTheme();
    bool handleKey(int key, Qt::KeyboardModifiers modifiers);
    void typed(int character);
    void showCompletion(bool asked);
    void insert(const graphql::Suggestion& suggestion);
    QRect caretRect() const;

    QsciScintilla* editor_;
    GraphqlLexer* lexer_;
    QPointer<CompletionPopup> popup_;  ///< a child of the window, made when first needed
    std::shared_ptr<const graphql::Schema> schema_;
    std::size_t replaceFrom_ = 0;
    std::size_t replaceTo_ = 0;
    QTimer rest_;
};

}  // namespace stepwell
