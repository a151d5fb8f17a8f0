#include "widgets/fitted_label.h"

#include <QEvent>
#include <QFontMetrics>
#include <QResizeEvent>

namespace stepwell {
namespace {
constexpr int leastWidth = 80;
constexpr int highest = 10'000;
}  // namespace

QString withWordsElided(const QString& text, const QFontMetrics& metrics, int width) {
    QString fitted;
    fitted.reserve(text.size());
    qsizetype from = 0;
    const auto takeWord = [&](qsizetype end) {
        const QString word = text.mid(from, end - from);
        fitted +=
            metrics.horizontalAdvance(word) > width ? metrics.elidedText(word, Qt::ElideMiddle, width) : word;
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!text[i].isSpace()) continue;
        takeWord(i);
        fitted += text[i];
        from = i + 1;
    }
    takeWord(text.size());
    return fitted;
}

FittedLabel::FittedLabel(const char* kind, QWidget* parent)
    : QLabel(parent) {
    setProperty("kind", QString::fromLatin1(kind));
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
}

void FittedLabel::setWhole(const QString& text) {
    whole_ = text;
    setAccessibleName(text);
    fit();
    updateGeometry();
}

int FittedLabel::roomIn(int width) const {
    const auto margins = contentsMargins();
    return width - margins.left() - margins.right() - 2 * margin();
}

QSize FittedLabel::minimumSizeHint() const {
    const auto margins = contentsMargins();
    return {leastWidth, fontMetrics().height() + margins.top() + margins.bottom() + 2 * margin()};
}

int FittedLabel::heightForWidth(int width) const {
    const int room = roomIn(width);
    const QRect area(0, 0, room, highest);
    const auto text = withWordsElided(whole_, fontMetrics(), room);
    const auto margins = contentsMargins();
    return fontMetrics().boundingRect(area, Qt::TextWordWrap, text).height() + margins.top() +
           margins.bottom() + 2 * margin();
}

void FittedLabel::fit() {
    const auto shown = withWordsElided(whole_, fontMetrics(), roomIn(width()));
    if (shown != text()) setText(shown);
    setToolTip(shown == whole_ ? QString() : whole_);
}

void FittedLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    fit();
}

void FittedLabel::changeEvent(QEvent* event) {
    QLabel::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) fit();
}

}  // namespace stepwell
