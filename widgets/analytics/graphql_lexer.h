#pragma once

#include <Qsci/qscilexercustom.h>

namespace stepwell {

/// Colours of GraphQL in an editor. A text is looked at whole on each change, so texts are bounded by their
/// editor.
class GraphqlLexer : public QsciLexerCustom {
    Q_OBJECT
  public:
    enum Style { Plain, Keyword, Argument, Variable, Directive, Number, String, Comment };

    explicit GraphqlLexer(QsciScintilla* parent);
    const char* language() const override { return "GraphQL"; }
    QString description(int style) const override;
    void styleText(int start, int end) override;
    void applyTheme();
};

}  // namespace stepwell
