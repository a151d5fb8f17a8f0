#pragma once

#include <QLabel>

namespace stepwell {

/// Every word of a text that is wider than a line elided in its middle: a path has no place to be wrapped at.
QString withWordsElided(const QString& text, const QFontMetrics& metrics, int width);

/// A label that wraps, also what people did not write: words that are wider than it are elided in their
/// middle, and the tooltip then has all of the text.
class FittedLabel : public QLabel {
    Q_OBJECT
  public:
    explicit FittedLabel(const char* kind, QWidget* parent = nullptr);

    void setWhole(const QString& text);
    const QString& whole() const { return whole_; }

    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    int roomIn(int width) const;
    void fit();

    QString whole_;
};

}  // namespace stepwell
