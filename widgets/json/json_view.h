#pragma once

#include "models/json/json_lines.h"

#include <QAbstractScrollArea>
#include <QWidget>

class QLabel;
class QLineEdit;

namespace stepwell {

class JsonCanvas;

/// JSON to read: folding, colours, search, copy of a value or its path. Text that is no JSON is shown as it
/// is. Parsing of large texts happens off the GUI thread; lines are only made for what is unfolded, and only
/// drawn when in view.
class JsonView : public QWidget {
    Q_OBJECT
  public:
    explicit JsonView(QWidget* parent = nullptr);

    void setText(const QString& text) { setText(text.toStdString()); }
    void setText(std::string text);
    /// The view is as high as its lines, between one and this many; 0: it fills what it gets.
    void setFittingLines(int most);
    const json::Lines& lines() const;
    bool isJson() const { return lines().isJson(); }

    /// Shows the search line and gives it the keyboard (Ctrl+F).
    void openSearch();
    void closeSearch();
    void search(const QString& needle);
    void findNext(int direction = 1);
    int matchCount() const { return static_cast<int>(matches_.size()); }
    int currentMatch() const { return match_; }

    int currentRow() const;
    void setCurrentRow(int row);
    /// The whole document, indented.
    void copyAll() const;
    void copyValue() const;
    void copyPath() const;
    QString copyText() const;

  signals:
    /// The text is parsed and shown.
    void shown();

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void take(int generation, std::shared_ptr<const json::Document> document, const std::string& text);
    void buildSearch();
    void showMatch();
    void fit();

    JsonCanvas* canvas_;
    QWidget* searchBar_;
    QLineEdit* needle_;
    QLabel* hits_;
    std::vector<std::uint32_t> matches_;
    int match_ = -1;
    int generation_ = 0;
    int fittingLines_ = 0;
    std::string text_;
};

}  // namespace stepwell
