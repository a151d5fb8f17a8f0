#pragma once

#include <QWidget>

class QLabel;
class QsciScintilla;

namespace stepwell {

/// Where JSON text is wrong. Lines and columns count from 1.
struct JsonProblem {
    int line = 0;
    int column = 0;
    QString message;
    friend bool operator==(const JsonProblem&, const JsonProblem&) = default;
};

/// Checks JSON text; a problem with an empty message means it is fine. Empty text is fine too.
JsonProblem checkJson(const QString& text);

/// An editor for JSON with colours, folding and a line below that says whether the text is valid and where it
/// is not.
class JsonEditor : public QWidget {
    Q_OBJECT
  public:
    explicit JsonEditor(QWidget* parent = nullptr);

    QString text() const;
    void setText(const QString& text);
    void setReadOnly(bool readOnly);
    /// What the line below says when nothing is written.
    void setEmptyText(const QString& text);
    bool isValid() const;
    const JsonProblem& problem() const { return problem_; }
    /// Indents the text by two spaces; leaves invalid text alone.
    void tidy();
    /// Puts the cursor where the text is wrong.
    void goToProblem();

  signals:
    void textChanged();
    /// After each check, which follows a change at once.
    void validityChanged(bool valid);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void applyTheme();
    void check();

    QsciScintilla* editor_;
    QLabel* verdict_;
    QString emptyText_;
    JsonProblem problem_;
};

}  // namespace stepwell
