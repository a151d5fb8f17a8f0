#pragma once

#include "models/graphql/completion.h"

#include <QFrame>

class QLabel;
class QListWidget;

namespace stepwell {

/// The list that appears beside a cursor: names with their types, and what the chosen one means below. Never
/// takes the focus; the editor passes it the keys.
class CompletionPopup : public QFrame {
    Q_OBJECT
  public:
    explicit CompletionPopup(QWidget* window);

    /// Opens below the line of text at `caret` (in the window's coordinates), or above where there is no
    /// room.
    void open(const std::vector<graphql::Suggestion>& suggestions, const QRect& caret);
    /// Up, Down, PageUp and PageDown move; Enter and Tab choose; Escape closes. True: the key was for the
    /// list.
    bool handleKey(int key);
    int count() const;
    QString textOf(int row) const;

  signals:
    void chosen(const stepwell::graphql::Suggestion& suggestion);

  private:
    void describe(int row);
    void choose(int row);
    void place(const QRect& caret);

    QListWidget* list_;
    QLabel* about_;
    std::vector<graphql::Suggestion> suggestions_;
};

}  // namespace stepwell
