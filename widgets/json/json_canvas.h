#pragma once

#include "models/json/json_lines.h"

#include <QAbstractScrollArea>

#include <set>

namespace stepwell {

/// Draws the lines of a JSON text and folds them. The part of JsonView that scrolls.
class JsonCanvas : public QAbstractScrollArea {
    Q_OBJECT
  public:
    static constexpr int lineHeight = 18;
    static constexpr int inset = 6;

    explicit JsonCanvas(QWidget* parent = nullptr);

    void showDocument(std::shared_ptr<const json::Document> document);
    void showPlain(const QString& text);
    json::Lines& lines() { return lines_; }
    const json::Lines& lines() const { return lines_; }
    int current() const { return current_; }
    void setCurrent(int row);
    void setNeedle(const QString& needle);
    int heightFor(int rows) const { return rows * lineHeight + 2 * inset; }
    /// Columns of text that fit.
    int columns() const;

  signals:
    /// Lines came or went.
    void folded();
    void copyWanted(bool path);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void paintRow(QPainter& painter, int row, int top);
    void paintNeedle(QPainter& painter, const QString& text, qreal left, int top);
    void updateBars();
    void toggle(int row, bool folded);
    int rowAt(int y) const;
    qreal charWidth() const;

    json::Lines lines_;
    QString plain_;
    QString needle_;
    int current_ = -1;
    int widest_ = 0;  // columns of the widest line seen so far
};

}  // namespace stepwell
